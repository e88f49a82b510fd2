-- Days of a series of cost that are out of the ordinary, and what explains them.

CREATE OR REPLACE FUNCTION bedrock.anomalies(as_of date DEFAULT NULL, days integer DEFAULT 7,
    "by" text DEFAULT 'workload', tag_key text DEFAULT NULL)
    RETURNS TABLE (series text, day date, kind text, currency text, cost numeric, baseline numeric, low numeric,
                   high numeric, excess numeric, since date, baseline_day date, days_known integer, cause text,
                   coverage_pct numeric, price numeric, volume numeric, mix numeric, feedback text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan
    SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    -- What is not complete is never judged: it would look like a drop.
    last_day date := least(anomalies.as_of, bedrock_internal.last_complete_day());
    first_day date;
    read_from date;
    month date;
    -- The value of the series, and of what may explain it.
    value text := bedrock_internal.spend_attribute(anomalies."by", anomalies.tag_key);
    floor numeric;
    deviations numeric;
    is_old boolean;
    days_read text;
BEGIN
    IF anomalies.days IS NULL OR anomalies.days NOT BETWEEN 1 AND 366 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('%s days cannot be judged', coalesce(anomalies.days::text, 'NULL')),
            HINT = 'Give a number of days from 1 to 366.';
    END IF;
    -- Nothing is known of days before the first bill.
    IF NOT EXISTS (SELECT FROM bedrock.bill AS b WHERE b.billing_period <= last_day) THEN
        RETURN;
    END IF;
    first_day := last_day - anomalies.days + 1;
    read_from := first_day - 56;
    month := date_trunc('month', read_from::timestamp);
    floor := bedrock_internal.setting_value('anomaly_floor', last_day)::numeric;
    deviations := bedrock_internal.setting_value('anomaly_deviations', last_day)::numeric;
    is_old := EXISTS (SELECT FROM bedrock.bill AS b
                      WHERE b.has_bedrock AND NOT b.superseded AND b.billing_period < month)
        OR EXISTS (SELECT FROM bedrock.spend AS s
                   WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.billing_period = month
                     AND s.usage_date >= month AND s.usage_date < read_from);
    days_read := format($sql$
        SELECT 1::bigint, %s, s.currency, s.usage_date, s.ai_cost,
               CASE WHEN s.token_kind = 'cache_write' AND s.usage_date >= %L THEN s.ai_cost END,
               CASE WHEN s.token_kind = 'cache_write' AND s.usage_date >= %2$L THEN s.tokens END,
               CASE WHEN s.token_kind = 'cache_read' AND s.usage_date >= %2$L THEN s.tokens END
        FROM bedrock.spend AS s
        WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period'
          AND s.billing_period BETWEEN %L AND %L AND s.usage_date BETWEEN %L AND %4$L$sql$,
        value, first_day, month, last_day, read_from);

    RETURN QUERY EXECUTE replace($sql$
    WITH daily AS MATERIALIZED (
        SELECT d.series, coalesce(d.currency, '') AS currency, d.day, d.cost, d.write_cost, d.writes, d.reads
        FROM bedrock_internal.sum_by_keys($11, 3) AS d (series text, currency text, day date, lines bigint,
                                                        cost numeric, write_cost numeric, writes numeric,
                                                        reads numeric)),
    -- A series whose cost never moves by the floor has no anomaly: most end here.
    moved AS MATERIALIZED (
        SELECT d.series, d.currency, min(d.day) AS first_day
        FROM daily AS d
        GROUP BY d.series, d.currency
        HAVING greatest(max(d.cost), max(d.write_cost), 0) - least(min(d.cost), 0) >= $4),
    young AS MATERIALIZED (
        SELECT array_agg(DISTINCT m.series) AS names FROM moved AS m WHERE m.first_day > $3),
    -- Who had usage before is known on all days that are read. Nothing is read where all are known on the first.
    earlier AS MATERIALIZED (
        SELECT <value> AS series, coalesce(s.currency, '') AS currency
        FROM bedrock.spend_monthly AS s
        WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.billing_period < $10
          AND (SELECT names IS NOT NULL FROM young) AND <value> = ANY ((SELECT names FROM young)::text[])
        UNION
        SELECT <value>, coalesce(s.currency, '')
        FROM bedrock.spend AS s
        WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period' AND s.billing_period = $10
          AND s.usage_date >= $10 AND s.usage_date < $3
          AND (SELECT names IS NOT NULL FROM young) AND <value> = ANY ((SELECT names FROM young)::text[])),
    judged AS MATERIALIZED (
        SELECT j.*, least(j.day - j.first_day, 56) AS days_known
        FROM (SELECT m.series, m.currency, j.day::date AS day,
                     CASE WHEN e.series IS NULL THEN m.first_day ELSE $3 END AS first_day
              FROM moved AS m
              CROSS JOIN generate_series($1::timestamp, $2::timestamp, interval '1 day') AS j (day)
              LEFT JOIN earlier AS e ON e.series = m.series AND e.currency = m.currency) AS j
        WHERE j.day >= j.first_day),
    -- The eight weeks before each day: of its weekday where there are four of them. From its first day on, a day
    -- without usage is one of cost 0.
    past AS MATERIALIZED (
        SELECT j.series, j.currency, j.day, j.days_known, p.day AS past_day, coalesce(d.cost, 0) AS cost
        FROM judged AS j
        CROSS JOIN LATERAL (SELECT CASE WHEN j.days_known >= 28 THEN 7 ELSE 1 END AS days) AS step
        CROSS JOIN LATERAL (SELECT j.day - n * step.days AS day
                            FROM generate_series(1, j.days_known / step.days) AS n) AS p
        LEFT JOIN daily AS d ON d.series = j.series AND d.currency = j.currency AND d.day = p.day),
    level AS MATERIALIZED (
        SELECT p.series, p.currency, p.day, max(p.cost) AS dearest,
               CASE WHEN p.days_known >= 14 THEN percentile_disc(0.5) WITHIN GROUP (ORDER BY p.cost) END AS baseline
        FROM past AS p
        GROUP BY p.series, p.currency, p.day, p.days_known),
    -- A series that is always the same has no deviation: a tenth of its baseline counts as one. Of two deviations in
    -- the middle the upper one: usage every other week is no anomaly each time.
    spread AS MATERIALIZED (
        SELECT l.series, l.currency, l.day,
               greatest(1.4826 * percentile_disc(0.505) WITHIN GROUP (ORDER BY abs(p.cost - l.baseline)),
                        abs(l.baseline) / 10) AS deviation,
               max(p.past_day) FILTER (WHERE p.cost = l.baseline) AS baseline_day
        FROM level AS l
        JOIN past AS p ON p.series = l.series AND p.currency = l.currency AND p.day = l.day
        WHERE l.baseline IS NOT NULL
        GROUP BY l.series, l.currency, l.day, l.baseline),
    bounded AS (
        SELECT j.*, coalesce(d.cost, 0) AS cost, d.write_cost, coalesce(d.writes, 0) AS writes,
               coalesce(d.reads, 0) AS reads, greatest(l.dearest, 0) AS dearest, l.baseline,
               round(l.baseline - $5 * s.deviation, 6) AS low, round(l.baseline + $5 * s.deviation, 6) AS high,
               s.baseline_day,
               -- In the first two weeks of a bill everything is new.
               $6 OR j.day - 14 >= (SELECT min(f.day) FROM daily AS f) AS is_old
        FROM judged AS j
        LEFT JOIN daily AS d ON d.series = j.series AND d.currency = j.currency AND d.day = j.day
        LEFT JOIN level AS l ON l.series = j.series AND l.currency = j.currency AND l.day = j.day
        LEFT JOIN spread AS s ON s.series = j.series AND s.currency = j.currency AND s.day = j.day),
    found AS MATERIALIZED (
        SELECT f.*, row_number() OVER () AS number,
               min(f.day) OVER (PARTITION BY f.series, f.currency, f.kind, f.run) AS since
        FROM (SELECT k.*, k.day - (row_number() OVER (PARTITION BY k.series, k.currency, k.kind
                                                      ORDER BY k.day))::integer AS run
              FROM (SELECT b.series, b.currency, b.day, $7 AS kind, b.cost, NULL::numeric AS baseline,
                           NULL::numeric AS low, NULL::numeric AS high, NULL::date AS baseline_day, b.days_known
                    FROM bounded AS b
                    WHERE b.days_known < 14 AND b.is_old AND b.cost >= $4
                      AND b.cost - coalesce(b.dearest, 0) >= $4 AND b.cost > 2 * coalesce(b.dearest, 0)
                    UNION ALL
                    SELECT b.series, b.currency, b.day, CASE WHEN b.cost > b.baseline THEN 'spike' ELSE 'drop' END,
                           b.cost, b.baseline, b.low, b.high, b.baseline_day, b.days_known
                    FROM bounded AS b
                    WHERE b.cost > b.high AND b.cost - b.baseline >= $4
                       -- Less than four weeks do not tell a quiet weekend from a drop.
                       OR b.cost < b.low AND b.baseline - b.cost >= $4 AND b.days_known >= 28
                    UNION ALL
                    -- Less than that, and caching costs more than it saves: a write is a quarter dearer than plain
                    -- input, a read nine tenths cheaper.
                    SELECT b.series, b.currency, b.day, 'cache not read', b.write_cost, NULL, NULL, NULL, NULL,
                           b.days_known
                    FROM bounded AS b
                    WHERE b.write_cost >= $4 AND b.reads * 4 < b.writes) AS k) AS f),
    compared AS (
        SELECT f.*, f.cost - coalesce(f.baseline, 0) AS excess FROM found AS f WHERE f.kind <> 'cache not read'),
    cell AS MATERIALIZED (
        SELECT c.number, s.usage_date = c.day AS is_now, s.model_id, s.usage_type, s.pricing_unit, s.token_kind,
               s.workload, s.application, s.principal_key, s.profile_name, s.model_name, s.account_id, s.region,
               sum(s.ai_cost) AS cost, sum(s.tokens) AS tokens
        FROM compared AS c
        JOIN bedrock.spend AS s ON <value> = c.series AND coalesce(s.currency, '') = c.currency
            AND (s.usage_date = c.day OR s.usage_date = c.baseline_day)
        WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period'
          AND s.billing_period BETWEEN $10 AND $2
          AND s.usage_date = ANY ((SELECT array_agg(d.day) FROM (SELECT n.day FROM compared AS n
                                                                 UNION SELECT n.baseline_day FROM compared AS n) AS d
                                   )::date[])
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13),
    meter AS (
        SELECT c.number, coalesce(sum(c.cost) FILTER (WHERE c.is_now), 0) AS cost,
               coalesce(sum(c.cost) FILTER (WHERE NOT c.is_now), 0) AS cost_before,
               coalesce(sum(c.tokens) FILTER (WHERE c.is_now), 0) AS tokens,
               coalesce(sum(c.tokens) FILTER (WHERE NOT c.is_now), 0) AS tokens_before
        FROM cell AS c
        GROUP BY c.number, c.model_id, c.usage_type, c.pricing_unit),
    effect AS (
        SELECT m.number, sum(bedrock_internal.price_effect(m.cost, m.cost_before, m.tokens, m.tokens_before)) AS price,
               bedrock_internal.volume_effect(sum(m.cost_before) FILTER (WHERE m.tokens_before > 0), sum(m.tokens),
                                              sum(m.tokens_before)) AS volume
        FROM meter AS m
        GROUP BY m.number),
    -- Of each dimension the values that moved most with the change, three at most, until they explain four fifths.
    part AS (
        SELECT p.*, sum(p.moved) OVER (PARTITION BY p.number, p.place ORDER BY p.moved DESC, p.value
                                       ROWS UNBOUNDED PRECEDING) - p.moved AS moved_before,
               row_number() OVER (PARTITION BY p.number, p.place ORDER BY p.moved DESC, p.value) AS rank
        FROM (SELECT c.number, a.place, a.attribute, a.value,
                     sign(n.excess) * (coalesce(sum(c.cost) FILTER (WHERE c.is_now), 0)
                                       - coalesce(sum(c.cost) FILTER (WHERE NOT c.is_now), 0)) AS moved,
                     coalesce(sum(c.cost) FILTER (WHERE NOT c.is_now), 0) AS cost_before,
                     abs(n.excess) AS change, n.baseline
              FROM cell AS c
              JOIN compared AS n ON n.number = c.number
              CROSS JOIN LATERAL (VALUES
                  (1, 'principal_key', c.principal_key), (2, 'workload', c.workload),
                  (3, 'application', c.application), (4, 'profile_name', c.profile_name),
                  (5, 'model_name', c.model_name), (6, 'token_kind', c.token_kind), (7, 'region', c.region),
                  (8, 'account_id', c.account_id)) AS a (place, attribute, value)
              WHERE a.attribute <> $8 AND a.value IS NOT NULL AND a.value NOT IN ('(untagged)', '(none)')
              GROUP BY c.number, a.place, a.attribute, a.value, n.excess, n.baseline) AS p),
    explained AS (
        SELECT e.*, row_number() OVER (PARTITION BY e.number ORDER BY e.coverage - e.usual DESC, e.parts, e.place)
                   AS rank
        FROM (SELECT p.number, p.place, p.attribute, count(*) AS parts,
                     string_agg(p.value, ', ' ORDER BY p.rank) AS "values",
                     round(100 * sum(p.moved) / min(p.change), 1) AS coverage,
                     coalesce(round(100 * sum(p.cost_before) / nullif(min(p.baseline), 0), 1), 0) AS usual
              FROM part AS p
              WHERE p.moved > 0 AND p.rank <= 3 AND p.moved_before < 0.8 * p.change
              GROUP BY p.number, p.place, p.attribute) AS e
        -- What had that share before explains nothing, nor does a small part.
        WHERE e.coverage >= 50 AND e.coverage >= e.usual + 10),
    cause AS (
        SELECT e.number, string_agg(format('%s = %s (%s %%)', e.attribute, e."values", e.coverage), '; '
                                    ORDER BY e.rank) AS cause,
               max(e.coverage) FILTER (WHERE e.rank = 1) AS coverage
        FROM explained AS e
        WHERE e.rank <= 3
        GROUP BY e.number)
    SELECT f.series, f.day, f.kind, nullif(f.currency, ''), f.cost, f.baseline, f.low, f.high,
           f.cost - coalesce(f.baseline, 0), f.since, f.baseline_day, f.days_known, c.cause, c.coverage, e.price,
           e.volume, f.cost - coalesce(f.baseline, 0) - e.price - e.volume, b.feedback
    FROM found AS f
    LEFT JOIN cause AS c ON c.number = f.number
    LEFT JOIN effect AS e ON e.number = f.number
    LEFT JOIN LATERAL (SELECT a.feedback FROM bedrock.anomaly_feedback AS a
                       WHERE a.attribute = $8 AND a.value = f.series AND (a.kind IS NULL OR a.kind = f.kind)
                         AND bedrock_internal.fold_name(a.tag_key) IS NOT DISTINCT FROM $9
                         AND a.valid @> f.day AND upper_inf(a.recorded)
                       ORDER BY a.kind NULLS LAST LIMIT 1) AS b ON true
    ORDER BY f.currency, abs(f.cost - coalesce(f.baseline, 0)) DESC, f.day DESC, f.series, f.kind
    $sql$, '<value>', value)
    USING first_day, last_day, read_from, floor, deviations, is_old,
          CASE anomalies."by" WHEN 'principal_key' THEN 'new caller' WHEN 'model_name' THEN 'new model'
                              WHEN 'model_id' THEN 'new model' WHEN 'region' THEN 'new region' ELSE 'new' END,
          anomalies."by", bedrock_internal.fold_name(anomalies.tag_key), month, days_read;
END
$$;
COMMENT ON FUNCTION bedrock.anomalies(date, integer, text, text) IS
    'days of a series of cost that are out of the ordinary, dearest first in each currency. series: a value of an '
    'attribute (by: workload, principal_key, model_name, another column of bedrock.spend, all, or tag with tag_key), '
    'of usage billed by day. Judged are the last days up to as_of or the last complete day, each by the 56 days before '
    'it. baseline: median of the same weekdays where there are four, else of all days (of two in the middle the lower '
    'one, of deviations the upper one); baseline_day: the latest day that cost that. low, high: baseline less and plus '
    'setting anomaly_deviations times 1.4826 times the median absolute deviation, or a tenth of the baseline where '
    'that is more. kind: spike or drop: outside of them, and setting anomaly_floor or more away from the baseline, a '
    'drop against the same weekdays only; new (new caller, new model, new region): fewer than 14 days since its first '
    'one (days_known), costs the floor or more and twice its dearest day, in a bill of two weeks or more; cache not '
    'read: cache writes cost the floor or more, and fewer than one in four were read. excess: cost less baseline, of '
    'new all; since: first of the days in a row, of the days judged. '
    'cause: dimensions whose values explain half of the excess or more, and more than their share of the baseline; '
    'coverage_pct: percent of it that the first explains, above 100 where others fell. price, volume and mix sum to '
    'excess. NULL: nothing known; feedback: bedrock.anomaly_feedback. Error 22023: unknown by, or days out of 1 to 366';
