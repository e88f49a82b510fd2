-- The doctor: lines of bills, and values that could not be placed.

CREATE OR REPLACE FUNCTION bedrock_internal.doctor_bill()
    RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH month AS MATERIALIZED (
        SELECT b.source, b.billing_period AS period, b.currency, sum(b.bedrock_lines) AS bedrock_lines,
               coalesce(sum(b.bedrock_lines) FILTER (WHERE b.billing_entity = 'AWS Marketplace'), 0)
                   AS marketplace_lines,
               sum(b.unblended_cost) AS unblended, sum(b.net_unblended_cost) AS net,
               sum(b.unblended_cost) FILTER (WHERE b.charge_category = 'discount') AS discount,
               (SELECT bool_or(p.net_filled) FROM bedrock.period AS p
                WHERE p.source = b.source AND p.billing_period = b.billing_period) AS net_filled
        FROM bedrock.bill_total AS b GROUP BY 1, 2, 3),
    period AS (
        SELECT m.source, m.period, sum(m.bedrock_lines) AS bedrock_lines, sum(m.marketplace_lines) AS marketplace_lines
        FROM month AS m GROUP BY 1, 2),
    side AS (
        SELECT coalesce(b.account_id, '') AS account, b.billing_period AS period, b.source, b.currency,
               bool_and(b.superseded) AS superseded, sum(coalesce(b.unblended_cost, b.net_unblended_cost)) AS cost,
               sum(coalesce(b.bedrock_unblended_cost, b.bedrock_net_unblended_cost)) AS bedrock_cost
        FROM bedrock.bill_total AS b GROUP BY 1, 2, 3, 4)
    SELECT 'marketplace', CASE WHEN count(*) FILTER (WHERE p.marketplace_lines = 0) > 0 THEN 'warning' ELSE 'ok' END,
           p.source || CASE WHEN count(*) FILTER (WHERE p.marketplace_lines = 0) > 0
               THEN format(': no Bedrock line billed through AWS Marketplace in %s',
                           string_agg(to_char(p.period, 'YYYY-MM'), ', ' ORDER BY p.period)
                               FILTER (WHERE p.marketplace_lines = 0))
                            ELSE ': every period has Bedrock lines billed through AWS Marketplace' END,
           CASE WHEN count(*) FILTER (WHERE p.marketplace_lines = 0) > 0 THEN
               'Models of Anthropic, Meta, Cohere and others are billed through AWS Marketplace, under a product code '
               'that is a hash and without a service code. Where such models are used, a filter took the lines: export '
               'and attach all lines, not those of one product or service; do not exclude the billing entity AWS '
               'Marketplace. Where only Amazon''s own models are used, nothing is missing' END
    FROM period AS p WHERE p.bedrock_lines > 0 GROUP BY p.source
    UNION ALL
    SELECT 'overlap', 'warning',
           format('%s: %s accounts are in two sources: %s counts (%s, Bedrock %s), %s is superseded (%s, Bedrock %s)',
                  to_char(s.period, 'YYYY-MM'), count(DISTINCT s.account),
                  f.source, bedrock_internal.cost_text(sum(f.cost), f.currency),
                  bedrock_internal.cost_text(sum(f.bedrock_cost), f.currency),
                  s.source, bedrock_internal.cost_text(sum(s.cost), s.currency),
                  bedrock_internal.cost_text(sum(s.bedrock_cost), s.currency)),
           format('No cent counts twice; one of the two is not needed. To let the other count: SELECT '
                  'bedrock.prefer_source(%L, %L). To take it out: SELECT bedrock.detach(%L)', s.source, s.period,
                  s.source)
    FROM side AS s JOIN side AS f ON f.account = s.account AND f.period = s.period AND NOT f.superseded
        AND f.currency IS NOT DISTINCT FROM s.currency
    WHERE s.superseded GROUP BY s.period, s.source, f.source, s.currency, f.currency
    UNION ALL
    SELECT 'net_cost', CASE WHEN m.net_filled AND abs(m.net - m.unblended) > 0.01 THEN 'warning'
                            WHEN m.net_filled THEN 'ok' ELSE 'info' END,
           format('%s, %s: ', m.source, to_char(m.period, 'YYYY-MM'))
           || CASE WHEN m.net_filled
                       THEN format('net adds up to %s, unblended with its discount lines (%s) to %s',
                                   bedrock_internal.cost_text(m.net, m.currency),
                                   bedrock_internal.cost_text(m.discount, m.currency),
                                   bedrock_internal.cost_text(m.unblended, m.currency))
                   ELSE format('discount lines (%s) and no net column: net is unblended on every line, and the '
                               'discounts are lines of their own',
                               bedrock_internal.cost_text(m.discount, m.currency)) END,
           CASE WHEN m.net_filled
                    AND abs(m.net - m.unblended) > 0.01
                    THEN 'The two should be one sum. Compare both with the invoice (bedrock.bill_total) and set the '
                         'metric that equals it: SELECT bedrock.set_setting(''ai_cost_metric'', ''net_unblended'') '
                         'or ''unblended''; never a net metric with spread discount lines'
                WHEN NOT m.net_filled
                    THEN 'Select line_item_net_unblended_cost and the other net columns in the export (Data Exports > '
                         'the export > Edit > columns) to see discounts on the lines they belong to' END
    FROM month AS m WHERE m.unblended IS NOT NULL AND (m.net_filled OR m.discount <> 0)
    UNION ALL
    SELECT 'charge_types', 'warning',
           format('%s, %s: %s lines (%s; Bedrock''s: %s) have a line type in no category', b.source,
                  to_char(b.billing_period, 'YYYY-MM'), sum(b.lines),
                  bedrock_internal.cost_text(
                                                     sum(coalesce(b.unblended_cost, b.net_unblended_cost)), b.currency),
                  sum(b.bedrock_lines)),
           'INSERT INTO bedrock.charge_category_map (line_item_type, charge_category) VALUES (the line type, its '
           'category), then SELECT * FROM bedrock.refresh(force => true); Bedrock''s: SELECT * FROM '
           'bedrock.unrecognized WHERE kind = ''charge_type'''
    FROM bedrock.bill_total AS b WHERE b.charge_category = 'unknown' GROUP BY b.source, b.billing_period, b.currency
    UNION ALL
    SELECT 'unrecognized', 'warning',
           format('%s: %s values on %s lines, %s', u.kind, count(*), sum(u.lines),
                  bedrock_internal.cost_text(sum(u.cost), u.currency)),
           format('What to do with each: SELECT value, cost, suggestion FROM bedrock.unrecognized WHERE kind = %L '
                  'ORDER BY cost DESC', u.kind)
    FROM bedrock.unrecognized AS u GROUP BY u.kind, u.currency
    UNION ALL
    SELECT CASE WHEN g.charge_category = 'usage' THEN 'monthly_export' ELSE 'grain_period' END,
           CASE WHEN g.charge_category = 'usage' THEN 'warning' ELSE 'info' END,
           format('%s: %s lines of category %s cover more than a day, %s: daily questions, forecasts and anomalies '
                  'leave them out', g.source, g.lines, g.charge_category,
                  bedrock_internal.cost_text(g.cost, g.currency)),
           CASE WHEN g.charge_category = 'usage'
                    THEN 'An export of MONTHLY granularity has no days: make one with HOURLY or DAILY (API: '
                         'TIME_GRANULARITY). A few such lines in another export are monthly fees billed as usage'
                ELSE 'Nothing: tax, credits and fees have no day. Questions by billing period count them' END
    FROM (SELECT b.source, d.charge_category, d.currency, sum(f.lines) AS lines, sum(f.ai_cost) AS cost
          FROM bedrock.fact_month AS f JOIN bedrock.bill_total AS b ON b.bill_id = f.bill_id
          JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
          WHERE d.charge_grain = 'period' GROUP BY 1, 2, 3) AS g
    UNION ALL
    SELECT 'other_ai', 'info',
           format('%s: other AI services in the same bill, no part of bedrock.spend: %s', o.source,
                  string_agg(o.service || ' ' || bedrock_internal.cost_text(o.cost, o.currency),
                             ', ' ORDER BY o.cost DESC, o.service)),
           'Nothing is wrong: add them where the question is AI and not Bedrock. By month: SELECT b.billing_period, '
           's.key AS service, sum(s.value::numeric) AS cost, b.currency FROM bedrock.bill_total AS b, '
           'jsonb_each_text(b.other_ai) AS s WHERE NOT b.superseded GROUP BY 1, 2, 4'
    FROM (SELECT b.source, s.key AS service, b.currency, sum(s.value::numeric) AS cost
          FROM bedrock.bill_total AS b CROSS JOIN LATERAL jsonb_each_text(b.other_ai) AS s (key, value)
          WHERE NOT b.superseded GROUP BY 1, 2, 3) AS o
    GROUP BY o.source
    UNION ALL
    SELECT 'currencies', 'info',
           format('amounts are in several currencies: %s; none is summed over another',
                  string_agg(DISTINCT m.currency, ', ')), 'Group every question by currency'
    FROM month AS m WHERE m.bedrock_lines > 0 HAVING count(DISTINCT m.currency) > 1;
END;
COMMENT ON FUNCTION bedrock_internal.doctor_bill() IS
    'checks of the lines of bills and of values that could not be placed; part of bedrock.doctor()';
