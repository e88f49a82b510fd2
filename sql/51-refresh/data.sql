DELETE FROM bedrock.setting WHERE builtin;
INSERT INTO bedrock.setting (name, valid_from, value, note, builtin, recorded_at) VALUES
    ('ai_cost_metric', '-infinity', 'unblended', 'the metric bedrock.spend.ai_cost carries: unblended, blended, net_unblended, amortized, net_amortized; FOCUS has only the net ones', true, '-infinity'),
    ('preferred_source', '-infinity', '', 'source that feeds bedrock.spend where two have an account and period (bedrock.prefer_source); empty: the one attached first', true, '-infinity'),
    ('data_lag_days_aws', '-infinity', '2', 'days until lines billed by AWS are complete', true, '-infinity'),
    ('data_lag_days_marketplace', '-infinity', '3', 'days until lines billed by AWS Marketplace are complete', true, '-infinity'),
    ('stale_after_hours', '-infinity', '48', 'hours without new lines after which the doctor warns', true, '-infinity'),
    ('tags_activated_on', '-infinity', '', 'UTC day on which cost allocation tags were last activated in AWS, 2026-03-01; they appear 24 to 48 hours later, and until then the doctor waits; empty: long ago', true, '-infinity'),
    ('cache_hit_healthy', '-infinity', '0.30', 'cache hit rate above which the catalogue calls a workload healthy; a choice of this extension', true, '-infinity'),
    ('profile_limit', '-infinity', '1000', 'application inference profiles an account may have in a region', true, '-infinity');
