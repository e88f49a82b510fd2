-- Exports read from the server's files.

CREATE OR REPLACE FUNCTION bedrock_internal.server_file_header(file text) RETURNS text[]
    AS 'MODULE_PATHNAME', 'bedrock_server_file_header' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock_internal.server_file_header(text) IS
    'column names of a CSV export (.csv, .csv.gz) on the server, as written. An error for a file that is not one; '
    'needs pg_read_server_files';

CREATE OR REPLACE FUNCTION bedrock_internal.read_export(files text[], names text[], uses text[], fields text[],
    hourly boolean, workers integer) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_read_export' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock_internal.read_export(text[], text[], text[], text[], boolean, integer) IS
    'reads CSV exports on the server as bedrock_internal.read_relation reads a relation, and returns the same. '
    'names: the header, which every file must have; uses, fields: of each column, as in bedrock_internal.column_use '
    '(skip: not read); workers: files read at once, at most 16 (0: max_parallel_maintenance_workers, at least one). '
    'Needs pg_read_server_files; errors name file, line and column in CONTEXT';

CREATE OR REPLACE FUNCTION bedrock_internal.read_ahead(files text[], names text[], uses text[], fields text[],
    hourly boolean, workers integer) RETURNS void
    AS 'MODULE_PATHNAME', 'bedrock_read_ahead' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock_internal.read_ahead(text[], text[], text[], text[], boolean, integer) IS
    'begins to read what the next call of bedrock_internal.read_export in this transaction will read, while the '
    'session does something else; another call of either discards it. Lines and errors come with that call; needs '
    'pg_read_server_files';

CREATE OR REPLACE FUNCTION bedrock_internal.files_read(OUT file integer, OUT checksum text, OUT lines bigint)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_files_read' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock_internal.files_read() IS
    'files of the lines under way: position among the files given to bedrock_internal.read_export (from 1), XXH3 '
    'hash of their bytes, lines without the header; no row where a relation was read';
