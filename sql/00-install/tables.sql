-- The private schema, and the type bedrock_arn: a checked ARN, stored and ordered as its own bytes.
-- Comparison, hash and output are the server's: a value is exactly the text it was made from.

CREATE SCHEMA bedrock;
COMMENT ON SCHEMA bedrock IS
    'API of the extension bedrock_cost: its tables, views and functions; the type bedrock_arn and the row functions '
    'are in the extension''s own schema';

CREATE SCHEMA bedrock_internal;
COMMENT ON SCHEMA bedrock_internal IS
    'internals of the extension bedrock_cost: not meant for queries, and any version may change them';
-- Functions of the API call helpers there with the rights of who calls them (privileges.sql).
GRANT USAGE ON SCHEMA bedrock_internal TO PUBLIC;

-- The star: what is billed (dimension), who owns it from when to when (attribution, owner), which session called
-- (session), and how much, a day (fact) and a month (fact_month). bill_total has the totals of all lines of every
-- source, of Bedrock or not, that facts are checked against.
--
-- Facts and attribution carry no foreign keys: they are written by refresh alone, which writes both sides in one
-- transaction and takes no dimension and no owner away, and a check a row and key would cost more than the rows. The
-- primary keys on the other side are what lets the planner drop a join.

CREATE TABLE bedrock.setting (
    name text NOT NULL,
    valid_from date NOT NULL,
    value text NOT NULL,
    note text,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by name NOT NULL DEFAULT session_user,
    builtin boolean NOT NULL DEFAULT false,
    PRIMARY KEY (name, valid_from, recorded_at)
);
SELECT pg_extension_config_dump('bedrock.setting', 'WHERE NOT builtin');
COMMENT ON TABLE bedrock.setting IS
    'dated settings of the extension: on a day the row with the latest valid_from not after it holds. Rows are added '
    'by bedrock.set_setting and never changed';
COMMENT ON COLUMN bedrock.setting.name IS 'name of the setting; note describes the shipped ones';
COMMENT ON COLUMN bedrock.setting.valid_from IS 'first day (UTC) on which the value holds; -infinity: always';
COMMENT ON COLUMN bedrock.setting.value IS 'the value as text';
COMMENT ON COLUMN bedrock.setting.note IS 'what the setting means, or why it was changed; NULL: not set';
COMMENT ON COLUMN bedrock.setting.recorded_at IS 'when the row was written';
COMMENT ON COLUMN bedrock.setting.recorded_by IS 'role that wrote the row';
COMMENT ON COLUMN bedrock.setting.builtin IS 'true: shipped';

-- A row a kind, not one row of all: each is written by a transaction of its own, and a load of logs does not wait for a
-- refresh.
CREATE TABLE bedrock_internal.state (
    kind text PRIMARY KEY CHECK (kind IN ('dimensions', 'invocation_dimensions', 'invocation_retention', 'list_cost',
        'ownership', 'anomalies_of_logs')),
    catalogues text,
    registry_rows bigint,
    registry_recorded timestamptz,
    registry_ended timestamptz,
    system_identifier bigint,
    database_oid oid,
    price_version bigint,
    public_prices text,
    first_day date
);
SELECT pg_extension_config_dump('bedrock_internal.state', '');
COMMENT ON TABLE bedrock_internal.state IS
    'what refreshes and loads finished with last: compared with what is there now, it says what has to be done anew. '
    'No row: never done';
COMMENT ON COLUMN bedrock_internal.state.kind IS
    'dimensions: version of catalogues and registry of bedrock.dimension; invocation_dimensions: the same of '
    'bedrock.invocation_dimension; list_cost: price book of bedrock.fact.list_cost; invocation_retention: first day '
    'with single requests; ownership: a change of ownership was left to the next refresh; anomalies, '
    'anomalies_of_logs: last day of the bill, of the logs, whose anomalies were recorded';
COMMENT ON COLUMN bedrock_internal.state.catalogues IS
    'dimensions: hash of parsers, label rules, class rules and catalogues (bedrock_internal.catalogue_version); '
    'invocation_dimensions: bedrock_internal.invocation_catalogue; NULL: another kind';
COMMENT ON COLUMN bedrock_internal.state.registry_rows IS
    'dimensions: number of rows of bedrock.profile, ended or not; NULL: another kind';
COMMENT ON COLUMN bedrock_internal.state.registry_recorded IS
    'dimensions: when the latest row of bedrock.profile was recorded; NULL: there was none, or another kind';
COMMENT ON COLUMN bedrock_internal.state.registry_ended IS
    'dimensions: when a row of bedrock.profile ended last; NULL: none had, or another kind';
COMMENT ON COLUMN bedrock_internal.state.system_identifier IS
    'list_cost: the cluster whose bedrock.price_version it was, pg_control_system(); a restored database is another; '
    'NULL: another kind';
COMMENT ON COLUMN bedrock_internal.state.database_oid IS
    'list_cost: the database whose bedrock.price_version it was, pg_database.oid; NULL: another kind';
COMMENT ON COLUMN bedrock_internal.state.price_version IS
    'list_cost: bedrock.price_version.version; NULL: another kind';
COMMENT ON COLUMN bedrock_internal.state.public_prices IS
    'list_cost: hash of the public prices (bedrock_internal.public_prices); NULL: another kind';
COMMENT ON COLUMN bedrock_internal.state.first_day IS
    'invocation_retention: first day (UTC) whose single requests were never purged; anomalies, anomalies_of_logs: last '
    'day (UTC) whose anomalies were recorded; NULL: another kind';

CREATE TYPE bedrock_internal.catalogue_version AS (catalogues text, registry_rows bigint, registry_recorded timestamptz,
    registry_ended timestamptz);
COMMENT ON TYPE bedrock_internal.catalogue_version IS
    'version of what dimensions are parsed by: catalogues changes with parsers, rules and catalogues, the other '
    'columns with the registry. The columns are those of bedrock_internal.state';

CREATE TYPE bedrock_internal.price_book AS (system_identifier bigint, database_oid oid, price_version bigint,
    public_prices text);
COMMENT ON TYPE bedrock_internal.price_book IS
    'version of the price book in one database, with the hash of its public prices. The columns are those of '
    'bedrock_internal.state';

CREATE TYPE bedrock_internal.list_cost_version AS (changed bigint, taken bedrock_internal.price_book);
COMMENT ON TYPE bedrock_internal.list_cost_version IS
    'result of bedrock_internal.update_list_cost: how many facts changed, and the book that all of them now have '
    '(NULL: a period was left to another session)';

CREATE TYPE bedrock_internal.delivery AS (file text, began timestamptz, delivered_at timestamptz, keep text,
    files jsonb, left_out jsonb);
COMMENT ON TYPE bedrock_internal.delivery IS
    'a delivery under way: file and files as in bedrock.load_log, when reading it began, and delivered_at, keep and '
    'left_out as in bedrock.period';
