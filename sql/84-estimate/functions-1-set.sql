-- What a workload is expected to use: stated by those who run it, and what follows from that.

CREATE OR REPLACE FUNCTION bedrock.set_estimate(workload text, period date, cost numeric DEFAULT NULL,
    input_tokens numeric DEFAULT NULL, output_tokens numeric DEFAULT NULL, cache_read_tokens numeric DEFAULT NULL,
    cache_write_tokens numeric DEFAULT NULL, currency text DEFAULT NULL, reason text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD'
AS $$
DECLARE
    caller name := bedrock_internal.calling_role();
    key text := bedrock_internal.check_text('the workload', workload, 1024);
    days daterange;
    stated jsonb := jsonb_build_object('cost', cost, 'input_tokens', input_tokens, 'output_tokens', output_tokens,
        'cache_read_tokens', cache_read_tokens, 'cache_write_tokens', cache_write_tokens);
    wrong record;
BEGIN
    PERFORM bedrock_internal.lock_ownership(to_change => false);
    PERFORM bedrock_internal.check_may_change_workload(caller, key);
    IF (set_estimate.period BETWEEN '0001-01-01' AND '9999-11-30') IS NOT TRUE THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('there is no month of %s',
                             coalesce(bedrock_internal.day_text(set_estimate.period), 'NULL')),
            HINT = 'Give any day of the month, of the years 1 to 9999.';
    END IF;
    days := bedrock_internal.days_of_month(set_estimate.period);
    SELECT replace(v.key, '_', ' ') AS what, v.value INTO wrong
    FROM jsonb_each_text(stated) AS v (key, value)
    WHERE v.value::numeric NOT BETWEEN 0 AND 1e15
    LIMIT 1;
    IF FOUND THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('an estimate cannot have %s %s', left(wrong.value, 160), wrong.what),
            HINT = 'Give numbers from 0 to 1e15, and leave out what you do not know: it is derived.';
    ELSIF set_estimate.currency !~ '^[A-Z]{3}$' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('"%s" is no currency', left(set_estimate.currency, 160)),
            HINT = 'Give the currency of the bill: USD.';
    ELSIF NOT EXISTS (SELECT FROM bedrock.workload AS w
                      WHERE w.workload = key AND upper_inf(w.recorded) AND w.valid && days) THEN
        RAISE undefined_object USING
            MESSAGE = format('there is no workload "%s" in %s', left(key, 160), to_char(lower(days), 'YYYY-MM')),
            HINT = 'bedrock.set_workload makes it.';
    ELSIF upper(days) <= bedrock_internal.today() AND NOT bedrock_internal.may_manage(caller) THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('%s may not estimate a month that is over', caller),
            DETAIL = format('It is %s; today is %s (UTC).', to_char(lower(days), 'YYYY-MM'),
                            bedrock_internal.day_text(bedrock_internal.today())),
            HINT = 'Estimate the running month or a later one, or ask a role with the scope manage.';
    ELSIF upper(days) <= bedrock_internal.today() AND coalesce(btrim(set_estimate.reason), '') = '' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'an estimate of a month that is over needs a reason',
            DETAIL = format('It is %s; today is %s (UTC).', to_char(lower(days), 'YYYY-MM'),
                            bedrock_internal.day_text(bedrock_internal.today())),
            HINT = 'Add reason => ''why''.';
    END IF;
    IF set_estimate.currency IS NULL THEN
        SELECT CASE WHEN min(s.currency) = max(s.currency) THEN min(s.currency) ELSE 'USD' END
        INTO set_estimate.currency
        FROM bedrock.spend_monthly AS s
        WHERE s.workload = key AND s.charge_category = 'usage'
          AND s.billing_period BETWEEN lower(days) - interval '3 months' AND lower(days);
    END IF;
    -- What is stated is the whole estimate of the month: what is left out is stated no more.
    RETURN bedrock_internal.write_history('bedrock.estimate', jsonb_build_object('workload', key), days,
        CASE WHEN jsonb_strip_nulls(stated) <> '{}' THEN
            stated || jsonb_build_object('currency', set_estimate.currency, 'valid', days) END,
        set_estimate.reason);
END
$$;
COMMENT ON FUNCTION bedrock.set_estimate(text, date, numeric, numeric, numeric, numeric, numeric, text, text) IS
    'states what a workload is expected to cost or use in the month of period, and returns added, changed, unchanged '
    'or ended. cost: of usage, commitments and fees, in currency (NULL: that of the workload''s bills, of this month '
    'and the three before, if it is one, else USD); tokens: by kind. What is left out is derived by '
    'bedrock.estimate_check; nothing stated takes the estimate away. For roles that may change the workload; a month '
    'that is over needs the scope manage and a reason. Errors: 42501 not allowed; 22023 a number beyond 0 to 1e15, no '
    'currency, no month or no reason; 42704 no such workload in the month';

CREATE OR REPLACE FUNCTION bedrock_internal.estimate_parts(period date, workload text DEFAULT NULL,
    cost numeric DEFAULT NULL, input_tokens numeric DEFAULT NULL, output_tokens numeric DEFAULT NULL,
    cache_read_tokens numeric DEFAULT NULL, cache_write_tokens numeric DEFAULT NULL, currency text DEFAULT 'USD')
    RETURNS TABLE (workload text, currency text, token_kind text, tokens numeric, cost numeric, price numeric,
                   is_stated boolean, basis text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH stated AS MATERIALIZED (
        SELECT e.workload, e.currency, e.cost, ARRAY[e.input_tokens, e.output_tokens, e.cache_read_tokens,
                                                     e.cache_write_tokens, NULL] AS tokens
        FROM bedrock.estimate AS e
        WHERE upper_inf(e.recorded) AND e.valid @> (SELECT estimate_parts.period)
          AND (estimate_parts.workload IS NULL OR e.workload = estimate_parts.workload)
          AND num_nonnulls(estimate_parts.cost, estimate_parts.input_tokens, estimate_parts.output_tokens,
                           estimate_parts.cache_read_tokens, estimate_parts.cache_write_tokens) = 0
        UNION ALL
        SELECT estimate_parts.workload, estimate_parts.currency, estimate_parts.cost,
               ARRAY[estimate_parts.input_tokens, estimate_parts.output_tokens, estimate_parts.cache_read_tokens,
                     estimate_parts.cache_write_tokens, NULL]
        WHERE num_nonnulls(estimate_parts.cost, estimate_parts.input_tokens, estimate_parts.output_tokens,
                           estimate_parts.cache_read_tokens, estimate_parts.cache_write_tokens) > 0),
    -- The workload's own mix and prices: of its last month with tokens before this one, of three, else of this one.
    used AS MATERIALIZED (
        SELECT s.workload, s.currency, s.billing_period,
               CASE WHEN s.tokens IS NOT NULL AND s.token_kind IN ('input', 'output', 'cache_read', 'cache_write')
                        THEN s.token_kind ELSE 'other' END AS token_kind,
               sum(s.tokens) AS tokens, sum(s.ai_cost) AS cost
        FROM bedrock.spend_monthly AS s
        -- In subqueries the period is asked for once, not for every line.
        WHERE s.billing_period BETWEEN (SELECT (date_trunc('month', estimate_parts.period::timestamp)
                                                - interval '3 months')::date) AND (SELECT estimate_parts.period)
          AND bedrock_internal.counts_in_plans(s.charge_category)
          AND s.workload IN (SELECT t.workload FROM stated AS t)
        GROUP BY 1, 2, 3, 4),
    month AS (
        SELECT DISTINCT ON (u.workload, u.currency) u.workload, u.currency, u.billing_period
        FROM used AS u
        WHERE u.token_kind <> 'other' AND u.tokens > 0
        ORDER BY u.workload, u.currency,
                 u.billing_period = (SELECT date_trunc('month', estimate_parts.period::timestamp)::date),
                 u.billing_period DESC),
    -- Without any: the model of the profiles that the workload claims, if it is one.
    model AS (
        SELECT c.workload, min(p.model_id) AS model_id, min(split_part(p.profile_arn, ':', 4)) AS region
        FROM bedrock.claim AS c
        JOIN bedrock.profile AS p ON p.profile_arn = c.identity AND upper_inf(p.recorded)
        WHERE upper_inf(c.recorded) AND c.valid && (SELECT bedrock_internal.days_of_month(estimate_parts.period))
          AND c.workload IN (SELECT t.workload FROM stated AS t)
        GROUP BY c.workload
        HAVING count(DISTINCT p.model_id) = 1 AND count(DISTINCT split_part(p.profile_arn, ':', 4)) = 1),
    part AS (
        SELECT t.workload, t.currency, k.place, k.token_kind, t.cost AS whole, t.tokens[k.place] AS stated,
               -- Of what has no tokens a unit is one of money.
               CASE k.token_kind WHEN 'other' THEN coalesce(u.cost, 0) ELSE coalesce(u.tokens, 0) END AS used,
               CASE WHEN k.token_kind = 'other' THEN 1
                    WHEN u.tokens > 0 THEN u.cost / u.tokens
                    WHEN t.currency = 'USD' THEN
                        bedrock_internal.token_cost(b.model_id, k.token_kind, NULL, 1000000, b.region, NULL, NULL,
                                                    (SELECT estimate_parts.period), false) / 1000000 END AS price,
               CASE WHEN m.billing_period IS NOT NULL THEN
                        'mix and unit costs of ' || to_char(m.billing_period, 'YYYY-MM')
                    WHEN b.model_id IS NOT NULL THEN 'price book: ' || b.model_id END AS basis
        FROM stated AS t
        CROSS JOIN (VALUES (1, 'input'), (2, 'output'), (3, 'cache_read'), (4, 'cache_write'), (5, 'other'))
            AS k (place, token_kind)
        LEFT JOIN month AS m ON m.workload = t.workload AND m.currency = t.currency
        LEFT JOIN used AS u ON u.workload = m.workload AND u.currency = m.currency
            AND u.billing_period = m.billing_period AND u.token_kind = k.token_kind
        LEFT JOIN model AS b ON b.workload = t.workload),
    -- What is not stated is used in proportion to the mix: to what remains of the stated cost, or to what is stated.
    scaled AS (
        SELECT p.*, CASE WHEN p.whole IS NOT NULL
                             THEN (p.whole - coalesce(sum(p.stated * p.price) OVER w, 0))
                                  / nullif(sum(p.used * p.price) FILTER (WHERE p.stated IS NULL) OVER w, 0)
                         ELSE sum(p.stated * p.price) OVER w
                              / nullif(sum(p.used * p.price) FILTER (WHERE p.stated IS NOT NULL) OVER w, 0) END
                   AS factor,
               coalesce(bool_or(p.stated > 0 AND p.price IS NULL) OVER w, false) AS is_unpriced,
               bool_or(p.used > 0) OVER w AS has_mix
        FROM part AS p
        WINDOW w AS (PARTITION BY p.workload)),
    derived AS (
        SELECT a.*, CASE WHEN a.amount = 0 THEN 0 ELSE round(a.amount * a.price, 6) END AS cost
        FROM (SELECT s.*, CASE WHEN s.stated IS NOT NULL THEN s.stated WHEN s.has_mix AND s.used = 0 THEN 0
                               WHEN s.factor >= 0 AND NOT s.is_unpriced THEN s.used * s.factor END AS amount
              FROM scaled AS s) AS a)
    SELECT d.workload, d.currency, d.token_kind, CASE WHEN d.token_kind <> 'other' THEN round(d.amount) END,
           d.cost, CASE WHEN d.token_kind <> 'other' THEN d.price END, d.stated IS NOT NULL,
           CASE WHEN d.stated IS NOT NULL THEN 'stated'
                WHEN d.amount IS NOT NULL THEN d.basis
                WHEN d.factor < 0 THEN 'not known: what is stated of the other kinds costs more than the stated cost'
                WHEN d.is_unpriced THEN 'not known: a stated kind has no price'
                WHEN d.has_mix THEN 'not known: the stated kinds were not used before'
                ELSE 'not known: no usage before, so no mix' END
    FROM derived AS d
    UNION ALL
    SELECT d.workload, d.currency, 'all', NULL,
           coalesce(min(d.whole), CASE WHEN NOT bool_or(d.is_unpriced) THEN sum(d.cost) END),
           NULL, min(d.whole) IS NOT NULL,
           CASE WHEN min(d.whole) IS NOT NULL THEN 'stated'
                WHEN bool_or(d.is_unpriced) THEN 'not known: a stated kind has no price'
                ELSE coalesce(min(d.basis), 'not known')
                    || CASE WHEN bool_or(d.amount IS NULL) THEN '; kinds that are not stated count as none' ELSE '' END
                END
    FROM derived AS d
    GROUP BY d.workload, d.currency;
END;
COMMENT ON FUNCTION bedrock_internal.estimate_parts(date, text, numeric, numeric, numeric, numeric, numeric, text) IS
    'estimates of a month by token kind, stated and derived: those of bedrock.estimate (workload NULL: all), or, '
    'where cost or tokens are given, one of these. Rows: input, output, cache_read, cache_write; other: cost of what '
    'has no tokens; all. What is not stated follows from the mix and unit costs of the workload in its last month '
    'with tokens (of the three before, else this one): of a stated cost what the stated kinds leave, else in '
    'proportion to these. Without usage: price book of the model of the claimed profiles, if it is one. tokens, cost '
    'NULL: not known; basis says from what it follows, or why it is not known; price: of one token';

-- The third of tokens, mix and money. Two numbers decide one share: that of output, which costs most.
CREATE OR REPLACE FUNCTION bedrock_internal.estimate_mix(period date, workload text, tokens numeric, cost numeric,
    currency text DEFAULT 'USD')
    RETURNS TABLE (token_kind text, tokens numeric, cost numeric, price numeric, basis text, fit_tokens numeric)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    -- Rounded tokens of a small cost are no exact mix: those of a million times as much are.
    WITH part AS (
        SELECT e.token_kind, e.tokens, e.cost, e.price, e.basis, e.token_kind = 'output' AS is_output,
               sum(e.tokens) FILTER (WHERE e.token_kind = 'output') OVER () AS output,
               sum(e.tokens) FILTER (WHERE e.token_kind <> 'output') OVER () AS rest,
               min(e.price) FILTER (WHERE e.token_kind = 'output') OVER () AS output_price,
               sum(e.tokens * e.price) FILTER (WHERE e.token_kind <> 'output') OVER () AS rest_cost,
               coalesce(sum(e.cost) FILTER (WHERE e.token_kind = 'other') OVER (), 0) AS other_cost
        FROM bedrock_internal.estimate_parts(estimate_mix.period, estimate_mix.workload,
                                             cost => 1000000 * estimate_mix.cost,
                                             currency => estimate_mix.currency) AS e
        WHERE e.token_kind <> 'all'),
    -- Each token of output in place of another costs the difference of their prices. What has no tokens goes with all.
    solved AS (
        SELECT p.*, (estimate_mix.cost - estimate_mix.tokens * (p.rest_cost / nullif(p.rest, 0)
                                                                + p.other_cost / nullif(p.rest + p.output, 0)))
                    / nullif(p.output_price - p.rest_cost / nullif(p.rest, 0), 0) AS fit_output
        FROM part AS p)
    SELECT s.token_kind, round(s.tokens / 1000000), round(s.cost / 1000000, 6), s.price, s.basis,
           CASE WHEN s.fit_output BETWEEN 0 AND estimate_mix.tokens
                    THEN round(CASE WHEN s.is_output THEN s.fit_output
                                    ELSE (estimate_mix.tokens - s.fit_output) * s.tokens / s.rest END) END
    FROM solved AS s
    WHERE s.token_kind <> 'other';
END;
COMMENT ON FUNCTION bedrock_internal.estimate_mix(date, text, numeric, numeric, text) IS
    'rows of bedrock_internal.estimate_parts of a stated cost, by token kind, and fit_tokens: of each kind, were all '
    'kinds together as many tokens as given, and cost as much: with more or less output than before, the other kinds '
    'in their proportions, at the unit costs of the workload. fit_tokens NULL: no mix of them costs that, or it is not '
    'known';
