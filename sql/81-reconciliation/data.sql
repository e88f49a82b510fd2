-- Bill and invocation logs side by side: what both tell, what only one of them tells, and how far the estimate is away.

INSERT INTO bedrock.setting (name, valid_from, value, note, builtin, recorded_at) VALUES
    ('reconciliation_tolerance_pct', '-infinity', '1', 'percent by which logged tokens, or an estimate, may differ from the bill and still agree with it; a choice of this extension', true, '-infinity')
ON CONFLICT DO NOTHING;
