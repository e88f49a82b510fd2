-- What must be done, by whom, and requests to spend that somebody decides. Both have the form of ownership: a change
-- closes `recorded` and inserts a row, so that the rows of one number, in their order, are its history.

CREATE SEQUENCE bedrock.task_task_id_seq;
SELECT pg_extension_config_dump('bedrock.task_task_id_seq', '');
CREATE TABLE bedrock.task (
    task_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind <> '' AND octet_length(kind) <= 64),
    subject text NOT NULL CHECK (subject <> '' AND octet_length(subject) <= 2048),
    workload text,
    account_id text,
    at_stake jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(at_stake) = 'object'),
    since date NOT NULL,
    last_seen date NOT NULL,
    action text NOT NULL,
    script_kind text,
    script_arguments jsonb CHECK (jsonb_typeof(script_arguments) = 'object'),
    state text NOT NULL CHECK (state IN ('open', 'in progress', 'done', 'dismissed', 'reopened')),
    assignee text CHECK (btrim(assignee) <> '' AND octet_length(assignee) <= 1024),
    evidence text,
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (
        NOT isempty(recorded) AND NOT lower_inf(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    reason text,
    closed_by name,
    close_reason text,
    CONSTRAINT days_in_order CHECK (since <= last_seen),
    CONSTRAINT one_state_of_task EXCLUDE USING gist (int8range(task_id, task_id, '[]') WITH &&, recorded WITH &&),
    CONSTRAINT one_task_of_subject EXCLUDE USING gist (
        int8range(hashtextextended(kind || ' ' || subject, 0) >> 1, hashtextextended(kind || ' ' || subject, 0) >> 1,
                  '[]') WITH &&, recorded WITH &&)
);
SELECT pg_extension_config_dump('bedrock.task', '');
COMMENT ON TABLE bedrock.task IS
    'what must be done, by whom: one row for each kind and subject, and time of knowledge. A refresh or load makes, '
    'closes and reopens tasks by what the data shows, and keeps what it shows of a task that is known; '
    'bedrock.set_task says who has one and what became of it. Now known: upper_inf(recorded)';
COMMENT ON COLUMN bedrock.task.task_id IS 'number of the task, which it keeps';
COMMENT ON COLUMN bedrock.task.kind IS
    'what is to be done: claim, tag, create_profile, import_profile, activate_tag, enable_logging, enable_principal, '
    'fix_policy; of MAP credits map_tag_resource, map_tag_role, map_create_profile, map_fix_tag, map_activate_tag';
COMMENT ON COLUMN bedrock.task.subject IS
    'what it is about, in words of its kind: the ARN of what is to be claimed or tagged, the key of a tag, an account '
    'and a region';
COMMENT ON COLUMN bedrock.task.workload IS
    'the one workload whose spend it is, beside what nobody owns; NULL: nobody''s, or of '
    'several';
COMMENT ON COLUMN bedrock.task.account_id IS 'usage account; NULL: several, or not stated';
COMMENT ON COLUMN bedrock.task.at_stake IS
    'ai_cost of the usage it is about, of the 30 days up to the last complete one, by currency: {"USD": 3800.00}; the '
    'key is empty where the bill states none, the number null where its cost is not known. Of MAP credits: of the '
    'quarter, in the metric of the agreement. A dismissed task keeps what it was then';
COMMENT ON COLUMN bedrock.task.since IS
    'first day (UTC), of the 30 or the quarter looked at, that showed it when it was found';
COMMENT ON COLUMN bedrock.task.last_seen IS 'last day (UTC) that showed it';
COMMENT ON COLUMN bedrock.task.action IS 'what to do, in words';
COMMENT ON COLUMN bedrock.task.script_kind IS 'text to switch it on in AWS, a kind of setup script; NULL: none fits';
COMMENT ON COLUMN bedrock.task.script_arguments IS
    'arguments of that script that the data tells; the bucket, and the payer that activates tags, are in none. NULL: '
    'none fits';
COMMENT ON COLUMN bedrock.task.state IS
    'open, in progress, done, dismissed, or reopened: it was done or dismissed and the data shows it again';
COMMENT ON COLUMN bedrock.task.assignee IS 'who has it: a person or a group; NULL: nobody';
COMMENT ON COLUMN bedrock.task.evidence IS
    'what the data shows, of a task that it closed or reopened; NULL: somebody set the state';
COMMENT ON COLUMN bedrock.task.recorded IS 'when the row was known; without an end: it still is';
COMMENT ON COLUMN bedrock.task.recorded_by IS 'role that recorded it, or whose refresh or load did';
COMMENT ON COLUMN bedrock.task.reason IS 'why, as given; NULL: not stated';
COMMENT ON COLUMN bedrock.task.closed_by IS 'role whose change closed recorded; NULL: still known';
COMMENT ON COLUMN bedrock.task.close_reason IS 'why it did, as given; NULL: not stated, or still known';

CREATE SEQUENCE bedrock.spend_request_request_id_seq;
SELECT pg_extension_config_dump('bedrock.spend_request_request_id_seq', '');
CREATE TABLE bedrock.spend_request (
    request_id bigint NOT NULL,
    workload text NOT NULL,
    amount numeric NOT NULL CHECK (amount >= 0.01 AND amount < 1e15),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    valid daterange NOT NULL CHECK (NOT isempty(valid) AND NOT lower_inf(valid) AND NOT upper_inf(valid)),
    purpose text NOT NULL CHECK (btrim(purpose) <> '' AND octet_length(purpose) <= 4096),
    requested_by name NOT NULL,
    requested_login name NOT NULL,
    state text NOT NULL CHECK (state IN ('requested', 'approved', 'rejected', 'withdrawn')),
    recorded tstzrange NOT NULL DEFAULT tstzrange(clock_timestamp(), NULL) CHECK (
        NOT isempty(recorded) AND NOT lower_inf(recorded)),
    recorded_by name NOT NULL DEFAULT session_user,
    recorded_login name NOT NULL DEFAULT session_user,
    reason text,
    closed_by name,
    close_reason text,
    -- A request is decided once: it has one row that is closed, and one that is not.
    CONSTRAINT decided_once CHECK ((state = 'requested') OR upper_inf(recorded)),
    CONSTRAINT one_state_of_request EXCLUDE USING gist (
        int8range(request_id, request_id, '[]') WITH &&, recorded WITH &&)
);
SELECT pg_extension_config_dump('bedrock.spend_request', '');
COMMENT ON TABLE bedrock.spend_request IS
    'requests to spend and what was decided, one row for each request and time of knowledge. bedrock.request_spend '
    'asks, bedrock.decide_request decides, once; nothing else changes a row';
COMMENT ON COLUMN bedrock.spend_request.request_id IS 'number of the request';
COMMENT ON COLUMN bedrock.spend_request.workload IS 'workload that is to spend';
COMMENT ON COLUMN bedrock.spend_request.amount IS 'how much in these days, in currency: at least 0.01';
COMMENT ON COLUMN bedrock.spend_request.currency IS 'currency of amount, by ISO 4217';
COMMENT ON COLUMN bedrock.spend_request.valid IS 'days (UTC) it is for';
COMMENT ON COLUMN bedrock.spend_request.purpose IS 'what for, as given';
COMMENT ON COLUMN bedrock.spend_request.requested_by IS 'role that asked';
COMMENT ON COLUMN bedrock.spend_request.requested_login IS
    'role that had logged in to ask: requested_by, or one that had changed to it with SET ROLE';
COMMENT ON COLUMN bedrock.spend_request.state IS 'requested, approved, rejected or withdrawn; the last three are final';
COMMENT ON COLUMN bedrock.spend_request.recorded IS 'when the row was known; without an end: it still is';
COMMENT ON COLUMN bedrock.spend_request.recorded_by IS 'role that asked or decided';
COMMENT ON COLUMN bedrock.spend_request.recorded_login IS
    'role that had logged in to do so: recorded_by, or one that had changed to it with SET ROLE';
COMMENT ON COLUMN bedrock.spend_request.reason IS 'why it was decided so, as given; NULL: not stated';
COMMENT ON COLUMN bedrock.spend_request.closed_by IS 'role that decided; NULL: the row is still known';
COMMENT ON COLUMN bedrock.spend_request.close_reason IS 'why, as given; NULL: not stated, or still known';
