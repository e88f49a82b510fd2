-- Loading model invocation logs: read, parsed once a combination, summed by day; and forgetting single requests again.

INSERT INTO bedrock.setting (name, valid_from, value, note, builtin, recorded_at) VALUES
    ('invocation_retention_days', '-infinity', '90', 'days bedrock.purge_invocations keeps single requests of invocation logs; sums by day stay', true, '-infinity'),
    ('invocation_metadata_keys', '-infinity', '', 'further keys of requestMetadata to tell requests apart by in sums, with commas between them; each value is a row a day', true, '-infinity'),
    ('long_context_tokens', '-infinity', '200000', 'input and cached tokens of one request above which it counts as long context, of models for which the price book states no such number', true, '-infinity'),
    ('loop_requests', '-infinity', '50', 'requests an hour below which a burst is no runaway loop; a choice of this extension', true, '-infinity'),
    ('loop_factor', '-infinity', '5', 'how many times its own usual hour a burst must be to count as a runaway loop; a choice of this extension', true, '-infinity')
ON CONFLICT DO NOTHING;
