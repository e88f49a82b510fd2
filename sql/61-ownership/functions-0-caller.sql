-- Who asks, and whether he may change ownership. Functions that write run with the rights of the extension's owner, and
-- ask here.

CREATE OR REPLACE FUNCTION bedrock_internal.in_restricted_operation() RETURNS boolean
    AS 'MODULE_PATHNAME', 'bedrock_in_restricted_operation' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_internal.in_restricted_operation() IS
    'whether code of the owner of a relation runs on behalf of another role: an index expression in ANALYZE or '
    'autovacuum, the query of a materialized view';

CREATE OR REPLACE FUNCTION bedrock_internal.calling_role() RETURNS name
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- The session is somebody else's then, often a superuser's: whoever calls there would have his rights.
    IF bedrock_internal.in_restricted_operation() THEN
        RAISE insufficient_privilege USING
            MESSAGE = 'functions of schema bedrock that ask who calls them cannot be called here',
            DETAIL = 'They are called by ANALYZE, autovacuum or REFRESH MATERIALIZED VIEW, which run code of the owner '
                     'of a relation in the session of another role.',
            HINT = 'Read bedrock.spend and the other views there, which show what the owner of the relation may see.';
    END IF;
    RETURN CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role')::name END;
END
$$;
COMMENT ON FUNCTION bedrock_internal.calling_role() IS
    'role that asks, also inside of functions that run as their owner: that of SET ROLE, else the session''s. Nobody '
    'can set it to a role that he is not a member of. Error 42501 where code of the owner of a relation runs in the '
    'session of another role';

CREATE OR REPLACE FUNCTION bedrock_internal.scope_of(caller name) RETURNS SETOF bedrock.scope
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT s.role_name, s.scope_kind, s.value, s.token
    FROM bedrock.scope AS s JOIN pg_authid AS r ON r.rolname = s.role_name
    WHERE pg_has_role(scope_of.caller, r.oid, 'USAGE') AND pg_has_role(session_user, scope_of.caller, 'MEMBER');
END;
COMMENT ON FUNCTION bedrock_internal.scope_of(name) IS
    'rows of bedrock.scope of bedrock_internal.calling_role() and of all roles it is a member of';

CREATE OR REPLACE FUNCTION bedrock_internal.tokens_of(caller name) RETURNS uuid[]
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT ARRAY(SELECT s.token FROM bedrock_internal.scope_of(tokens_of.caller) AS s);
END;
COMMENT ON FUNCTION bedrock_internal.tokens_of(name) IS
    'tokens of the rows of bedrock.scope that bedrock_internal.calling_role() has; {}: none';

CREATE OR REPLACE FUNCTION bedrock_internal.is_owner(caller name) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT pg_has_role(is_owner.caller, e.extowner, 'USAGE') AND pg_has_role(session_user, is_owner.caller, 'MEMBER')
    FROM pg_extension AS e WHERE e.extname = 'bedrock_cost';
END;
COMMENT ON FUNCTION bedrock_internal.is_owner(name) IS
    'whether bedrock_internal.calling_role() is the owner of the extension, or has his rights';

CREATE OR REPLACE FUNCTION bedrock_internal.sees_all(caller name) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT bedrock_internal.is_owner(sees_all.caller)
        OR bedrock_internal.sees_all(bedrock_internal.tokens_of(sees_all.caller));
END;
COMMENT ON FUNCTION bedrock_internal.sees_all(name) IS
    'whether bedrock_internal.calling_role() sees everything: it has the scope all, manage or load, or is the owner of '
    'the extension';

CREATE OR REPLACE FUNCTION bedrock_internal.may_manage(caller name) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT bedrock_internal.is_owner(may_manage.caller)
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
                 AND (bedrock_internal.may_write(bedrock_internal.tokens_of(caller))
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

CREATE OR REPLACE FUNCTION bedrock_internal.may_load() RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT NOT row_security_active('bedrock.fact') OR bedrock_internal.may_write(bedrock_internal.own_tokens());
END;
COMMENT ON FUNCTION bedrock_internal.may_load() IS
    'whether the current user works on all rows in a load or refresh: row security shows it no part of them alone';

CREATE OR REPLACE FUNCTION bedrock_internal.require_load() RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT bedrock_internal.may_load() THEN
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
