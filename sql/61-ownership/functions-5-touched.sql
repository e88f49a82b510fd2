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

CREATE OR REPLACE FUNCTION bedrock_internal.dimensions_of_workloads(workloads text[]) RETURNS integer[]
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- A rule owns only on days on which the workload is one: with another workload it may match another line.
    IF EXISTS (SELECT FROM bedrock.owner_rule AS r WHERE upper_inf(r.recorded)
               AND (r.workload IS NULL OR r.workload = ANY (dimensions_of_workloads.workloads))) THEN
        RETURN bedrock_internal.dimensions_of_rules();
    END IF;
    RETURN bedrock_internal.dimensions_of_owners(dimensions_of_workloads.workloads);
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
