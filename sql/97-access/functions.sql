-- Granting: group roles, and what each of them sees.

CREATE OR REPLACE FUNCTION bedrock_internal.require_manage(called text) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    caller name := bedrock_internal.calling_role();
BEGIN
    IF NOT bedrock_internal.may_manage(caller) THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('role "%s" may not call %s', caller, called),
            DETAIL = 'It needs the scope manage, which FinOps and administrators have.',
            HINT = 'Ask one of them, or the owner of the extension.';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.require_manage(text) IS
    'raises an error where the calling role lacks the scope manage; called: function that is named there';

CREATE OR REPLACE FUNCTION bedrock_internal.check_scope(role_name name, scope_kind text, value text, known boolean)
    RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kinds text[] := ARRAY['all', 'manage', 'load', 'workload', 'element', 'account'];
BEGIN
    IF check_scope.role_name IS NULL OR check_scope.scope_kind IS NULL OR check_scope.value IS NULL THEN
        RAISE null_value_not_allowed USING
            MESSAGE = 'role, kind and value of a scope cannot be NULL',
            HINT = 'For example: SELECT bedrock.grant_scope(''bi'', ''all'').';
    END IF;
    IF check_scope.scope_kind <> ALL (kinds) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('unknown kind of scope "%s"', left(check_scope.scope_kind, 160)),
            HINT = format('Kinds are %s.', array_to_string(kinds, ', '));
    END IF;
    IF (check_scope.scope_kind IN ('all', 'manage', 'load')) <> (check_scope.value = '') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = CASE WHEN check_scope.value = '' THEN format('scope %s needs a value', check_scope.scope_kind)
                           ELSE format('scope %s has no value', check_scope.scope_kind) END,
            HINT = CASE WHEN check_scope.value = '' THEN format('Name the %s.', check_scope.scope_kind)
                        ELSE 'Leave the value out.' END;
    END IF;
    IF NOT check_scope.known THEN
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = check_scope.role_name) THEN
        RAISE undefined_object USING
            MESSAGE = format('role "%s" does not exist', check_scope.role_name),
            HINT = 'Create it first; bedrock.create_roles() creates the group roles.';
    END IF;
    IF check_scope.scope_kind = 'workload' AND NOT EXISTS (
        SELECT FROM bedrock.workload AS w WHERE w.workload = check_scope.value AND upper_inf(w.recorded)) THEN
        RAISE undefined_object USING
            MESSAGE = format('there is no workload "%s"', left(check_scope.value, 160)),
            HINT = 'SELECT workload FROM bedrock.workloads lists them; bedrock.set_workload makes one.';
    END IF;
    IF check_scope.scope_kind = 'element' AND NOT EXISTS (
        SELECT FROM bedrock.element AS e WHERE e.element = check_scope.value AND upper_inf(e.recorded)) THEN
        RAISE undefined_object USING
            MESSAGE = format('there is no element "%s" in the hierarchy', left(check_scope.value, 160)),
            HINT = 'SELECT element FROM bedrock.elements lists them; bedrock.set_element makes one.';
    END IF;
    IF check_scope.scope_kind = 'account' AND check_scope.value !~ '^[0-9]{12}$' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('"%s" is no AWS account', left(check_scope.value, 160)),
            HINT = 'An account id has twelve digits.';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.check_scope(name, text, text, boolean) IS
    'raises an error for arguments that make no scope; known: also for a role, workload or element that does not '
    'exist, and text that is no account id';

CREATE OR REPLACE FUNCTION bedrock.grant_scope(role_name name, scope_kind text, value text DEFAULT '') RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM bedrock_internal.require_manage('bedrock.grant_scope');
    PERFORM bedrock_internal.check_scope(grant_scope.role_name, grant_scope.scope_kind, grant_scope.value, true);
    INSERT INTO bedrock.scope (role_name, scope_kind, value)
    VALUES (grant_scope.role_name, grant_scope.scope_kind, grant_scope.value)
    ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION bedrock.grant_scope(name, text, text) IS
    'lets a role see lines: scope_kind all, workload, element or account (value: which), or act: manage, load; see '
    'bedrock.scope. Tables and functions are granted by GRANT or bedrock.create_roles(). Errors: 42501 the caller '
    'lacks the scope manage, 42704 no such role, workload or element, 22023 no such kind or account id, 22004 NULL';

CREATE OR REPLACE FUNCTION bedrock.revoke_scope(role_name name, scope_kind text, value text DEFAULT '') RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM bedrock_internal.require_manage('bedrock.revoke_scope');
    -- Of what does not exist any more too.
    PERFORM bedrock_internal.check_scope(revoke_scope.role_name, revoke_scope.scope_kind, revoke_scope.value, false);
    DELETE FROM bedrock.scope AS s
    WHERE s.role_name = revoke_scope.role_name AND s.scope_kind = revoke_scope.scope_kind
      AND s.value = revoke_scope.value;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION bedrock.revoke_scope(name, text, text) IS
    'takes away what bedrock.grant_scope granted, and returns whether it was granted. What the role has as a member of '
    'another one, it keeps. Errors: 42501 the caller lacks the scope manage, 22023 no such kind, 22004 NULL';

-- The numbers are those of spend as row security gives it, by the functions that its policies call.
CREATE OR REPLACE FUNCTION bedrock.my_scope()
    RETURNS TABLE (role_name text, personas text, scope_kind text, value text, lines bigint, workloads bigint,
                   accounts bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    caller name := bedrock_internal.calling_role();
    is_owner boolean := bedrock_internal.is_owner(caller);
    all_of_it boolean := bedrock_internal.sees_all(caller);
BEGIN
    RETURN QUERY
    SELECT caller::text,
           CASE WHEN is_owner THEN 'owner of the extension'
                ELSE (SELECT string_agg(r.rolname::text, ', ' ORDER BY r.rolname)
                      FROM pg_roles AS r
                      WHERE r.rolname = ANY (bedrock_internal.persona_roles())
                        AND pg_has_role(caller, r.oid, 'USAGE')) END,
           g.scope_kind, g.value, n.lines, n.workloads, n.accounts
    FROM (SELECT coalesce(sum(f.lines), 0)::bigint AS lines, count(DISTINCT o.workload) AS workloads,
                 count(DISTINCT d.account_id) AS accounts
          FROM bedrock.fact_month AS f
          LEFT JOIN bedrock.attribution AS a ON a.attribution_id = f.attribution_id
          LEFT JOIN bedrock.owner AS o ON o.owner_id = a.owner_id
          LEFT JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
          WHERE NOT f.superseded
            AND (all_of_it
                 OR f.attribution_id IN (SELECT v
                     FROM bedrock_internal.visible_attribution(bedrock_internal.tokens_of(caller)) AS v))) AS n
    LEFT JOIN (SELECT DISTINCT s.scope_kind, s.value FROM bedrock_internal.scope_of(caller) AS s WHERE NOT is_owner
               UNION ALL
               SELECT k.scope_kind, '' FROM unnest(ARRAY['all', 'manage', 'load']) AS k (scope_kind) WHERE is_owner)
        AS g ON true
    ORDER BY g.scope_kind, g.value;
END
$$;
COMMENT ON FUNCTION bedrock.my_scope() IS
    'what the current role may see and do: one row for each scope it has, by itself or as a member of another role. '
    'personas: the group roles of bedrock.create_roles() it is a member of. scope_kind NULL: it has none and sees '
    'nothing. lines, workloads and accounts: how many CUR lines, workloads ((unclaimed) counts as one) and usage '
    'accounts of bedrock.spend it sees by all of them together, the same in every row';

CREATE OR REPLACE FUNCTION bedrock_internal.persona_roles() RETURNS name[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY['bedrock_product_owner', 'bedrock_portfolio_manager', 'bedrock_cloud_engineer', 'bedrock_finance',
                 'bedrock_finops', 'bedrock_executive', 'bedrock_loader', 'bedrock_admin', 'bedrock_analyst',
                 'bedrock_reader']::name[];
COMMENT ON FUNCTION bedrock_internal.persona_roles() IS 'group roles that bedrock.create_roles() makes';

CREATE OR REPLACE FUNCTION bedrock.create_roles() RETURNS SETOF text
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    role_name name;
    target record;
    everybody text := array_to_string(ARRAY(
        SELECT quote_ident(r) FROM unnest(bedrock_internal.persona_roles()) AS r WHERE r <> 'bedrock_reader'), ', ');
    -- Those are written by functions of the API alone.
    closed oid[] := ARRAY(
        SELECT c.oid FROM pg_class AS c
        WHERE c.relrowsecurity
          AND NOT EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid AND p.polcmd = '*'));
BEGIN
    IF NOT pg_has_role((SELECT e.extowner FROM pg_extension AS e WHERE e.extname = 'bedrock_cost'), 'USAGE') THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('role "%s" may not call bedrock.create_roles', current_user),
            DETAIL = 'It creates roles and grants what belongs to the owner of the extension.',
            HINT = 'Call it as a superuser.';
    END IF;

    FOREACH role_name IN ARRAY bedrock_internal.persona_roles() LOOP
        IF NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I', role_name);
            RETURN NEXT role_name::text;
        END IF;
        EXECUTE format('GRANT USAGE ON SCHEMA bedrock TO %I', role_name);
    END LOOP;
    GRANT bedrock_finops, bedrock_loader TO bedrock_admin;

    -- To read. A reader has the months alone, and what they are made of.
    FOR target IN
        SELECT c.oid::regclass AS relation FROM pg_class AS c
        WHERE c.relnamespace = 'bedrock'::regnamespace AND c.relkind IN ('r', 'p', 'v')
          AND c.oid <> 'bedrock.scope'::regclass
    LOOP
        EXECUTE format('GRANT SELECT ON %s TO %s', target.relation, everybody);
    END LOOP;
    GRANT SELECT ON bedrock.spend_monthly, bedrock.fact_month, bedrock.bill, bedrock.dimension, bedrock.attribution,
                    bedrock.owner, bedrock.session, bedrock.bill_period, bedrock.freshness, bedrock.setting
        TO bedrock_reader;
    FOR target IN
        SELECT p.oid::regprocedure AS routine, p.proname AS name, p.provolatile <> 'v' AS reads, p.prosecdef AS definer
        FROM pg_proc AS p
        JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        WHERE p.pronamespace = 'bedrock'::regnamespace
    LOOP
        IF target.reads OR target.name IN ('answer', 'answer_records') THEN
            EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO %s', target.routine, everybody);
        END IF;
        IF target.name IN ('latest_period', 'data_through', 'my_scope') THEN
            EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO bedrock_reader', target.routine);
        END IF;
        -- To write: claims of one's own; ownership, posting and scope of all; what is loaded.
        IF target.name IN ('claim_identity', 'end_claim', 'move_claim', 'set_workload', 'set_label',
                           'set_alert', 'set_budget', 'set_estimate', 'set_task', 'request_spend', 'decide_request',
                           'set_anomaly_feedback') THEN
            EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO bedrock_product_owner, bedrock_portfolio_manager, '
                           'bedrock_cloud_engineer', target.routine);
        END IF;
        IF target.definer THEN
            EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO bedrock_finops', target.routine);
        END IF;
        IF NOT target.definer AND target.name <> 'create_roles' THEN
            EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO bedrock_loader', target.routine);
        END IF;
    END LOOP;
    FOR target IN
        SELECT c.oid::regclass AS relation, c.relkind
        FROM pg_class AS c
        JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
        WHERE c.relnamespace IN ('bedrock'::regnamespace, 'bedrock_internal'::regnamespace)
          AND c.relkind IN ('r', 'p', 'v', 'S') AND c.oid <> ALL (closed)
    LOOP
        EXECUTE format(CASE target.relkind WHEN 'S' THEN 'GRANT USAGE ON SEQUENCE %s TO bedrock_loader'
                                           WHEN 'v' THEN 'GRANT SELECT ON %s TO bedrock_loader'
                                           ELSE 'GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO bedrock_loader' END,
                       target.relation);
    END LOOP;
    GRANT EXECUTE ON ALL ROUTINES IN SCHEMA bedrock_internal TO bedrock_loader;

    INSERT INTO bedrock.scope (role_name, scope_kind)
    VALUES ('bedrock_finance', 'all'), ('bedrock_executive', 'all'), ('bedrock_finops', 'all'),
           ('bedrock_finops', 'manage'), ('bedrock_loader', 'load'), ('bedrock_loader', 'all')
    ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION bedrock.create_roles() IS
    'makes a group role for each persona, grants each what it needs in this database, and returns the names of those '
    'that were new: bedrock_product_owner, bedrock_portfolio_manager and bedrock_cloud_engineer see what '
    'bedrock.grant_scope gives their members, and plan for it; bedrock_analyst sees that and changes nothing; '
    'bedrock_reader its months alone; bedrock_finance and bedrock_executive see everything; bedrock_finops everything, '
    'and changes ownership, prices and scope; bedrock_loader attaches, loads and refreshes; bedrock_admin both. Call '
    'it again after an update. Error 42501: not a superuser or the owner of the extension';
