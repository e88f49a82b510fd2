-- Who asks, and whether he may change ownership. Functions that write run with the rights of the extension's owner, and
-- ask here.

CREATE OR REPLACE FUNCTION bedrock_internal.calling_role() RETURNS name
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    RETURN CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role')::name END;
COMMENT ON FUNCTION bedrock_internal.calling_role() IS
    'role that asks, also inside of functions that run as their owner: that of SET ROLE, else the session''s. Nobody '
    'can set it to a role that he is not a member of';

CREATE OR REPLACE FUNCTION bedrock_internal.may_manage(caller name) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT pg_has_role(may_manage.caller, (SELECT e.extowner FROM pg_extension AS e WHERE e.extname = 'bedrock_cost'),
                       'USAGE')
           AND pg_has_role(session_user, may_manage.caller, 'MEMBER')
        OR EXISTS (SELECT FROM bedrock_internal.scope_of(may_manage.caller) AS s WHERE s.scope_kind = 'manage');
END;
COMMENT ON FUNCTION bedrock_internal.may_manage(name) IS
    'whether a role may change ownership of everything: it has the scope manage, or is the owner of the extension';

CREATE OR REPLACE FUNCTION bedrock_internal.require_write(called text, relation regclass) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller name := bedrock_internal.calling_role();
BEGIN
    IF NOT bedrock_internal.may_manage(caller)
        AND NOT (has_table_privilege(caller, relation, 'INSERT')
                 AND (bedrock_internal.may_write(caller)
                      OR (SELECT r.rolbypassrls FROM pg_roles AS r WHERE r.rolname = caller))) THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('permission denied: role "%s" may not call %s', caller, called),
            DETAIL = format('It needs the scope manage, which FinOps and administrators have; or the scope load, and '
                            'INSERT on %s.', relation),
            HINT = 'Ask one of them, or the owner of the extension.';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.require_write(text, regclass) IS
    'raises an error where the calling role may not write a table through a function: it needs the scope manage, or '
    'the scope load and INSERT on the table; called: function that is named there';

CREATE OR REPLACE FUNCTION bedrock_internal.require_load() RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF row_security_active('bedrock.fact') AND NOT bedrock_internal.may_write(current_user) THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('role "%s" may not change what is loaded', current_user),
            DETAIL = 'It lacks the scope load: it sees a part of the rows at most, and would take it for all of them.',
            HINT = format('Have a superuser, or a role with the scope manage, run: SELECT bedrock.grant_scope(%L, '
                          '''load'').', current_user);
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.require_load() IS
    'raises an error where row security would show the current user a part of what a load or refresh works on; '
    'functions that write with the rights of their caller ask first';
