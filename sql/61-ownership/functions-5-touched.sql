-- Which dimensions a change of ownership touches: those that bedrock_internal.refresh_ownership is called for.

CREATE OR REPLACE FUNCTION bedrock_internal.dimensions_of_identity(identity_kind text, identity text) RETURNS integer[]
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT coalesce(array_agg(n.dimension_id), '{}')
    FROM (SELECT d.dimension_id FROM bedrock.dimension AS d
          WHERE dimensions_of_identity.identity_kind = 'principal'
            AND d.principal_key = dimensions_of_identity.identity
          UNION ALL
          SELECT d.dimension_id FROM bedrock.dimension AS d
          WHERE dimensions_of_identity.identity_kind <> 'principal'
            AND d.resource_id = dimensions_of_identity.identity) AS n;
END;
COMMENT ON FUNCTION bedrock_internal.dimensions_of_identity(text, text) IS
    'dimensions whose lines name an identity, as bedrock.claim has it: a resource, project or principal; {}: none does';

CREATE OR REPLACE FUNCTION bedrock_internal.dimensions_of_owners(workloads text[]) RETURNS integer[]
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT coalesce(array_agg(DISTINCT a.dimension_id), '{}')
    FROM bedrock.owner AS o JOIN bedrock.attribution AS a ON a.owner_id = o.owner_id
    WHERE o.workload = ANY (dimensions_of_owners.workloads) AND o.owner_id > 1;
END;
COMMENT ON FUNCTION bedrock_internal.dimensions_of_owners(text[]) IS
    'dimensions that these workloads own on any day, as bedrock.attribution has it';

CREATE OR REPLACE FUNCTION bedrock_internal.dimensions_naming(names text[]) RETURNS integer[]
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT coalesce(array_agg(DISTINCT n.dimension_id), '{}')
    FROM (SELECT v.name, left(right(to_json(v.name)::text, -1), -1) AS in_json
          FROM unnest(dimensions_naming.names) AS v (name)) AS w
    JOIN (SELECT d.dimension_id, concat_ws(' ', d.resource_id, d.account_id, d.account_name, d.region, d.principal_name,
                     d.principal_key, d.permission_set, d.user_identifier, d.traffic_class,
                     d.usage_group, d.product_code) AS value, d.tags::text AS tags
          FROM bedrock.dimension AS d
          UNION ALL
          SELECT a.dimension_id, concat_ws(' ', a.profile_name, a.project_name, a.team, a.application, a.project,
                     a.environment, a.cost_center, a.department, a.customer, a.workflow, a.engineer), NULL
          FROM bedrock.attribution AS a
          UNION ALL
          -- Behind labels of a workload lie those of registry and tags.
          SELECT a.dimension_id, NULL, NULL
          FROM bedrock.attribution AS a
          JOIN bedrock.owner AS o ON o.owner_id = a.owner_id
          WHERE o.workload IN (SELECT k.workload FROM bedrock.workload AS k
                               WHERE upper_inf(k.recorded) AND (k.environment IS NOT NULL OR k.labels <> '{}'))) AS n
        ON coalesce(strpos(n.value, w.name) > 0 OR strpos(n.tags, w.in_json) > 0, n.value IS NULL);
END;
COMMENT ON FUNCTION bedrock_internal.dimensions_naming(text[]) IS
    'dimensions of which an attribute, label or tag may contain one of these names: those that an owner rule without a '
    'workload may give to a workload of that name, and some that it does not';

CREATE OR REPLACE FUNCTION bedrock_internal.dimensions_of_workloads(workloads text[]) RETURNS integer[]
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    dimensions integer[] := bedrock_internal.dimensions_of_owners(dimensions_of_workloads.workloads);
BEGIN
    -- A rule owns only on days on which its workload is one: what matches may be another workload's until then.
    IF EXISTS (SELECT FROM bedrock.owner_rule AS r
               WHERE upper_inf(r.recorded) AND r.workload = ANY (dimensions_of_workloads.workloads)) THEN
        dimensions := dimensions || ARRAY(
            SELECT m.dimension_id FROM bedrock_internal.rule_matches(bedrock_internal.dimensions_of_rules()) AS m
            WHERE m.workload = ANY (dimensions_of_workloads.workloads));
    END IF;
    IF EXISTS (SELECT FROM bedrock.owner_rule AS r WHERE upper_inf(r.recorded) AND r.workload IS NULL) THEN
        dimensions := dimensions || bedrock_internal.dimensions_naming(dimensions_of_workloads.workloads);
    END IF;
    RETURN dimensions;
END
$$;
COMMENT ON FUNCTION bedrock_internal.dimensions_of_workloads(text[]) IS
    'dimensions that a change of these workloads touches: those they own, and those a rule may give them';

CREATE OR REPLACE FUNCTION bedrock_internal.dimensions_of_elements(elements text[]) RETURNS integer[]
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH RECURSIVE below AS (
        SELECT n.element FROM unnest(dimensions_of_elements.elements) AS n (element)
        UNION
        SELECT e.element FROM below AS b JOIN bedrock.element AS e ON e.parent = b.element AND upper_inf(e.recorded))
    SELECT bedrock_internal.dimensions_of_owners(ARRAY(
        SELECT w.workload FROM bedrock.workload AS w
        WHERE upper_inf(w.recorded) AND w.element IN (SELECT b.element FROM below AS b)));
END;
COMMENT ON FUNCTION bedrock_internal.dimensions_of_elements(text[]) IS
    'dimensions that a change of these elements touches: those of all workloads at or below them, on any day';

CREATE OR REPLACE FUNCTION bedrock_internal.dimensions_of_rules() RETURNS integer[]
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT coalesce(array_agg(d.dimension_id), '{}') FROM bedrock.dimension AS d;
END;
COMMENT ON FUNCTION bedrock_internal.dimensions_of_rules() IS
    'dimensions that a change of an owner rule touches: all, as any line may match it';
