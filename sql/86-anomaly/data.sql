INSERT INTO bedrock.setting (name, valid_from, value, note, builtin, recorded_at) VALUES
    ('anomaly_floor', '-infinity', '25', 'amount, in the currency of the bill, that a day must be above or below its '
     'baseline to be an anomaly; a choice of this extension', true, '-infinity'),
    ('anomaly_deviations', '-infinity', '3.5', 'robust deviations (1.4826 times the median absolute deviation) that a '
     'day must be away from its baseline to be an anomaly; 3.5 is the usual choice (Iglewicz and Hoaglin)', true,
     '-infinity')
ON CONFLICT DO NOTHING;
