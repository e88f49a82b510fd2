INSERT INTO bedrock.setting (name, valid_from, value, note, builtin, recorded_at) VALUES
    ('task_floor', '-infinity', '1', 'amount, in the currency of the bill, that 30 days must cost to make a task; a '
     'choice of this extension', true, '-infinity'),
    ('task_quiet_days', '-infinity', '7', 'days in which nothing shows a task any more until it counts as done; a '
     'choice of this extension', true, '-infinity'),
    ('approve_own_request', '-infinity', '0', '1: who asks to spend may approve or reject it himself; 0: another '
     'role and another login must', true, '-infinity')
ON CONFLICT DO NOTHING;
