-- Exports read from the server's files.

CREATE OR REPLACE FUNCTION bedrock_internal.server_file_header(file text) RETURNS text[]
    AS 'MODULE_PATHNAME', 'bedrock_server_file_header' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock_internal.server_file_header(text) IS
    'column names of a CSV export (.csv, .csv.gz) on the server, as written; needs pg_read_server_files; an error for '
    'a file that is none';

CREATE OR REPLACE FUNCTION bedrock_internal.read_export(files text[], names text[], uses text[], fields text[],
    hourly boolean, workers integer) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_read_export' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock_internal.read_export(text[], text[], text[], text[], boolean, integer) IS
    'reads CSV exports on the server as bedrock_internal.read_relation reads a relation, and returns what that does; '
    'bedrock_internal.files_read() tells of each file. names: the header, which every file must have; uses, fields: of '
    'each column, as bedrock_internal.column_use() gives them (skip: not read). Columns, which the caller declares: as '
    'there, of the source those that are not skipped, as text, timestamptz or numeric. Reads up to workers files at '
    'once (0: as many as max_parallel_maintenance_workers, at least one), for which pg_stat_activity shows a wait '
    'event of type Extension. Needs pg_read_server_files. Errors name the value, and file, line and column in CONTEXT';

CREATE OR REPLACE FUNCTION bedrock_internal.read_ahead(files text[], names text[], uses text[], fields text[],
    hourly boolean, workers integer) RETURNS void
    AS 'MODULE_PATHNAME', 'bedrock_read_ahead' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock_internal.read_ahead(text[], text[], text[], text[], boolean, integer) IS
    'begins to read what the next call of bedrock_internal.read_export in this transaction will ask for, beside what '
    'the session does meanwhile; that call gives lines and errors. Another call of either gives up what was begun. '
    'Needs pg_read_server_files';

CREATE OR REPLACE FUNCTION bedrock_internal.files_read(OUT file integer, OUT checksum text, OUT lines bigint)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_files_read' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock_internal.files_read() IS
    'the files of the lines under way: their place among those given to bedrock_internal.read_export, from 1, the XXH3 '
    'hash of their bytes and how many lines they have, header not counted. No row where a relation was read';
