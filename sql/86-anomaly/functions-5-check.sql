-- What is new is recorded once.

CREATE OR REPLACE FUNCTION bedrock_internal.check_anomalies() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last_day date := bedrock_internal.last_complete_day();
    -- Bills are delivered again, and Marketplace comes late: a day that was quiet need not stay so.
    first_day date := last_day - 6;
    earliest date := date_trunc('month', (first_day - 14)::timestamp);
    -- By what something may be new.
    fresh text[];
BEGIN
    IF last_day IS NULL THEN
        RETURN;
    END IF;
    -- Most days bring nothing new: callers, models and regions of months that ended two weeks before these days or
    -- earlier are known, and only where another one costs the floor the days before are read.
    WITH known AS MATERIALIZED (
        SELECT DISTINCT a.attribute, a.value, m.currency
        FROM (SELECT DISTINCT s.principal_key, s.model_name, s.region, coalesce(s.currency, '') AS currency
              FROM bedrock.spend_monthly AS s
              WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period'
                AND s.billing_period >= earliest - interval '2 months' AND s.billing_period < earliest) AS m
        CROSS JOIN LATERAL (VALUES ('principal_key', coalesce(m.principal_key, '')),
                                   ('model_name', coalesce(m.model_name, '')), ('region', coalesce(m.region, '')))
            AS a (attribute, value))
    SELECT array_agg(DISTINCT n.attribute) INTO fresh
    FROM (SELECT a.attribute
          FROM bedrock.spend AS s
          CROSS JOIN LATERAL (VALUES ('principal_key', coalesce(s.principal_key, '')),
                                     ('model_name', coalesce(s.model_name, '')), ('region', coalesce(s.region, '')))
              AS a (attribute, value)
          WHERE s.charge_category = 'usage' AND s.charge_grain <> 'period'
            AND s.billing_period >= date_trunc('month', first_day::timestamp)
            AND s.usage_date BETWEEN first_day AND last_day
            AND NOT EXISTS (SELECT FROM known AS k
                            WHERE k.attribute = a.attribute AND k.value = a.value
                              AND k.currency = coalesce(s.currency, ''))
          GROUP BY a.attribute, a.value, s.currency, s.usage_date
          HAVING sum(s.ai_cost) >= bedrock_internal.setting_value('anomaly_floor', last_day)::numeric) AS n;
    -- A day more is judged, so that of days in a row the first is recorded alone. What is new to a workload is often a
    -- claim, no caller.
    PERFORM bedrock_internal.raise_alert('anomaly', format('%s of %s %s', f.kind, b.attribute, f.series),
        b.attribute, NULL, f.series, daterange(f.day, f.day, '[]'), f.kind, NULL, f.currency, f.cost, f.baseline,
        f.since, jsonb_strip_nulls(jsonb_build_object('excess', f.excess, 'high', f.high, 'cause', f.cause,
            'coverage_pct', f.coverage_pct, 'price', f.price, 'volume', f.volume, 'mix', f.mix)))
    FROM (VALUES ('workload', '{spike,cache not read}'::text[]), ('principal_key', '{new caller}'),
                 ('model_name', '{new model}'), ('region', '{new region}')) AS b (attribute, kinds)
    CROSS JOIN LATERAL bedrock.anomalies(last_day, 8, b.attribute) AS f
    WHERE (b.attribute = 'workload' OR b.attribute = ANY (fresh))
      AND f.kind = ANY (b.kinds) AND f.day >= first_day AND f.day = f.since
      AND coalesce(f.feedback, 'useful') = 'useful'
      -- Told once, also where the days before are billed otherwise by now.
      AND NOT EXISTS (SELECT FROM bedrock.alert AS a
                      WHERE a.kind = 'anomaly' AND a.basis = f.kind AND a.attribute = b.attribute
                        AND a.value = f.series AND a.days = daterange(f.day, f.day, '[]')
                        AND a.currency IS NOT DISTINCT FROM f.currency);
END
$$;
COMMENT ON FUNCTION bedrock_internal.check_anomalies() IS
    'records anomalies of the last seven complete days as alerts: spikes and caches that are not read by workload, new '
    'callers, models and regions. Once each, also where a day is billed again; of days in a row the first; what is '
    'muted, expected or false is not';

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
