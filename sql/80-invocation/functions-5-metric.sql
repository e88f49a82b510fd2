-- In addition to the logs: metrics of CloudWatch, which know latency and throttles, and quotas.

CREATE OR REPLACE FUNCTION bedrock.load_cloudwatch_metrics(results jsonb, queries jsonb DEFAULT NULL,
    account_id text DEFAULT '', region text DEFAULT '') RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
AS $$
DECLARE
    known constant text[] := ARRAY['Invocations', 'InvocationLatency', 'TimeToFirstToken', 'InputTokenCount',
                                   'OutputTokenCount',
        'CacheReadInputTokenCount', 'CacheWriteInputTokenCount', 'OutputImageCount', 'InvocationThrottles',
        'InvocationClientErrors', 'InvocationServerErrors'];
    unclear text;
    written bigint;
BEGIN
    IF jsonb_typeof(results -> 'MetricDataResults') IS DISTINCT FROM 'array' THEN
        RAISE EXCEPTION 'results is no answer of get-metric-data' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'It has no array MetricDataResults.',
                HINT = 'aws cloudwatch get-metric-data --metric-data-queries file://queries.json ... gives one.';
    END IF;

    DROP TABLE IF EXISTS pg_temp.bedrock_metric;
    CREATE TEMP TABLE bedrock_metric ON COMMIT DROP AS
    SELECT r.result ->> 'Id' AS id, coalesce(q.metric, l.metric) AS metric, coalesce(q.model, l.model, '') AS model,
           coalesce(q.statistic, l.statistic, '') AS statistic, coalesce(q.period, 0) AS period,
           v.measured_at::timestamptz AS measured_at, v.value::numeric AS value
    FROM jsonb_array_elements(results -> 'MetricDataResults') AS r (result)
    -- The metric: as the queries state it, else as the label does.
    LEFT JOIN LATERAL (
        SELECT s.stat #>> '{Metric,MetricName}' AS metric, s.stat ->> 'Stat' AS statistic,
               (s.stat ->> 'Period')::integer AS period,
               (SELECT d.value ->> 'Value' FROM jsonb_array_elements(s.stat #> '{Metric,Dimensions}') AS d
                WHERE d.value ->> 'Name' = 'ModelId') AS model
        FROM jsonb_array_elements(coalesce(queries -> 'MetricDataQueries', queries)) AS a (query)
        CROSS JOIN LATERAL (SELECT a.query -> 'MetricStat' AS stat) AS s
        WHERE a.query ->> 'Id' = r.result ->> 'Id' AND s.stat IS NOT NULL LIMIT 1) AS q ON true
    CROSS JOIN LATERAL (
        SELECT max(w.word) FILTER (WHERE w.word = ANY (known)) AS metric,
               max(w.word) FILTER (WHERE w.word ~ '^(Sum|Average|Minimum|Maximum|SampleCount|p[0-9.]+)$') AS statistic,
               max(w.word) FILTER (WHERE w.word ~ '[.:/]' AND w.word !~ '^p[0-9.]+$') AS model
        FROM regexp_split_to_table(r.result ->> 'Label', E'\\s+') AS w (word)) AS l
    LEFT JOIN LATERAL (SELECT t.value #>> '{}', x.value #>> '{}'
                       FROM jsonb_array_elements(r.result -> 'Timestamps') WITH ORDINALITY AS t (value, n)
                       JOIN jsonb_array_elements(r.result -> 'Values') WITH ORDINALITY AS x (value, n)
                           ON x.n = t.n) AS v (measured_at, value) ON true;
    SELECT m.id INTO unclear FROM bedrock_metric AS m WHERE m.metric IS NULL OR m.metric <> ALL (known) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'result "%" states no metric of Bedrock', unclear
            USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Give the MetricDataQueries of the request as queries, or labels of metric, model and statistic: '
                   '"Invocations anthropic.claude-sonnet-4-6 Sum".';
    END IF;

    INSERT
        INTO bedrock.cloudwatch_metric (account_id, region, model, metric, statistic, period_seconds, measured_at,
                                        value)
    SELECT DISTINCT ON (m.metric, m.model, m.statistic, m.period, m.measured_at)
           coalesce(load_cloudwatch_metrics.account_id, ''), coalesce(load_cloudwatch_metrics.region, ''), m.model,
           m.metric, m.statistic, m.period, m.measured_at, m.value
    FROM bedrock_metric AS m
    WHERE m.measured_at IS NOT NULL AND m.value IS NOT NULL
    ORDER BY m.metric, m.model, m.statistic, m.period, m.measured_at, m.value DESC
    ON CONFLICT ON CONSTRAINT cloudwatch_metric_pkey DO UPDATE SET value = excluded.value;
    GET DIAGNOSTICS written = ROW_COUNT;
    DROP TABLE bedrock_metric;
    RETURN written;
END
$$;
COMMENT ON FUNCTION bedrock.load_cloudwatch_metrics(jsonb, jsonb, text, text) IS
    'loads values of CloudWatch metrics of Bedrock from the answer of aws cloudwatch get-metric-data, and returns how '
    'many; a value loaded again replaces the one before. queries: MetricDataQueries of the request, which state '
    'metric, model, statistic and period of each Id; without them the Label of a result must. account_id, region: '
    'where the answer is from. An error: another kind of document, or a result without a metric';

CREATE OR REPLACE FUNCTION bedrock.load_quotas(document jsonb, account_id text DEFAULT NULL, region text DEFAULT NULL)
    RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    written bigint;
BEGIN
    IF jsonb_typeof(document -> 'Quotas') IS DISTINCT FROM 'array' THEN
        RAISE EXCEPTION 'document is no list of quotas' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'It has no array Quotas.',
                HINT = 'aws service-quotas list-service-quotas --service-code bedrock gives one.';
    END IF;
    INSERT
        INTO bedrock.service_quota (account_id, region, quota_code, quota_name, value, unit, adjustable, kind, scope,
                                    model_id)
    SELECT DISTINCT ON (1, 2, 3)
           coalesce(load_quotas.account_id, nullif(split_part(q.quota ->> 'QuotaArn', ':', 5), ''), ''),
           coalesce(load_quotas.region, nullif(split_part(q.quota ->> 'QuotaArn', ':', 4), ''), ''),
           q.quota ->> 'QuotaCode', n.name, (q.quota ->> 'Value')::numeric, q.quota ->> 'Unit',
           (q.quota ->> 'Adjustable')::boolean,
           CASE WHEN n.name ~* 'tokens per minute' THEN 'tokens_per_minute'
                WHEN n.name ~* 'requests per minute' THEN 'requests_per_minute'
                WHEN n.name ~* 'tokens per day' THEN 'tokens_per_day' END,
           CASE WHEN n.name ~* '^global cross-region' THEN 'global' WHEN n.name ~* '^cross-region' THEN 'cross_region'
                WHEN n.name ~* '^on-demand' THEN 'on_demand' END,
           coalesce(bedrock_internal.model_by_name(m.model, 'product_name'),
                    bedrock_internal.model_by_name(regexp_replace(m.model, E'^\\S+ ', ''), 'product_name'))
    FROM jsonb_array_elements(document -> 'Quotas') AS q (quota)
    CROSS JOIN LATERAL (SELECT coalesce(q.quota ->> 'QuotaName', '') AS name) AS n
    -- On-demand model inference tokens per minute for Anthropic Claude Sonnet 4.6 V1
    CROSS JOIN LATERAL (SELECT nullif(regexp_replace(substring(n.name FROM ' for (.*)$'), E' V\\d+$', ''), '') AS model)
        AS m
    WHERE coalesce(q.quota ->> 'ServiceCode', 'bedrock') = 'bedrock' AND q.quota ->> 'QuotaCode' IS NOT NULL
      AND q.quota ->> 'Value' IS NOT NULL
    ORDER BY 1, 2, 3
    ON CONFLICT ON CONSTRAINT service_quota_pkey DO UPDATE SET quota_name = excluded.quota_name, value = excluded.value,
    unit = excluded.unit,
        adjustable = excluded.adjustable, kind = excluded.kind, scope = excluded.scope, model_id = excluded.model_id,
        loaded_at = excluded.loaded_at;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END
$$;
COMMENT ON FUNCTION bedrock.load_quotas(jsonb, text, text) IS
    'loads quotas of Bedrock from the answer of aws service-quotas list-service-quotas, and returns how many; a quota '
    'loaded again replaces the one before. account_id, region: by default those of each QuotaArn. An error: another '
    'kind of document';
