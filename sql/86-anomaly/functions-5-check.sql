-- What is new is recorded once, of days that have become complete since the last time.

CREATE OR REPLACE FUNCTION bedrock_internal.check_anomalies() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last_day date := bedrock_internal.last_complete_day();
    -- A first load of many months records the last week.
    done date := greatest((SELECT s.first_day FROM bedrock_internal.state AS s WHERE s.kind = 'anomalies'),
                          last_day - 7);
    -- By what something may be new.
    fresh text[];
BEGIN
    IF done < last_day THEN
        -- Most days bring nothing new: what costs the floor on the days since is looked for in months that ended two
        -- weeks before them or earlier, and only where it is not found the days before are read.
        WITH dear AS MATERIALIZED (
            SELECT a.attribute, a.value, s.currency
            FROM bedrock.spend AS s
            CROSS JOIN LATERAL (VALUES ('principal_key', s.principal_key), ('model_name', s.model_name),
                                       ('region', s.region)) AS a (attribute, value)
            WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period'
              AND s.billing_period >= date_trunc('month', (done + 1)::timestamp)
              AND s.usage_date BETWEEN done + 1 AND last_day
            GROUP BY a.attribute, a.value, s.currency, s.usage_date
            HAVING sum(s.ai_cost) >= bedrock_internal.setting_value('anomaly_floor', last_day)::numeric),
        known AS MATERIALIZED (
            SELECT DISTINCT a.attribute, a.value, s.currency
            FROM (SELECT DISTINCT m.principal_key, m.model_name, m.region, m.currency
                  FROM bedrock.spend_monthly AS m
                  WHERE m.charge_category = 'usage' AND m.charge_grain <> 'period'
                    AND m.billing_period >= date_trunc('month', (done - 13)::timestamp) - interval '2 months'
                    AND m.billing_period < date_trunc('month', (done - 13)::timestamp)) AS s
            CROSS JOIN LATERAL (VALUES ('principal_key', s.principal_key), ('model_name', s.model_name),
                                       ('region', s.region)) AS a (attribute, value))
        SELECT array_agg(DISTINCT d.attribute) INTO fresh
        FROM dear AS d
        WHERE NOT EXISTS (SELECT FROM known AS k
                          WHERE k.attribute = d.attribute AND coalesce(k.value, '(none)') = coalesce(d.value, '(none)')
                            AND coalesce(k.currency, '') = coalesce(d.currency, ''));
        -- One day more is judged, so that days in a row are one anomaly, recorded of its first day. What is new to a
        -- workload is often a claim, no caller.
        PERFORM bedrock_internal.raise_alert('anomaly', format('%s of %s %s', f.kind, b.attribute, f.series),
            b.attribute, NULL, f.series, daterange(f.day, f.day, '[]'), f.kind, NULL, f.currency, f.cost, f.baseline,
            f.since, jsonb_strip_nulls(jsonb_build_object('excess', f.excess, 'high', f.high, 'cause', f.cause,
                'coverage_pct', f.coverage_pct, 'price', f.price, 'volume', f.volume, 'mix', f.mix)))
        FROM (VALUES ('workload', '{spike,cache not read}'::text[]), ('principal_key', '{new caller}'),
                     ('model_name', '{new model}'), ('region', '{new region}')) AS b (attribute, kinds)
        CROSS JOIN LATERAL bedrock.anomalies(last_day, last_day - done + 1, b.attribute) AS f
        WHERE (b.attribute = 'workload' OR b.attribute = ANY (fresh))
          AND f.kind = ANY (b.kinds) AND f.day > done AND f.day = f.since AND coalesce(f.feedback, 'useful') = 'useful';
        INSERT INTO bedrock_internal.state AS s (kind, first_day) VALUES ('anomalies', last_day)
        ON CONFLICT (kind) DO UPDATE SET first_day = greatest(s.first_day, excluded.first_day);
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.check_anomalies() IS
    'records anomalies of days that have become complete as alerts: spikes and caches that are not read by workload, '
    'new callers, models and regions. Once each, at most seven days back; what is muted, expected or false is not';

CREATE OR REPLACE FUNCTION bedrock_internal.check_anomalies_of_logs() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last_day date := (SELECT max(d.day) FROM bedrock.invocation_day AS d WHERE d.day < bedrock_internal.today());
    done date := greatest((SELECT s.first_day FROM bedrock_internal.state AS s WHERE s.kind = 'anomalies_of_logs'),
                          last_day - 7);
BEGIN
    IF done < last_day THEN
        PERFORM bedrock_internal.raise_alert('anomaly',
            concat_ws(' ', 'runaway loop of principal_key', b.principal, b.model,
                      to_char(b."from" AT TIME ZONE 'UTC', 'HH24:MI')),
            'principal_key', NULL, b.principal, daterange(d.day, d.day, '[]'), 'runaway loop', NULL, 'USD', b.cost,
            NULL, d.day, jsonb_strip_nulls(jsonb_build_object('application', b.app, 'model', b.model, 'from', b."from",
                'to', b."to", 'requests', b.requests, 'usual_requests', b.baseline, 'pattern', b.pattern)))
        FROM bedrock_internal.request_bursts(done + 1, last_day) AS b
        CROSS JOIN LATERAL (SELECT (b."from" AT TIME ZONE 'UTC')::date) AS d (day)
        -- What it cost is not known where a price is missing: that is no reason to be silent.
        WHERE (b.cost IS NULL OR b.cost >= bedrock_internal.setting_value('anomaly_floor', d.day)::numeric)
          AND NOT bedrock_internal.is_muted('principal_key', b.principal, 'runaway loop', d.day);
        PERFORM bedrock_internal.raise_alert('anomaly', format('caller signals of principal_key %s', c.principal),
            'principal_key', NULL, c.principal, daterange(last_day, last_day, '[]'), 'caller signals', NULL, NULL,
            NULL, NULL, last_day, jsonb_build_object('signals', c.signals, 'score', c.score, 'evidence', c.evidence,
                                               'requests', c.requests))
        FROM bedrock_internal.caller_signals(last_day, last_day - done, 3, 10) AS c
        WHERE c.score >= 3 AND NOT bedrock_internal.is_muted('principal_key', c.principal, 'caller signals', last_day);
        INSERT INTO bedrock_internal.state AS s (kind, first_day) VALUES ('anomalies_of_logs', last_day)
        ON CONFLICT (kind) DO UPDATE SET first_day = greatest(s.first_day, excluded.first_day);
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock_internal.check_anomalies_of_logs() IS
    'records runaway loops (bedrock_internal.request_bursts) of the floor or more, and callers with three signals or '
    'more (bedrock_internal.caller_signals), as alerts: of log days that were not looked at before, today not, at most '
    'seven days back';
