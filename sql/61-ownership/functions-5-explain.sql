-- Why a line has the owner it has, and not another one.

CREATE OR REPLACE FUNCTION bedrock_internal.why_not_owned(workload text, dimension_ids integer[] DEFAULT NULL,
    OUT dimension_id integer, OUT valid_from date, OUT valid_to date, OUT owner text, OUT claim_id bigint,
    OUT reason text, OUT detail text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE ROWS 10000 SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH tile AS MATERIALIZED (
        SELECT a.dimension_id AS id, a.claim_id, a.attribution_rule, o.workload,
               daterange(a.valid_from, CASE WHEN isfinite(a.valid_to) THEN a.valid_to + 1 END) AS days
        FROM bedrock.attribution AS a JOIN bedrock.owner AS o ON o.owner_id = a.owner_id
        WHERE (why_not_owned.dimension_ids IS NULL OR a.dimension_id = ANY (why_not_owned.dimension_ids))
          AND CASE WHEN why_not_owned.workload IS NULL THEN o.owner_id <= 1
                   ELSE o.workload <> why_not_owned.workload END),
    claimed AS MATERIALIZED (
        SELECT c.* FROM bedrock_internal.claims_of_dimensions(why_not_owned.dimension_ids) AS c
        WHERE c.workload = why_not_owned.workload OR why_not_owned.workload IS NULL),
    beginning AS (
        SELECT t.id, lower(t.days) AS day, t.days FROM tile AS t
        UNION
        SELECT t.id, b.day, t.days
        FROM tile AS t
        JOIN claimed AS c ON c.dimension_id = t.id
        CROSS JOIN LATERAL (VALUES (lower(c.days)), (upper(c.days))) AS b (day)
        WHERE b.day <@ t.days),
    piece AS (
        SELECT b.id, b.day, b.days,
               coalesce(lead(b.day) OVER (PARTITION BY b.id, b.days ORDER BY b.day), upper(b.days)) AS next_day
        FROM beginning AS b),
    -- The claim that comes nearest: one that is in force, else the one that ended last, else the one that begins first.
    nearest AS (
        SELECT DISTINCT ON (p.id, p.day) p.id, p.day, p.next_day, p.days, c.claim_id, c.identity_kind, c.identity,
               c.valid, c.days AS days_of_claim,
               c.days @> p.day AS in_force, isempty(c.days) OR lower(c.days) > p.day AS later
        FROM piece AS p
        LEFT JOIN claimed AS c ON c.dimension_id = p.id
        ORDER BY p.id, p.day, c.days @> p.day DESC NULLS LAST, isempty(c.days) OR lower(c.days) > p.day,
                 CASE WHEN lower(c.days) <= p.day THEN upper(c.days) END DESC NULLS LAST, lower(c.valid), c.place)
    SELECT n.id, n.day, coalesce(n.next_day - 1, 'infinity'), t.workload, n.claim_id,
           CASE WHEN n.claim_id IS NULL THEN 'not_claimed' WHEN n.in_force THEN 'profile_wins'
                WHEN n.later THEN 'before_claim_date' ELSE 'ended' END,
           CASE WHEN n.claim_id IS NULL THEN
                    CASE WHEN coalesce(d.resource_id, d.principal_key) IS NULL
                         THEN 'the line names neither a resource nor a principal that could be claimed'
                         ELSE 'no claim' || coalesce(' of ' || why_not_owned.workload, '') || ' on '
                              || concat_ws(' or ', d.resource_id, d.principal_key) END
                WHEN n.in_force THEN format('claim %s on %s %s; %s of %s comes first', n.claim_id, n.identity_kind,
                                            n.identity, coalesce('claim ' || t.claim_id, t.attribution_rule),
                                            t.workload)
                WHEN n.later AND n.days_of_claim <> n.valid
                    THEN format('claim %s on %s %s from %s: the line covers a month, the claim not all of it',
                                n.claim_id, n.identity_kind, n.identity, lower(n.valid))
                WHEN n.later THEN format('claim %s on %s %s begins %s', n.claim_id, n.identity_kind, n.identity,
                                         lower(n.valid))
                ELSE format('claim %s on %s %s ended %s', n.claim_id, n.identity_kind, n.identity,
                            upper(n.valid) - 1) END
    FROM nearest AS n
    JOIN tile AS t ON t.id = n.id AND t.days = n.days
    JOIN bedrock.dimension AS d ON d.dimension_id = n.id;
END
$$;
COMMENT ON FUNCTION bedrock_internal.why_not_owned(text, integer[]) IS
    'why a workload (NULL: any) does not own dimensions (NULL: all) on the days on which it does not: owner then, and '
    'reason before_claim_date (its claim begins later), ended (it ended before), profile_wins (another claim comes '
    'first, as one on the profile before one on the principal) or not_claimed. claim_id: the claim of the workload '
    'that comes nearest; NULL: it has none. Shows what the caller may read of bedrock.attribution';

-- Runs as the owner of the extension, as owners follow from all claims and rules, and asks itself who calls.
CREATE OR REPLACE FUNCTION bedrock_internal.ownership_steps(dimension_id integer, day date)
    RETURNS TABLE (step text, result text, detail text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET datestyle = 'ISO'
AS $$
DECLARE
    caller constant name := bedrock_internal.calling_role();
    everything constant boolean := bedrock_internal.sees_all(caller);
    tile record;
BEGIN
    SELECT a.claim_id, a.attribution_rule, o.workload INTO tile
    FROM bedrock.attribution AS a JOIN bedrock.owner AS o ON o.owner_id = a.owner_id
    WHERE a.dimension_id = ownership_steps.dimension_id AND ownership_steps.day BETWEEN a.valid_from AND a.valid_to
      AND (everything
           OR a.attribution_id IN (SELECT v
               FROM bedrock_internal.visible_attribution(bedrock_internal.tokens_of(caller)) AS v));
    IF NOT FOUND THEN
        RETURN;
    END IF;

    RETURN QUERY
    WITH tried AS (
        SELECT c.*, c.days @> ownership_steps.day AS in_force, isempty(c.days) OR lower(c.days) > ownership_steps.day
                   AS later, everything OR c.claim_id IN (SELECT v
                       FROM bedrock_internal.visible_claim(bedrock_internal.tokens_of(caller)) AS v)
                   AS is_visible
        FROM bedrock_internal.claims_of_dimensions(ARRAY[ownership_steps.dimension_id]) AS c)
    SELECT 'claim',
           CASE WHEN c.claim_id = tile.claim_id THEN 'won' WHEN c.in_force THEN 'lost'
                WHEN c.later THEN 'before_claim_date' ELSE 'ended' END,
           CASE WHEN c.is_visible
                THEN format('claim %s of %s on %s %s, %s', c.claim_id, c.workload, c.identity_kind, c.identity,
                    CASE WHEN c.in_force AND c.claim_id IS DISTINCT FROM tile.claim_id
                             THEN 'a claim on its ' || substr(tile.attribution_rule, 7) || ' comes first'
                         WHEN isempty(c.days) OR c.days <> c.valid AND NOT c.in_force
                             THEN 'which does not cover the month that the line is for'
                         WHEN c.later THEN 'which begins ' || lower(c.valid)
                         WHEN NOT c.in_force THEN 'which ended ' || upper(c.valid) - 1
                         ELSE concat_ws(' ', 'from', nullif(lower(c.valid), '-infinity'), 'to ' || upper(c.valid) - 1)
                    END)
                ELSE 'a claim of another owner' END
    FROM tried AS c
    WHERE c.is_visible OR c.in_force
    ORDER BY c.place, c.valid;

    RETURN QUERY
    WITH tried AS (
        SELECT r.*, r.valid @> ownership_steps.day AS in_force, m.workload AS named, m.matched, o.workload AS owner
        FROM bedrock.owner_rule AS r
        LEFT JOIN bedrock_internal.rule_matches(ARRAY[ownership_steps.dimension_id]) AS m
            ON m.rule = r.rule AND m.valid @> ownership_steps.day AND r.valid @> ownership_steps.day
        LEFT JOIN bedrock_internal.owner_candidates(ARRAY[ownership_steps.dimension_id]) AS o
            ON o.attribution_rule = 'rule:' || r.rule AND o.valid @> ownership_steps.day
               AND r.valid @> ownership_steps.day
        WHERE upper_inf(r.recorded)
          AND (r.valid @> ownership_steps.day
               OR NOT EXISTS (SELECT FROM bedrock.owner_rule AS n
                              WHERE n.rule = r.rule AND upper_inf(n.recorded) AND n.valid @> ownership_steps.day))),
    shown AS (
        SELECT t.*, everything OR coalesce(t.workload, t.owner) IN (
                   SELECT v
                       FROM bedrock_internal.visible_workload_name(bedrock_internal.tokens_of(caller)) AS v) IS TRUE
                       AS is_visible
        FROM tried AS t)
    SELECT 'rule',
           CASE WHEN r.owner IS NOT NULL AND tile.attribution_rule = 'rule:' || r.rule AND r.owner = tile.workload
                    THEN 'won'
                WHEN r.owner IS NOT NULL THEN 'lost' WHEN NOT r.in_force THEN 'not_in_force'
                WHEN r.named IS NULL THEN 'no_match' ELSE 'no_workload' END,
           CASE WHEN r.is_visible
                THEN concat_ws(', ', 'rule ' || r.rule,
                         coalesce(r.matched, concat_ws(' ', r.attribute, r.tag_key)) || ' ~* ' || r.pattern,
                         CASE WHEN r.owner IS NOT NULL THEN 'workload ' || r.owner
                              WHEN r.named IS NOT NULL THEN 'no workload is called ' || r.named || ' on this day' END)
                ELSE 'a rule of another owner' END
    FROM shown AS r
    WHERE r.is_visible OR r.owner IS NOT NULL
    ORDER BY r.priority, r.rule COLLATE "C", r.valid;
END
$$;
COMMENT ON FUNCTION bedrock_internal.ownership_steps(integer, date) IS
    'the steps claim and rule of bedrock.explain. None where the caller may not see the owner of that day; what lies '
    'outside of its scope is a claim or rule of another owner, and left out where it was not in force';

CREATE OR REPLACE FUNCTION bedrock.explain(dimension_id bigint, day date DEFAULT NULL)
    RETURNS TABLE (step text, result text, detail text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    SET datestyle = 'ISO'
AS $$
DECLARE
    line bedrock.dimension;
    tile record;
    asked_day date;
BEGIN
    SELECT d.* INTO line FROM bedrock.dimension AS d WHERE d.dimension_id = explain.dimension_id;
    asked_day := coalesce(explain.day,
        (SELECT max(f.usage_date) FROM bedrock.fact AS f WHERE f.dimension_id = line.dimension_id),
        bedrock_internal.today());
    SELECT a.*, o.workload, o.owner, o.element1, o.element2, o.element3, o.element4, o.element_path INTO tile
    FROM bedrock.attribution AS a JOIN bedrock.owner AS o ON o.owner_id = a.owner_id
    WHERE a.dimension_id = line.dimension_id AND asked_day BETWEEN a.valid_from AND a.valid_to;
    IF NOT FOUND THEN
        RAISE no_data_found USING MESSAGE = format('there is no line with dimension_id %s', explain.dimension_id),
            HINT = 'Take dimension_id from bedrock.spend.';
    END IF;

    RETURN QUERY
    SELECT 'line', line.charge_category,
           concat_ws(', ', 'day ' || asked_day, 'account ' || line.account_id, line.product_name, line.usage_type,
                     'by ' || line.charge_grain)
    UNION ALL
    SELECT 'resource', line.request_path,
           concat_ws(', ', coalesce(tile.profile_name, tile.project_name), line.resource_id)
    UNION ALL
    SELECT 'model', line.model_id, 'read from ' || line.model_basis
    UNION ALL
    SELECT 'principal', line.principal_kind, concat_ws(', ', line.principal_name, line.principal_key);

    RETURN QUERY
    SELECT o.step, o.result, o.detail
    FROM bedrock_internal.ownership_steps(line.dimension_id, asked_day) WITH ORDINALITY AS o (step, result, detail, n)
    ORDER BY o.n;

    RETURN QUERY
    SELECT 'owner', tile.workload,
           concat_ws(', ', tile.attribution_rule, 'claim ' || tile.claim_id, 'evidence ' || tile.evidence_trust,
                     'owned by ' || tile.owner,
                     'from ' || nullif(tile.valid_from, '-infinity'), 'to ' || nullif(tile.valid_to, 'infinity'))
    UNION ALL
    SELECT 'hierarchy', tile.element_path,
           CASE WHEN tile.element_path IS NULL THEN 'not placed'
                ELSE (SELECT string_agg(n.level_name || ' ' || v.element, ', ' ORDER BY v.level)
                      FROM (VALUES (1, tile.element1), (2, tile.element2), (3, tile.element3), (4, tile.element4))
                          AS v (level, element)
                      JOIN bedrock.hierarchy_level AS n ON n.level = v.level AND upper_inf(n.recorded)
                      WHERE v.element IS NOT NULL) END;

    RETURN QUERY
    SELECT 'price', round(p.usd, 6)::text || ' USD a ' || p.unit,
           concat_ws(', ', p.reason, p.token_kind, p.price_region, p.price_routing, p.price_tier, p.origin, p.source)
    FROM bedrock.price_of(line.model_id, line.region, line.routing, line.tier,
                          (asked_day::timestamp AT TIME ZONE 'UTC'), coalesce(line.long_context, false)) AS p
    WHERE line.token_kind IS NOT NULL AND line.model_id IS NOT NULL
      AND (p.token_kind IS NULL OR p.token_kind = line.token_kind
                                   AND coalesce(p.cache_ttl, '5m') = coalesce(line.cache_ttl, '5m')
                                   AND coalesce(p.modality, 'text') = coalesce(line.modality, 'text')
                                   AND coalesce(p.endpoint, line.endpoint) IS NOT DISTINCT FROM line.endpoint);

    RETURN QUERY
    SELECT 'source', b.source, concat_ws(', ', to_char(b.billing_period, 'YYYY-MM'),
               coalesce(s.relation, (SELECT string_agg(v.file ->> 'file', ' ' ORDER BY v.place)
                                     FROM jsonb_array_elements(p.files) WITH ORDINALITY AS v (file, place))),
               'read ' || to_char(p.refreshed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'))
    FROM (SELECT DISTINCT t.source, t.payer_account_id, t.billing_period
          FROM bedrock.fact AS f JOIN bedrock.bill_total AS t ON t.bill_id = f.bill_id
          WHERE f.dimension_id = line.dimension_id AND f.usage_date = asked_day AND NOT f.superseded) AS b
    LEFT JOIN bedrock.source AS s ON s.source = b.source
    LEFT JOIN bedrock.period AS p ON p.source = b.source AND p.payer_account_id = b.payer_account_id
        AND p.billing_period = b.billing_period
    ORDER BY b.source, b.billing_period;
END
$$;
COMMENT ON FUNCTION bedrock.explain(bigint, date) IS
    'why lines of bedrock.spend with this dimension_id have their owner on a day (NULL: the last one with spend), a '
    'row a step: what the line says (line, resource, model, principal), each claim and owner rule in the order they '
    'are tried (result: won, lost, before_claim_date, ended, not_in_force, no_match, no_workload; without a name where '
    'it is another owner''s), the owner, its place in the hierarchy, the price of the book, and the table or files the '
    'line is from. Error P0002: no such '
    'line, or one the caller may not see';
