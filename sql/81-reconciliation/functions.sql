-- The cost of a caller that many share, divided by what its sessions, users or other parts used by the logs.

CREATE OR REPLACE FUNCTION bedrock.split_spend(caller text DEFAULT NULL, by text DEFAULT 'session',
    period date DEFAULT bedrock.latest_period())
    RETURNS TABLE (principal_key text, principal_session text, usage_date date, account_id text, region text,
                   model_id text, model_name text, token_kind text,
        cache_ttl text, tier text, routing text, long_context boolean, charge_category text, part text, cost numeric,
        currency text, outcome text,
        evidence text, evidence_trust text, logged_tokens numeric, cell_logged_tokens numeric, cell_tokens numeric,
        cell_cost numeric)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    wanted text := @extschema@.bedrock_principal_key(split_spend.caller);
    month date := date_trunc('month', split_spend.period::timestamp)::date;
    metadata_key text := CASE WHEN split_spend.by <> 'session' THEN bedrock_internal.fold_name(split_spend.by) END;
    is_person boolean := split_spend.by = 'user';
BEGIN
    IF split_spend.caller IS NOT NULL AND wanted IS NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = format('"%s" is no IAM principal', left(split_spend.caller, 160)),
            HINT = 'Give the ARN of a role, of one of its sessions, or of a user; SELECT DISTINCT principal_key FROM '
                   'bedrock.spend lists them.';
    END IF;
    IF metadata_key = '' OR metadata_key IS NULL AND split_spend.by IS DISTINCT FROM 'session' THEN
        RAISE invalid_parameter_value
            USING MESSAGE = 'a caller is split by session, by user or by a key of requestMetadata';
    END IF;
    IF NOT is_person
        AND NOT coalesce(metadata_key = ANY (string_to_array(bedrock_internal.invocation_label_keys(), E'\n')),
                         metadata_key IS NULL) THEN
        RAISE invalid_parameter_value
            USING MESSAGE = format('sums of the invocation logs have no requestMetadata key "%s"',
                                   left(split_spend.by, 160)),
            HINT = format('Name it in setting invocation_metadata_keys, SELECT '
                          'bedrock.set_setting(''invocation_metadata_keys'', %L), before logs are loaded.',
                          left(split_spend.by, 160));
    END IF;

    RETURN QUERY
    WITH cell AS (
        SELECT row_number() OVER () AS number, b.*,
               ARRAY[b.principal_key, b.usage_date::text, b.account_id, b.region, b.model_id, b.token_kind,
                     (coalesce(b.cache_ttl, '') = '1h')::text, b.tier, b.routing, b.long_context::text] AS key
        FROM (SELECT s.principal_key, s.principal_session, s.user_email, s.usage_date, s.account_id, s.region,
                     s.model_id, s.model_name, s.token_kind, s.cache_ttl, s.tier,
                     CASE s.routing WHEN 'geo' THEN 'regional' ELSE s.routing END AS routing, s.long_context,
                     s.charge_category, s.currency,
                     s.charge_category = 'usage' AND s.charge_grain <> 'period'
                         AND s.token_kind IS NOT NULL AS divisible, s.charge_grain = 'period' AS by_period,
                     sum(s.ai_cost) AS cost, sum(s.tokens) AS tokens,
                     CASE WHEN is_person THEN s.user_email
                          WHEN metadata_key IS NULL THEN s.principal_session END AS part
              FROM bedrock.spend AS s
              WHERE s.billing_period = month AND s.principal_key IS NOT NULL
                AND (wanted IS NULL OR s.principal_key = wanted)
              GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17) AS b),
    called AS MATERIALIZED (
        SELECT d.dimension_id, d.principal_key, d.account_id, d.region, d.model_id,
               coalesce(d.tier, 'standard') AS tier, CASE WHEN d.pool = 'global' THEN 'global'
                                                          ELSE 'regional' END AS routing,
               -- A model without a price of its own for long context is billed as if no request were long.
               d.long_context_above IS NOT NULL AS has_long_context,
               (SELECT nullif(min(e.value), '') FROM jsonb_each_text(d.metadata) AS e
                WHERE bedrock_internal.fold_name(e.key) = metadata_key) AS value
        FROM bedrock.invocation_dimension AS d
        WHERE d.principal_key IS NOT NULL AND (wanted IS NULL OR d.principal_key = wanted)),
    -- A cell is one value here, NULLs among it: the planner has one condition to estimate, not ten.
    logged AS (
        SELECT ARRAY[d.principal_key, i.day::text, d.account_id, d.region, d.model_id, k.token_kind, k.one_hour::text,
                     d.tier, d.routing, (i.long_context AND d.has_long_context)::text] AS key,
               w.principal_session, CASE WHEN metadata_key IS NULL THEN w.principal_session
                                         WHEN is_person THEN coalesce(w.user_email, d.value) ELSE d.value END AS part,
               CASE WHEN metadata_key IS NULL OR is_person AND w.user_email IS NOT NULL THEN 'session'
                    WHEN d.value IS NOT NULL THEN 'metadata' END AS kind,
               sum(k.tokens) AS tokens
        FROM bedrock.invocation_day AS i
        JOIN called AS d ON d.dimension_id = i.dimension_id
        LEFT JOIN bedrock.session AS w ON w.session_id = i.session_id
        CROSS JOIN LATERAL (VALUES ('input', false, i.input_tokens), ('output', false, i.output_tokens),
                            ('cache_read', false, i.cache_read_tokens),
                                   ('cache_write', false, i.cache_write_tokens - coalesce(i.cache_write_1h_tokens, 0)),
                                   ('cache_write', true, i.cache_write_1h_tokens))
            AS k (token_kind, one_hour, tokens)
        WHERE k.tokens > 0 AND i.day >= (SELECT min(c.usage_date) FROM cell AS c)
          AND i.day <= (SELECT max(c.usage_date) FROM cell AS c)
        GROUP BY 1, 2, 3, 4),
    weighed AS (
        SELECT c.number, l.part, l.kind, sum(l.tokens) AS tokens,
               sum(sum(l.tokens)) OVER (PARTITION BY c.number) AS cell_tokens
        FROM cell AS c
        JOIN logged AS l ON l.key = c.key
        WHERE c.divisible AND c.part IS NULL AND array_position(c.key, NULL) IS NULL
          AND (c.principal_session IS NULL OR l.principal_session = c.principal_session)
        GROUP BY c.number, l.part, l.kind),
    -- Largest remainder: everybody gets what is whole in the last digit, the few digits left go to the largest rests.
    divided AS (
        SELECT w.*, u.unit, sign(c.cost) AS sign, div(u.units * w.tokens, w.cell_tokens) AS whole,
               mod(u.units * w.tokens, w.cell_tokens) AS rest, u.units
        FROM weighed AS w
        JOIN cell AS c ON c.number = w.number
        CROSS JOIN LATERAL (SELECT ('1e-' || greatest(scale(c.cost), 12))::numeric,
                                   abs(c.cost) * ('1e' || greatest(scale(c.cost), 12))::numeric) AS u (unit, units)),
    shared AS (
        SELECT d.number, d.part, d.kind, d.tokens, d.cell_tokens,
               d.sign * d.unit
                   * (d.whole
                      + CASE WHEN row_number()
                                 OVER (PARTITION BY d.number ORDER BY d.rest DESC, d.part COLLATE "C", d.kind)
                                                      <= d.units
                                                          - sum(d.whole) OVER (PARTITION BY d.number) THEN 1 ELSE 0 END)
                                                          AS cost
        FROM divided AS d)
    SELECT c.principal_key, c.principal_session, c.usage_date, c.account_id, c.region, c.model_id, c.model_name,
           c.token_kind, c.cache_ttl, c.tier, c.routing, c.long_context,
           c.charge_category, coalesce(c.part, s.part), coalesce(s.cost, c.cost), c.currency,
           CASE WHEN c.part IS NOT NULL THEN 'billed' WHEN s.part IS NOT NULL THEN 'split'
                WHEN s.number IS NOT NULL THEN 'not named' WHEN c.divisible THEN 'not logged'
                WHEN c.charge_category <> 'usage' THEN 'not usage' WHEN c.by_period THEN 'not by day'
                ELSE 'not in tokens' END,
           CASE WHEN c.part IS NOT NULL THEN 'line_item_iam_principal'
                WHEN s.kind = 'session' AND s.part IS NOT NULL THEN 'identity.arn'
                WHEN s.kind = 'metadata' THEN 'requestMetadata.' || split_spend.by END,
           CASE WHEN c.part IS NOT NULL THEN 'billing' WHEN s.kind = 'session' AND s.part IS NOT NULL THEN 'session_tag'
                WHEN s.kind = 'metadata' THEN 'request_metadata' END,
           s.tokens, s.cell_tokens, c.tokens, c.cost
    FROM cell AS c
    LEFT JOIN shared AS s ON s.number = c.number;
END
$$;
COMMENT ON FUNCTION bedrock.split_spend(text, text, date) IS
    'divides the billed cost of a caller among the parts that share it, by their tokens in the invocation logs, one '
    'row for each cell and part; all rows sum to the bill of the caller, to the last digit. A cell is a session where '
    'billed, day, account, region, model, token kind, cache time, tier, routing and long context. caller: ARN of a '
    'role, a session or a user; NULL: all callers. by: session, user (an e-mail address as session, else key user of '
    'requestMetadata), or a key of requestMetadata that gives a label or is named in setting invocation_metadata_keys. '
    'period: any day of the month. part NULL: could not be divided; outcome: billed, split, not named, not logged, not '
    'in tokens, not by day, not usage; evidence_trust: billing, session_tag, request_metadata, NULL: no part. cost: '
    'ai_cost of the part; the cell columns repeat on all rows of a cell. Error 22023: not a principal, or a key that '
    'is not in the sums of the logs';
