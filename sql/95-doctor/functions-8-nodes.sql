-- The doctor: versions, and where tables are.

CREATE OR REPLACE FUNCTION bedrock_internal.module_version() RETURNS text
    AS 'MODULE_PATHNAME', 'bedrock_module_version' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_internal.module_version() IS
    'version of the package that the module is from; what a database has of the extension is of that version after '
    'ALTER EXTENSION bedrock_cost UPDATE';

CREATE OR REPLACE FUNCTION bedrock_internal.doctor_nodes()
    RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    citus regclass := to_regclass('pg_catalog.pg_dist_partition');
    ask_workers regproc := to_regproc('pg_catalog.run_command_on_workers');
    own_version text := (SELECT e.extversion FROM pg_extension AS e WHERE e.extname = 'bedrock_cost');
    members oid[];
    versions text;
    others bigint;
    entry record;
    is_distributed boolean;
BEGIN
    -- A new package brings its module at once, and what a database has of the extension by an update.
    RETURN QUERY
    SELECT 'version', 'warning',
           format('this database has version %s, the module of the server is that of %s', own_version, m.version),
           CASE WHEN EXISTS (SELECT FROM pg_extension_update_paths('bedrock_cost') AS u
                             WHERE (u.source, u.target) = (own_version, m.version) AND u.path IS NOT NULL)
                THEN 'ALTER EXTENSION bedrock_cost UPDATE'
                ELSE format('Install the package of version %s or of a later one', own_version) END
    FROM bedrock_internal.module_version() AS m (version)
    WHERE m.version <> own_version;

    FOR entry IN SELECT s.source,
        to_regclass(s.relation) AS relation FROM bedrock.source
        AS s WHERE to_regclass(s.relation) IS NOT NULL ORDER BY s.rank LOOP
        members := ARRAY(SELECT t.member FROM bedrock_internal.relation_tree(entry.relation) AS t (member));
        is_distributed := bedrock_internal.is_distributed(entry.relation);
        RETURN QUERY
        SELECT 'distributed', 'info',
               format('%s: %s is %sdistributed', entry.source, entry.relation,
                      CASE WHEN NOT is_distributed THEN 'not ' END), NULL::text
        WHERE is_distributed IS NOT NULL;
        RETURN QUERY
        SELECT 'row_age', 'info',
               format('%s: the rows of %s show no age (%s): a refresh compares a sum of all columns',
                      entry.source, entry.relation,
                      CASE WHEN is_distributed THEN 'they are on the nodes of Citus'
                           ELSE
                                                  coalesce(
                                                      (SELECT string_agg(DISTINCT 'it is or has a '
                                                                         || bedrock_internal.relation_kind(c.relkind),
                                                                         ', ') FROM pg_class AS c
                                                             WHERE c.oid = ANY (members)
                                                               AND c.relkind IN ('v', 'f')),
                                                             'another access method than heap') END),
               'Nothing is missed; it takes longer than of a table of this server. Nothing to do'
        WHERE NOT bedrock_internal.has_row_versions(entry.relation);
    END LOOP;

    IF citus IS NULL THEN
        RETURN;
    END IF;
    -- What users insert is read on the coordinator: a copy of it elsewhere would be another one.
    EXECUTE format('SELECT string_agg(d.logicalrelid::text, '', '' ORDER BY d.logicalrelid::text) FROM %s AS d JOIN '
                   'pg_class AS c ON c.oid = d.logicalrelid::oid'
                   ' WHERE c.relnamespace = ''bedrock''::regnamespace', citus) INTO versions;
    RETURN QUERY SELECT 'own_tables_distributed', 'error',
        format('tables of the extension are distributed: %s', versions),
                        'They belong on the coordinator alone, and an update of the extension fails on them. Dump what '
                        'you inserted, then DROP EXTENSION, CREATE EXTENSION and insert it again'
    WHERE versions IS NOT NULL;

    IF ask_workers IS NOT NULL THEN
        EXECUTE format('SELECT count(*) FILTER (WHERE r.result IS DISTINCT FROM $2), '
                       'string_agg(concat(r.nodename, '':'', r.nodeport, '' '', '
                       'coalesce(nullif(r.result, ''''), ''none'')), '', '''
                       ' ORDER BY r.nodename, r.nodeport) FROM %s($1) AS r', ask_workers)
        INTO others, versions
            USING 'SELECT e.extversion FROM pg_catalog.pg_extension AS e WHERE e.extname = ''bedrock_cost''',
        own_version;
        RETURN QUERY
        SELECT 'nodes', CASE WHEN others > 0 THEN 'error' ELSE 'ok' END,
               format('on Citus: version %s here, on the workers %s', own_version,
                      coalesce(versions, 'none, for there are none')),
               CASE WHEN others > 0
                        THEN 'Install the same package on every node, then on the coordinator: CREATE EXTENSION IF NOT '
                             'EXISTS bedrock_cost (which sends it to nodes that lack it) and ALTER EXTENSION '
                             'bedrock_cost UPDATE' END;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.doctor_nodes() IS
    'checks of the version, and of where tables are: sources whose rows show no age, and on Citus what is distributed '
    'and which version each node has; part of bedrock.doctor()';
