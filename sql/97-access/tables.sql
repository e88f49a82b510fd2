-- Who may see and change what. The scope of a role is data: policies and functions look it up, by membership of the
-- role that asks, never by a setting that a caller could set. Functions and the view that policies use stay as they are
-- in an update; only a step of sql/upgrade changes them.
--
-- Functions that policies call run as the owner, and cannot see who called them. A name they were given could be any
-- name, and session_user is a superuser where autovacuum or ANALYZE runs code of the owner of a table. So they take the
-- tokens of rows of bedrock.scope, which one has only by being the role: the view own_scope shows the current user his.

CREATE TABLE bedrock.scope (
    role_name name NOT NULL,
    scope_kind text NOT NULL CHECK (scope_kind IN ('all', 'manage', 'load', 'workload', 'element', 'account')),
    value text NOT NULL DEFAULT '',
    token uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    CONSTRAINT value_where_needed CHECK ((scope_kind IN ('all', 'manage', 'load')) = (value = '')),
    PRIMARY KEY (role_name, scope_kind, value)
);
SELECT pg_extension_config_dump('bedrock.scope', '');
-- No policy: it is read and written through functions.
ALTER TABLE bedrock.scope ENABLE ROW LEVEL SECURITY;
COMMENT ON TABLE bedrock.scope IS
    'what roles see and may change: a role has the rows of all roles it is a member of. Granting a role of PostgreSQL '
    'opens tables and functions, a row here opens lines; bedrock.grant_scope writes it, bedrock.my_scope() shows '
    'one''s own';
COMMENT ON COLUMN bedrock.scope.role_name IS 'role of the server; a row for a role that does not exist is of no effect';
COMMENT ON COLUMN bedrock.scope.scope_kind IS
    'all: sees everything; manage: sees and changes ownership of everything, also of past days, posts statements and '
    'grants scope; load: sees everything, attaches, loads and refreshes; workload, element, account: sees the '
    'workload, the workloads of the element and of all elements below it, or the lines of the usage account';
COMMENT ON COLUMN bedrock.scope.value IS 'workload, element or account; empty: the kind needs none';
COMMENT ON COLUMN bedrock.scope.token IS
    'random; who has it has the row, so that it is shown to nobody but members of the role';

-- A view: its table is read as its owner, and current_user in it is who asks. Joined with pg_authid, as pg_has_role()
-- raises an error for a role that was dropped.
-- A barrier: a condition of somebody's own must not see the tokens of others before they are left out.
CREATE VIEW bedrock_internal.own_scope WITH (security_barrier) AS
SELECT s.token
FROM bedrock.scope AS s JOIN pg_authid AS r ON r.rolname = s.role_name
WHERE pg_has_role(current_user, r.oid, 'USAGE');
GRANT SELECT ON bedrock_internal.own_scope TO PUBLIC;
COMMENT ON VIEW bedrock_internal.own_scope IS
    'tokens of the rows of bedrock.scope of the current user and of all roles he is a member of';
COMMENT ON COLUMN bedrock_internal.own_scope.token IS 'as in bedrock.scope';

CREATE FUNCTION bedrock_internal.own_tokens() RETURNS uuid[]
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT ARRAY(SELECT o.token FROM bedrock_internal.own_scope AS o);
END;
COMMENT ON FUNCTION bedrock_internal.own_tokens() IS
    'tokens of the rows of bedrock.scope that the current user has; {}: none';

CREATE FUNCTION bedrock_internal.sees_all(tokens uuid[]) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM bedrock.scope AS s
                   WHERE s.token = ANY (sees_all.tokens) AND s.scope_kind IN ('all', 'manage', 'load'));
END;
COMMENT ON FUNCTION bedrock_internal.sees_all(uuid[]) IS
    'whether rows of bedrock.scope, by their tokens, let one see everything: all, manage or load';

CREATE FUNCTION bedrock_internal.may_write(tokens uuid[]) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM bedrock.scope AS s
                   WHERE s.token = ANY (may_write.tokens) AND s.scope_kind IN ('manage', 'load'));
END;
COMMENT ON FUNCTION bedrock_internal.may_write(uuid[]) IS
    'whether who was granted writing on a table of the extension may write all its rows: scope load or manage';

CREATE FUNCTION bedrock_internal.visible_account(tokens uuid[]) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT s.value FROM bedrock.scope AS s WHERE s.token = ANY (visible_account.tokens) AND s.scope_kind = 'account';
END;
COMMENT ON FUNCTION bedrock_internal.visible_account(uuid[]) IS 'usage accounts in the scope of a role';

-- Placed by what is known now.
CREATE FUNCTION bedrock_internal.visible_below(tokens uuid[], OUT element text, OUT days daterange)
    RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH RECURSIVE below (element, days) AS (
        SELECT s.value, daterange(NULL, NULL) FROM bedrock.scope AS s
        WHERE s.token = ANY (visible_below.tokens) AND s.scope_kind = 'element'
        UNION
        SELECT e.element, b.days * e.valid
        FROM below AS b
        JOIN bedrock.element AS e ON e.parent = b.element AND upper_inf(e.recorded) AND e.valid && b.days)
    SELECT b.element, b.days FROM below AS b;
END;
COMMENT ON FUNCTION bedrock_internal.visible_below(uuid[]) IS
    'elements in the scope of a role and below those, with the days (UTC) they are';

-- A scope over an element is one over the days on which the workload lies below it.
CREATE FUNCTION bedrock_internal.visible_workload(tokens uuid[], OUT workload text, OUT days datemultirange)
    RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT v.workload, range_agg(v.days)
    FROM (SELECT s.value AS workload, daterange(NULL, NULL) AS days
          FROM bedrock.scope AS s WHERE s.token = ANY (visible_workload.tokens) AND s.scope_kind = 'workload'
          UNION ALL
          SELECT w.workload, w.valid * b.days
          FROM bedrock_internal.visible_below(visible_workload.tokens) AS b
          JOIN bedrock.workload AS w ON w.element = b.element AND upper_inf(w.recorded) AND w.valid && b.days) AS v
    GROUP BY v.workload;
END;
COMMENT ON FUNCTION bedrock_internal.visible_workload(uuid[]) IS
    'workloads in the scope of a role, each with the days (UTC) it is';

-- Rows of a month are not told apart by day, so all days of the workload in the month count.
CREATE FUNCTION bedrock_internal.visible_workload_in(tokens uuid[], month date) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT v.workload
    FROM bedrock_internal.visible_workload(visible_workload_in.tokens) AS v
    CROSS JOIN (SELECT daterange(visible_workload_in.month,
                                 (visible_workload_in.month + interval '1 month')::date) AS days) AS m
    WHERE v.days && m.days
      AND v.days @> coalesce((SELECT range_agg(w.valid * m.days) FROM bedrock.workload AS w
                              WHERE w.workload = v.workload AND upper_inf(w.recorded)), '{}');
END;
COMMENT ON FUNCTION bedrock_internal.visible_workload_in(uuid[], date) IS
    'workloads that are in the scope of a role on all days of a month on which they are; month: its first day';

CREATE FUNCTION bedrock_internal.placed_months(days datemultirange) RETURNS datemultirange
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT coalesce(range_agg(daterange(b.bound[1], b.bound[2])), '{}')
    FROM unnest(placed_months.days) AS v (days)
    CROSS JOIN LATERAL (
        SELECT array_agg(CASE WHEN isfinite(u.day) THEN (date_trunc('month', (u.day - 1)::timestamp)
                                                         + interval '1 month')::date
                              ELSE u.day END ORDER BY u.place) AS bound
        FROM (VALUES (1, lower(v.days)), (2, upper(v.days))) AS u (place, day)) AS b;
END;
COMMENT ON FUNCTION bedrock_internal.placed_months(datemultirange) IS
    'the months whose first day is in these days: a line that covers a month has the place that the workload of its '
    'first day has';

CREATE FUNCTION bedrock_internal.visible_attribution(tokens uuid[]) RETURNS SETOF integer
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT a.attribution_id
    FROM bedrock_internal.visible_workload(visible_attribution.tokens) AS v
    JOIN bedrock.owner AS o ON o.workload = v.workload
    JOIN bedrock.attribution AS a ON a.owner_id = o.owner_id
    JOIN bedrock.dimension AS d ON d.dimension_id = a.dimension_id
    WHERE CASE d.charge_grain WHEN 'period' THEN bedrock_internal.placed_months(v.days) ELSE v.days END
          @> daterange(a.valid_from, a.valid_to, '[]')
    UNION ALL
    SELECT a.attribution_id
    FROM bedrock_internal.visible_account(visible_attribution.tokens) AS v (account_id)
    JOIN bedrock.dimension AS d ON d.account_id = v.account_id
    JOIN bedrock.attribution AS a ON a.dimension_id = d.dimension_id;
END;
COMMENT ON FUNCTION bedrock_internal.visible_attribution(uuid[]) IS
    'rows of bedrock.attribution in the scope of a role: of a workload in scope, on the days it is (of lines that '
    'cover a month, on its first day), or of a usage account in scope';

CREATE FUNCTION bedrock_internal.visible_dimension(tokens uuid[]) RETURNS SETOF integer
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT a.dimension_id
    FROM bedrock_internal.visible_attribution(visible_dimension.tokens) AS v (attribution_id)
    JOIN bedrock.attribution AS a ON a.attribution_id = v.attribution_id;
END;
COMMENT ON FUNCTION bedrock_internal.visible_dimension(uuid[]) IS
    'rows of bedrock.dimension that have an attribution in the scope of a role';

CREATE FUNCTION bedrock_internal.visible_owner(tokens uuid[]) RETURNS SETOF integer
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT DISTINCT a.owner_id
    FROM bedrock_internal.visible_attribution(visible_owner.tokens) AS v (attribution_id)
    JOIN bedrock.attribution AS a ON a.attribution_id = v.attribution_id;
END;
COMMENT ON FUNCTION bedrock_internal.visible_owner(uuid[]) IS
    'rows of bedrock.owner that have an attribution in the scope of a role';

-- Logged requests have no attribution. Whose they are is what claims say, of the resource before the principal; what
-- only a rule could own is nobody's here.
CREATE FUNCTION bedrock_internal.visible_request_day(tokens uuid[], OUT dimension_id integer, OUT day date)
    RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT i.dimension_id, i.day
    FROM bedrock_internal.visible_account(visible_request_day.tokens) AS v (account_id)
    JOIN bedrock.invocation_dimension AS d ON d.account_id = v.account_id
    JOIN bedrock.invocation_day AS i ON i.dimension_id = d.dimension_id
    UNION
    SELECT i.dimension_id, i.day
    FROM bedrock_internal.visible_workload(visible_request_day.tokens) AS v
    JOIN bedrock.claim AS c ON c.workload = v.workload AND upper_inf(c.recorded)
    JOIN bedrock.invocation_dimension AS d
        ON c.identity = CASE c.identity_kind WHEN 'resource' THEN coalesce(d.profile_arn, d.model)
                                             WHEN 'principal' THEN d.principal_key END
    JOIN bedrock.invocation_day AS i ON i.dimension_id = d.dimension_id AND c.valid @> i.day AND v.days @> i.day
    WHERE c.identity_kind = 'resource'
       OR NOT EXISTS (SELECT FROM bedrock.claim AS r
                      WHERE r.identity = coalesce(d.profile_arn, d.model) AND r.identity_kind = 'resource'
                        AND upper_inf(r.recorded) AND r.valid @> i.day);
END;
COMMENT ON FUNCTION bedrock_internal.visible_request_day(uuid[]) IS
    'rows of bedrock.invocation_dimension with the days (UTC) on which their requests are in the scope of a role: of a '
    'usage account in scope, or by a claim of a workload in scope';

CREATE FUNCTION bedrock_internal.visible_request_dimension(tokens uuid[]) RETURNS SETOF integer
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT DISTINCT v.dimension_id FROM bedrock_internal.visible_request_day(visible_request_dimension.tokens) AS v;
END;
COMMENT ON FUNCTION bedrock_internal.visible_request_dimension(uuid[]) IS
    'rows of bedrock.invocation_dimension that have requests in the scope of a role';

-- Of visible lines and requests alone: other sessions of a role that is shared are others'.
CREATE FUNCTION bedrock_internal.visible_session(tokens uuid[]) RETURNS SETOF integer
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT f.session_id
    FROM bedrock_internal.visible_attribution(visible_session.tokens) AS v (attribution_id)
    JOIN bedrock.attribution AS a ON a.attribution_id = v.attribution_id
    JOIN bedrock.fact AS f ON f.dimension_id = a.dimension_id AND f.attribution_id = a.attribution_id
    UNION
    SELECT f.session_id
    FROM bedrock_internal.visible_attribution(visible_session.tokens) AS v (attribution_id)
    JOIN bedrock.attribution AS a ON a.attribution_id = v.attribution_id
    JOIN bedrock.fact_month AS f ON f.dimension_id = a.dimension_id AND f.attribution_id = a.attribution_id
    UNION
    SELECT i.session_id
    FROM bedrock_internal.visible_request_day(visible_session.tokens) AS v
    JOIN bedrock.invocation_day AS i ON i.dimension_id = v.dimension_id AND i.day = v.day;
END;
COMMENT ON FUNCTION bedrock_internal.visible_session(uuid[]) IS
    'rows of bedrock.session that lines or logged requests in the scope of a role have';

CREATE FUNCTION bedrock_internal.visible_claim(tokens uuid[]) RETURNS SETOF bigint
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT c.claim_id
    FROM bedrock_internal.visible_workload(visible_claim.tokens) AS v
    JOIN bedrock.claim AS c ON c.workload = v.workload AND v.days && c.valid
    UNION
    SELECT a.claim_id
    FROM bedrock_internal.visible_attribution(visible_claim.tokens) AS v (attribution_id)
    JOIN bedrock.attribution AS a ON a.attribution_id = v.attribution_id
    WHERE a.claim_id IS NOT NULL;
END;
COMMENT ON FUNCTION bedrock_internal.visible_claim(uuid[]) IS
    'claims in the scope of a role: of a workload in scope, or those that decided lines in scope';

CREATE FUNCTION bedrock_internal.visible_identity(tokens uuid[]) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT i.identity
    FROM bedrock_internal.visible_dimension(visible_identity.tokens) AS v (dimension_id)
    JOIN bedrock.dimension AS d ON d.dimension_id = v.dimension_id
    CROSS JOIN LATERAL (VALUES (d.resource_id), (d.principal_key)) AS i (identity)
    WHERE i.identity IS NOT NULL
    UNION
    SELECT c.identity
    FROM bedrock_internal.visible_claim(visible_identity.tokens) AS v (claim_id)
    JOIN bedrock.claim AS c ON c.claim_id = v.claim_id AND upper_inf(c.recorded);
END;
COMMENT ON FUNCTION bedrock_internal.visible_identity(uuid[]) IS
    'profiles, projects and other resources by their ARN, and principals by bedrock_principal_key(), that lines in the '
    'scope of a role name, or claims in it';

CREATE FUNCTION bedrock_internal.visible_workload_name(tokens uuid[]) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT v.workload FROM bedrock_internal.visible_workload(visible_workload_name.tokens) AS v
    UNION
    SELECT o.workload
    FROM bedrock_internal.visible_owner(visible_workload_name.tokens) AS v (owner_id)
    JOIN bedrock.owner AS o ON o.owner_id = v.owner_id;
END;
COMMENT ON FUNCTION bedrock_internal.visible_workload_name(uuid[]) IS
    'names of workloads in the scope of a role, and of those that lines in its scope have';

CREATE FUNCTION bedrock_internal.visible_map_agreement(tokens uuid[]) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT DISTINCT m.mpe_id
    FROM bedrock_internal.visible_workload_name(visible_map_agreement.tokens) AS v (workload)
    JOIN bedrock.map_workload AS m ON m.workload = v.workload AND upper_inf(m.recorded);
END;
COMMENT ON FUNCTION bedrock_internal.visible_map_agreement(uuid[]) IS
    'MPE ids of the agreements of bedrock.map_agreement that workloads in the scope of a role belong to';

-- Rows, not names: where else a workload lies or lay is not of who sees it in one place.
CREATE FUNCTION bedrock_internal.visible_workload_row(tokens uuid[], OUT workload text, OUT valid daterange,
    OUT recorded tstzrange, OUT element text) RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT w.workload, w.valid, w.recorded, w.element
    FROM bedrock.scope AS s
    JOIN bedrock.workload AS w ON s.token = ANY (visible_workload_row.tokens) AND w.workload = s.value
    WHERE s.scope_kind = 'workload'
    UNION
    SELECT w.workload, w.valid, w.recorded, w.element
    FROM bedrock_internal.visible_below(visible_workload_row.tokens) AS b
    JOIN bedrock.workload AS w ON w.element = b.element AND w.valid && b.days
    UNION
    SELECT w.workload, w.valid, w.recorded, w.element
    FROM bedrock_internal.visible_attribution(visible_workload_row.tokens) AS v (attribution_id)
    JOIN bedrock.attribution AS a ON a.attribution_id = v.attribution_id
    JOIN bedrock.dimension AS d ON d.dimension_id = a.dimension_id
    JOIN bedrock.owner AS o ON o.owner_id = a.owner_id
    JOIN bedrock.workload AS w ON w.workload = o.workload AND upper_inf(w.recorded)
        AND CASE d.charge_grain WHEN 'period' THEN bedrock_internal.placed_months(datemultirange(w.valid))
                                ELSE datemultirange(w.valid) END && daterange(a.valid_from, a.valid_to, '[]');
END;
COMMENT ON FUNCTION bedrock_internal.visible_workload_row(uuid[]) IS
    'rows of bedrock.workload in the scope of a role: all of a workload in scope, those that place one below an '
    'element in scope, and those of lines in scope';

-- Above by what is known now, on the days that count.
CREATE FUNCTION bedrock_internal.visible_element(tokens uuid[]) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH RECURSIVE above (element, days) AS (
        (SELECT b.element, b.days FROM bedrock_internal.visible_below(visible_element.tokens) AS b
         UNION
         SELECT v.element, v.valid FROM bedrock_internal.visible_workload_row(visible_element.tokens) AS v
         WHERE v.element IS NOT NULL AND upper_inf(v.recorded))
        UNION
        SELECT e.parent, a.days * e.valid
        FROM above AS a
        JOIN bedrock.element AS e ON e.element = a.element AND upper_inf(e.recorded) AND e.valid && a.days
        WHERE e.parent IS NOT NULL)
    SELECT DISTINCT a.element FROM above AS a;
END;
COMMENT ON FUNCTION bedrock_internal.visible_element(uuid[]) IS
    'elements of the hierarchy in the scope of a role, as known now: below an element in scope, and above it and '
    'above the workloads in scope';

CREATE FUNCTION bedrock_internal.visible_line_account(tokens uuid[]) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT a FROM bedrock_internal.visible_account(visible_line_account.tokens) AS a
    UNION
    SELECT d.account_id
    FROM bedrock_internal.visible_dimension(visible_line_account.tokens) AS v (dimension_id)
    JOIN bedrock.dimension AS d ON d.dimension_id = v.dimension_id
    WHERE d.account_id IS NOT NULL;
END;
COMMENT ON FUNCTION bedrock_internal.visible_line_account(uuid[]) IS
    'usage accounts in the scope of a role, and those of lines in its scope';

CREATE FUNCTION bedrock_internal.visible_statement(tokens uuid[], OUT billing_period date, OUT workload text)
    RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT s.billing_period, v.workload
    FROM (SELECT DISTINCT t.billing_period FROM bedrock.statement AS t) AS s
    CROSS JOIN LATERAL bedrock_internal.visible_workload_in(visible_statement.tokens, s.billing_period) AS v (workload)
    UNION
    SELECT r.billing_period, NULL
    FROM bedrock.statement_row AS r
    WHERE r.account_id IN (SELECT a FROM bedrock_internal.visible_account(visible_statement.tokens) AS a);
END;
COMMENT ON FUNCTION bedrock_internal.visible_statement(uuid[]) IS
    'billing periods of statements and the workloads that a role sees there: those in its scope on all their days of '
    'the month. workload NULL: only of usage accounts in its scope';

-- What is said of a workload tells of all its days in the span, so all of them must be in scope; before it was and
-- after its end there are none.
CREATE FUNCTION bedrock_internal.visible_plan(tokens uuid[], OUT attribute text, OUT value text,
    OUT days datemultirange) RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT 'workload', v.workload,
           '{(,)}'::datemultirange
           - (coalesce((SELECT range_agg(w.valid) FROM bedrock.workload AS w
                        WHERE w.workload = v.workload AND upper_inf(w.recorded)), '{}') - v.days)
    FROM bedrock_internal.visible_workload(visible_plan.tokens) AS v
    UNION ALL
    SELECT 'element', b.element, range_agg(b.days)
    FROM bedrock_internal.visible_below(visible_plan.tokens) AS b
    GROUP BY b.element
    UNION ALL
    SELECT 'account_id', v.account_id, '{(,)}'
    FROM bedrock_internal.visible_account(visible_plan.tokens) AS v (account_id);
END;
COMMENT ON FUNCTION bedrock_internal.visible_plan(uuid[]) IS
    'what budgets and alerts are about that a role sees, by attribute and value: workloads, elements and usage '
    'accounts in its scope, with the days (UTC) on which all of their spend is';

CREATE FUNCTION bedrock_internal.visible_alert(tokens uuid[]) RETURNS SETOF bigint
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT a.alert_id
    FROM bedrock_internal.visible_plan(visible_alert.tokens) AS v
    JOIN bedrock.alert AS a ON a.attribute = v.attribute AND a.value = v.value AND v.days @> a.days;
END;
COMMENT ON FUNCTION bedrock_internal.visible_alert(uuid[]) IS
    'alerts in the scope of a role: about a workload, an element or a usage account that is in it on all their days';

-- Each version of a task tells of the days it was seen on, and of whose it was then.
CREATE FUNCTION bedrock_internal.visible_task(tokens uuid[], OUT task_id bigint, OUT recorded tstzrange)
    RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT t.task_id, t.recorded
    FROM bedrock_internal.visible_plan(visible_task.tokens) AS v
    JOIN bedrock.task AS t ON v.value = CASE v.attribute WHEN 'workload' THEN t.workload
                                                         WHEN 'account_id' THEN t.account_id END
        AND v.days @> daterange(t.since, t.last_seen, '[]');
END;
COMMENT ON FUNCTION bedrock_internal.visible_task(uuid[]) IS
    'rows of bedrock.task in the scope of a role: of a workload or usage account that is in it on all their days';

CREATE FUNCTION bedrock_internal.visible_spend_request(tokens uuid[]) RETURNS SETOF bigint
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT r.request_id
    FROM bedrock_internal.visible_plan(visible_spend_request.tokens) AS v
    JOIN bedrock.spend_request AS r ON v.attribute = 'workload' AND v.value = r.workload AND v.days @> r.valid;
END;
COMMENT ON FUNCTION bedrock_internal.visible_spend_request(uuid[]) IS
    'requests to spend on a workload that is in the scope of a role on all their days';

-- The policies. No table is shown by a rule that reads another table with policies, but by functions that read both as
-- the owner; sees_all is asked once a statement, and short-cuts the rest. Who may write a table by his grants needs the
-- scope for it too, and sees all of it then: else a load would compare its sums with a part. Tables without "writes"
-- are written by functions of the API alone, and so are prices of the user. Rules that many tables share are written
-- once.
DO $$
DECLARE
    target record;
    rule text;
BEGIN
    FOR target IN
        SELECT * FROM (VALUES
            -- Spend, by its attribution.
            ('fact', 'attribution', true), ('fact_month', 'attribution', true), ('attribution', 'attribution', true),
            ('dimension', 'dimension', true), ('owner', 'owner', true), ('session', 'session', true),
            -- Totals of whole accounts; bedrock.bill has what of them is no amount.
            ('bill_total', 'account', true),
            -- Totals of whole payers, errors with values, files of others.
            ('period', NULL, true), ('load_log', NULL, true), ('schedule_log', NULL, true),
            -- Logged requests, by account and claims; addresses of callers and unreadable lines to none of a part.
            ('invocation', 'request', true), ('invocation_day', 'request_day', true),
            ('invocation_dimension', 'request_dimension', true), ('invocation_label', 'request_dimension', true),
            ('invocation_event', NULL, true), ('invocation_quarantine', NULL, true),
            ('cloudwatch_metric', 'account', true), ('service_quota', 'account', true),
            -- Names and owners.
            ('profile', 'profile', true), ('claim', 'claim', false), ('workload', 'workload', false),
            ('owner_rule', 'workload_name', false), ('element', 'element', false),
            ('principal_label', 'principal', false),
            -- Who pays. A statement says nothing but that it was posted; its rows are charged to workloads of a month.
            ('statement', 'statement', false), ('statement_row', 'statement_row', false),
            ('cost_split', NULL, false), ('business_metric', 'workload_name', false),
            ('map_agreement', 'map_agreement', false), ('map_workload', 'workload_name', false),
            ('estimate', 'whole_workload', false),
            -- Plans, and what became of them.
            ('budget', 'plan', false), ('budget_status', 'span', false),
            ('alert', 'alert', false), ('alert_state', 'alert', false),
            ('task', 'task', false), ('spend_request', 'spend_request', false),
            -- What may be used, where, by whom: what binds lines in scope, or all.
            ('model_policy', 'policy', false),
            ('anomaly_feedback', 'plan', false),
            -- Nothing to hide, but history: it is written by functions alone.
            ('hierarchy_level', 'all', false), ('charge_policy', 'all', false), ('exchange_rate', 'all', false),
            ('fiscal_period', 'all', false), ('setting', 'all', false), ('map_rule', 'all', false),
            -- Prices and discounts of the user; what AWS publishes is for everybody who may read the table.
            ('price', 'price', true), ('meter_price', 'builtin', true), ('price_discount', NULL, false),
            ('effective_price', NULL, true)) AS t (name, rule, written)
    LOOP
        rule := CASE target.rule
            WHEN 'attribution' THEN
                'attribution_id IN (SELECT v FROM bedrock_internal.visible_attribution(tokens) AS v)'
            WHEN 'dimension' THEN
                'dimension_id IN (SELECT v FROM bedrock_internal.visible_dimension(tokens) AS v)'
            WHEN 'owner' THEN 'owner_id IN (SELECT v FROM bedrock_internal.visible_owner(tokens) AS v)'
            WHEN 'session' THEN 'session_id IN (SELECT v FROM bedrock_internal.visible_session(tokens) AS v)'
            WHEN 'account' THEN 'account_id IN (SELECT v FROM bedrock_internal.visible_account(tokens) AS v)'
            WHEN 'request' THEN
                '(dimension_id, (logged_at AT TIME ZONE ''UTC'')::date) IN '
                '(SELECT v.dimension_id, v.day FROM bedrock_internal.visible_request_day(tokens) AS v)'
            WHEN 'request_day' THEN
                '(dimension_id, day) IN '
                '(SELECT v.dimension_id, v.day FROM bedrock_internal.visible_request_day(tokens) AS v)'
            WHEN 'request_dimension' THEN
                'dimension_id IN (SELECT v FROM bedrock_internal.visible_request_dimension(tokens) AS v)'
            WHEN 'profile' THEN
                'account_id IN (SELECT v FROM bedrock_internal.visible_account(tokens) AS v) OR '
                'profile_arn IN (SELECT v FROM bedrock_internal.visible_identity(tokens) AS v)'
            WHEN 'claim' THEN 'claim_id IN (SELECT v FROM bedrock_internal.visible_claim(tokens) AS v)'
            WHEN 'workload' THEN
                '(workload, valid, recorded) IN (SELECT v.workload, v.valid, v.recorded '
                'FROM bedrock_internal.visible_workload_row(tokens) AS v)'
            WHEN 'workload_name' THEN
                'workload IN (SELECT v FROM bedrock_internal.visible_workload_name(tokens) AS v)'
            WHEN 'map_agreement' THEN
                'mpe_id IN (SELECT v FROM bedrock_internal.visible_map_agreement(tokens) AS v)'
            WHEN 'element' THEN 'element IN (SELECT v FROM bedrock_internal.visible_element(tokens) AS v)'
            WHEN 'principal' THEN
                'principal_key IN (SELECT v FROM bedrock_internal.visible_identity(tokens) AS v)'
            WHEN 'statement' THEN
                'billing_period IN '
                '(SELECT v.billing_period FROM bedrock_internal.visible_statement(tokens) AS v)'
            WHEN 'statement_row' THEN
                'account_id IN (SELECT v FROM bedrock_internal.visible_account(tokens) AS v) OR '
                '(billing_period, workload) IN '
                '(SELECT v.billing_period, v.workload FROM bedrock_internal.visible_statement(tokens) AS v)'
            WHEN 'task' THEN
                '(task_id, recorded) IN (SELECT v.task_id, v.recorded FROM bedrock_internal.visible_task(tokens) AS v)'
            WHEN 'spend_request' THEN
                'request_id IN (SELECT v FROM bedrock_internal.visible_spend_request(tokens) AS v)'
            WHEN 'plan' THEN
                'EXISTS (SELECT FROM bedrock_internal.visible_plan(tokens) AS v (of_attribute, of_value, days) '
                'WHERE v.of_attribute = attribute AND v.of_value = value AND v.days && valid)'
            WHEN 'span' THEN
                'EXISTS (SELECT FROM bedrock_internal.visible_plan(tokens) AS v (of_attribute, of_value, days) '
                'WHERE v.of_attribute = attribute AND v.of_value = value '
                'AND v.days @> daterange(first_day, last_day, ''[]''))'
            -- What is estimated is the whole: of a part of it the comparison would be wrong.
            WHEN 'whole_workload' THEN
                'EXISTS (SELECT FROM bedrock_internal.visible_plan(tokens) AS v (of_attribute, of_value, days) '
                'WHERE v.of_attribute = ''workload'' AND v.of_value = workload AND v.days @> valid)'
            WHEN 'alert' THEN 'alert_id IN (SELECT v FROM bedrock_internal.visible_alert(tokens) AS v)'
            WHEN 'policy' THEN
                '((workload IS NULL OR workload IN (SELECT v FROM bedrock_internal.visible_workload_name(tokens) AS v))'
                ' AND (element IS NULL OR element IN (SELECT v FROM bedrock_internal.visible_element(tokens) AS v))'
                ' AND (account_id IS NULL OR account_id IN '
                '(SELECT v FROM bedrock_internal.visible_line_account(tokens) AS v)))'
            WHEN 'price' THEN 'origin IN (''shipped'', ''price_list'')'
            WHEN 'builtin' THEN 'builtin'
            WHEN 'all' THEN 'true' END;
        EXECUTE format('ALTER TABLE bedrock.%I ENABLE ROW LEVEL SECURITY', target.name);
        EXECUTE format('CREATE POLICY sees ON bedrock.%I FOR SELECT '
                       'USING ((SELECT bedrock_internal.sees_all(bedrock_internal.own_tokens()))%s)',
                       target.name, ' OR ' || replace(rule, '(tokens)', '(bedrock_internal.own_tokens())'));
        IF target.written THEN
            EXECUTE format('CREATE POLICY writes ON bedrock.%I '
                           'USING ((SELECT bedrock_internal.may_write(bedrock_internal.own_tokens()))%s)', target.name,
                           CASE target.name WHEN 'price' THEN ' AND origin <> ''user''' END);
        END IF;
    END LOOP;
    -- bedrock.answer runs what is shipped: nobody but the owner can make a row that counts as shipped.
    ALTER TABLE bedrock.question ENABLE ROW LEVEL SECURITY;
    CREATE POLICY sees ON bedrock.question FOR SELECT USING (true);
    CREATE POLICY writes ON bedrock.question USING (NOT builtin);
END
$$;
