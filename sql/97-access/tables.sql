-- Who may see and change what. The scope of a role is data: policies and functions look it up, by membership of the
-- role that asks, never by a setting that a caller could set. Functions that policies use stay as they are in an update;
-- only a step of sql/upgrade changes them.

CREATE TABLE bedrock.scope (
    role_name name NOT NULL,
    scope_kind text NOT NULL CHECK (scope_kind IN ('all', 'manage', 'load', 'workload', 'element', 'account')),
    value text NOT NULL DEFAULT '',
    CONSTRAINT value_where_needed CHECK ((scope_kind IN ('all', 'manage', 'load')) = (value = '')),
    PRIMARY KEY (role_name, scope_kind, value)
);
SELECT pg_extension_config_dump('bedrock.scope', '');
COMMENT ON TABLE bedrock.scope IS
    'what roles see and may change: a role has the rows of all roles it is a member of. Granting a role of PostgreSQL '
    'opens tables and functions, a row here opens lines; bedrock.grant_scope writes it, bedrock.my_scope() shows one''s '
    'own';
COMMENT ON COLUMN bedrock.scope.role_name IS 'role of the server; a row for a role that does not exist is of no effect';
COMMENT ON COLUMN bedrock.scope.scope_kind IS
    'all: sees everything; manage: changes ownership of everything, also of past days, posts statements and grants '
    'scope; load: attaches, loads and refreshes; workload, element, account: sees the workload, the workloads of the '
    'element and of all elements below it, or the lines of the usage account';
COMMENT ON COLUMN bedrock.scope.value IS 'workload, element or account; empty: the kind needs none';

CREATE FUNCTION bedrock_internal.calling_role() RETURNS name
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    RETURN CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role')::name END;
COMMENT ON FUNCTION bedrock_internal.calling_role() IS
    'role that asks, also inside of functions that run as their owner: that of SET ROLE, else the session''s. Nobody '
    'can set it to a role that he is not a member of';

CREATE FUNCTION bedrock_internal.scope_of(caller name) RETURNS SETOF bedrock.scope
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    -- Joined with pg_roles: pg_has_role() raises an error for a role that was dropped.
    SELECT s.role_name, s.scope_kind, s.value
    FROM bedrock.scope AS s JOIN pg_roles AS r ON r.rolname = s.role_name
    WHERE pg_has_role(scope_of.caller, r.oid, 'USAGE') AND pg_has_role(session_user, scope_of.caller, 'MEMBER');
END;
COMMENT ON FUNCTION bedrock_internal.scope_of(name) IS
    'rows of bedrock.scope of a role and of all roles it is a member of; none where the session may not be this role';

CREATE FUNCTION bedrock_internal.may_manage(caller name) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT pg_has_role(may_manage.caller, (SELECT e.extowner FROM pg_extension AS e WHERE e.extname = 'bedrock_cost'),
                       'USAGE')
           AND pg_has_role(session_user, may_manage.caller, 'MEMBER')
        OR EXISTS (SELECT FROM bedrock_internal.scope_of(may_manage.caller) AS s WHERE s.scope_kind = 'manage');
END;
COMMENT ON FUNCTION bedrock_internal.may_manage(name) IS
    'whether a role may change ownership of everything: it has the scope manage, or is the owner of the extension';
