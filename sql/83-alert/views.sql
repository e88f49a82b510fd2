SELECT bedrock_internal.copy_comments('bedrock.hierarchy_level', 'bedrock.alert_state');

CREATE OR REPLACE VIEW bedrock.alerts WITH (security_invoker) AS
SELECT a.alert_id, a.kind, a.subject, a.attribute, a.tag_key, a.value, lower(a.days) AS first_day,
       upper(a.days) - 1 AS last_day, a.basis, a.threshold, a.currency, a.amount, a.planned, a.since, a.detail,
       a.raised_at, coalesce(s.state, 'open') AS state, s.assignee, s.recorded_by::text AS state_by,
       lower(s.recorded) AS state_at, s.reason
FROM bedrock.alert AS a
LEFT JOIN bedrock.alert_state AS s ON s.alert_id = a.alert_id AND upper_inf(s.recorded);
COMMENT ON VIEW bedrock.alerts IS
    'alerts with what became of them: what crossed a budget, an estimate or a policy, or is out of the ordinary. '
    'bedrock.set_alert acknowledges, assigns, resolves and mutes them';
SELECT bedrock_internal.copy_comments('bedrock.alert', 'bedrock.alerts');
COMMENT ON COLUMN bedrock.alerts.first_day IS 'first day (UTC) it is about';
COMMENT ON COLUMN bedrock.alerts.last_day IS 'last day (UTC) it is about';
COMMENT ON COLUMN bedrock.alerts.state IS 'open, acknowledged, resolved or muted';
COMMENT ON COLUMN bedrock.alerts.assignee IS 'who has it: a person or a group; NULL: nobody';
COMMENT ON COLUMN bedrock.alerts.state_by IS 'role that set state; NULL: nobody has yet';
COMMENT ON COLUMN bedrock.alerts.state_at IS 'when it was set; NULL: it was not';
COMMENT ON COLUMN bedrock.alerts.reason IS 'note of who set it; NULL: none';
