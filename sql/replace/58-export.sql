-- Exports read from the server's files.

CREATE OR REPLACE FUNCTION bedrock.server_file_header(file text) RETURNS text[]
    AS 'MODULE_PATHNAME', 'bedrock_server_file_header' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock.server_file_header(text) IS
    'column names of a CSV export (.csv, .csv.gz) on the server, as written; needs pg_read_server_files; an error for a file that is none';

CREATE OR REPLACE FUNCTION bedrock.read_export(files text[], names text[], uses text[], hourly boolean, workers integer) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_read_export' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock.read_export(text[], text[], text[], boolean, integer) IS
    'lines of CSV exports on the server, compacted: lines that agree in every key, in day (hourly: hour) of usage, and in sign and absence of every amount are one row with their number and exact sums. names: the header, which every file must have; uses: of each column, one of skip, key, repeated (a key that every row gives), usage_start, usage_end, amount. Returns, in columns the caller declares: file (integer, NULL on lines; else the row is about the file of this number: checksum and lines), checksum (text: XXH3 of the file), bedrock_lines (bigint), bedrock_number (integer: what the keys say together), bedrock_states (boolean: whether this is the one row that gives the keys of its number; in the others, which follow, they are NULL), then the columns that are not skipped, in order: text, timestamptz or numeric. Reads up to workers files at once (0: as many as the machine has cores). Needs pg_read_server_files. Lines and sums are held against what the files add up to line by line, to the last digit. Errors name file, line, column and value';

CREATE OR REPLACE FUNCTION bedrock.read_ahead(files text[], names text[], uses text[], hourly boolean, workers integer) RETURNS void
    AS 'MODULE_PATHNAME', 'bedrock_read_ahead' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock.read_ahead(text[], text[], text[], boolean, integer) IS
    'begins to read what the next call of bedrock.read_export in this transaction will ask for, beside what the session does meanwhile; that call gives lines and errors. Another call of either gives up what was begun. Needs pg_read_server_files';
