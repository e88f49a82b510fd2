-- The doctor: model invocation logs against the bill.

CREATE OR REPLACE FUNCTION bedrock_internal.doctor_logs()
    RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH logged AS MATERIALIZED (
        SELECT DISTINCT coalesce(d.account_id, '') AS account, d.region, i.day
        FROM bedrock.invocation_day AS i JOIN bedrock.invocation_dimension AS d ON d.dimension_id = i.dimension_id),
    -- Calls to bedrock-mantle are never logged. Without any log there is nothing to compare the facts with.
    billed AS MATERIALIZED (
        SELECT coalesce(d.account_id, '') AS account, d.region, f.usage_date AS day,
               date_trunc('month', f.usage_date::timestamp)::date AS month, d.currency, sum(f.ai_cost) AS cost
        FROM bedrock.fact AS f
        JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
        WHERE EXISTS (SELECT FROM logged) AND NOT f.superseded AND f.tokens > 0 AND d.charge_category = 'usage'
          AND d.charge_grain <> 'period' AND d.token_kind IS NOT NULL
          AND d.region IS NOT NULL AND d.endpoint IS DISTINCT FROM 'bedrock-mantle'
        GROUP BY 1, 2, 3, 4, 5),
    silent AS MATERIALIZED (
        SELECT b.account, b.region, b.month, b.currency, sum(b.cost) AS cost
        FROM billed AS b
        WHERE b.month IN (SELECT date_trunc('month', l.day::timestamp)::date FROM logged AS l)
        GROUP BY 1, 2, 3, 4
        HAVING NOT EXISTS (SELECT FROM logged AS l
                           WHERE l.account = b.account AND l.region = b.region AND l.day >= b.month
                             AND l.day < b.month + interval '1 month')),
    gap AS (
        SELECT b.account, b.region, b.day
        FROM billed AS b
        JOIN (SELECT l.account, l.region, min(l.day) AS first_day, max(l.day) AS last_day FROM logged AS l
              GROUP BY 1, 2) AS s
            ON s.account = b.account AND s.region = b.region AND b.day BETWEEN s.first_day AND s.last_day
        WHERE (b.account, b.region, b.day) NOT IN (SELECT l.account, l.region, l.day FROM logged AS l
                                                   WHERE l.region IS NOT NULL)
          AND (b.account, b.region, b.month) NOT IN (SELECT n.account, n.region, n.month FROM silent AS n)
        GROUP BY 1, 2, 3)
    SELECT 'invocation_logging', 'info',
           format('no model-invocation logs are loaded, with spend in %s', string_agg(l.place, ', ' ORDER BY l.place)),
           'Logs have requests, latency and session metadata, which no bill has. Once per account and region: Amazon '
           'Bedrock console > Settings > Model invocation logging, to S3 or CloudWatch Logs (API: '
           'PutModelInvocationLoggingConfiguration; as a script: SELECT bedrock.setup_script(''enable_logging'', ...))'
    FROM (SELECT DISTINCT coalesce(d.account_id, '(no account)') || ' ' || d.region AS place
          FROM bedrock.dimension AS d
          WHERE d.charge_category = 'usage' AND d.usage_group = 'tokens' AND d.region IS NOT NULL
            AND EXISTS (SELECT FROM bedrock.fact_month AS f WHERE f.dimension_id = d.dimension_id AND NOT f.superseded))
                AS l
    WHERE NOT EXISTS (SELECT FROM logged)
    HAVING count(*) > 0
    UNION ALL
    SELECT 'invocation_logging', 'warning',
           format('%s: tokens are billed (%s) and no model-invocation log is there of %s; there are of other accounts '
                  'and regions', to_char(n.month, 'YYYY-MM'), bedrock_internal.cost_text(sum(n.cost), n.currency),
                  string_agg(coalesce(nullif(n.account, ''), '(no account)') || ' ' || n.region,
                             ', ' ORDER BY n.account, n.region)),
           format('Switch it on there (once per account and region: Amazon Bedrock console > Settings > Model '
                  'invocation logging; API: PutModelInvocationLoggingConfiguration; as a script: SELECT '
                  'bedrock.setup_script(''enable_logging'', ...)), or load what the bucket has: '
                  'SELECT * FROM bedrock.load_invocations(PATH). How much each place logs: SELECT * FROM '
                  'bedrock.answer(''Q128'', ''{"period": "%s"}'')', n.month)
    FROM silent AS n GROUP BY n.month, n.currency
    UNION ALL
    SELECT 'invocation_gaps', 'warning',
           format('%s %s: tokens are billed on %s days between days with logs that have none: %s%s',
                  coalesce(nullif(g.account, ''), '(no account)'), g.region, count(*),
                  array_to_string((array_agg(g.day ORDER BY g.day))[:10], ', '),
                  CASE WHEN count(*) > 10 THEN ', ...' ELSE '' END),
           format('Load the files of these days: SELECT * FROM bedrock.load_invocations(PATH); what is loaded already '
                  'changes nothing. Where the bucket has none, the delivery failed or logging was off, and nothing '
                  'brings them back: '
                  'SELECT * FROM bedrock.reconciliation WHERE finding = ''export gap'' AND account_id = %L AND '
                  'region = %L', g.account, g.region)
    FROM gap AS g GROUP BY g.account, g.region;
END;
COMMENT ON FUNCTION bedrock_internal.doctor_logs() IS
    'checks of model invocation logs against the bill: never loaded, missing of an account and region in a month that '
    'others log, days without any between days with logs; part of bedrock.doctor()';
