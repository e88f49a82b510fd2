INSERT INTO bedrock.setting (name, valid_from, value, note, builtin, recorded_at) VALUES
    ('estimate_divergence_percent', '-infinity', '20',
     'percent above an estimate, of tokens of a stated kind or of the cost, that raises an alert; a choice of this '
     'extension', true, '-infinity');
