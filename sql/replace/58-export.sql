-- Exports read from the server's files.

CREATE OR REPLACE FUNCTION bedrock.server_file_header(file text) RETURNS text[]
    AS 'MODULE_PATHNAME', 'bedrock_server_file_header' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock.server_file_header(text) IS
    'column names of a CSV export (.csv, .csv.gz) on the server, as written; needs pg_read_server_files; an error for a file that is none';

CREATE OR REPLACE FUNCTION bedrock.read_export(files text[], names text[], uses text[], hourly boolean, workers integer) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_read_export' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock.read_export(text[], text[], text[], boolean, integer) IS
    'lines of CSV exports on the server, compacted: lines that agree in every key, in day (hourly: hour) of usage, and in sign and absence of every amount are one, with exact sums. They stay in memory for the next bedrock.fold that is fed in this transaction. What is returned are their statements: what lines say together in all keys, how long they last, and which of their amounts are absent, zero or negative, one row each, with the day of one of its lines, and with amounts that tell themselves apart: the first is 1, the next one 4, then 16 and so on, negative or 0 where those of the lines are, and NULL where they are absent. names: the header, which every file must have; uses: of each column, one of skip, key, principal (as key; lines that differ in the session of a role alone are one statement, which shows that of one of them), moment (as key; a point in time), month (as key; the first day of one, 00:00 in UTC), usage_start, usage_end, amount. Columns, which the caller declares: file (integer, NULL on statements; else the row is about the file of this number: checksum and lines), checksum (text: XXH3 of the file), bedrock_lines (bigint: of a file, or of one compacted line of the statement), bedrock_number (integer: number of the statement, from 0), then the columns that are not skipped, in order: text, timestamptz or numeric. Reads up to workers files at once (0: as many as max_parallel_maintenance_workers, at least one), for which pg_stat_activity shows a wait event of type Extension. Needs pg_read_server_files. Lines and sums are held against what the files add up to line by line, to the last digit. Errors name the value, and file, line and column in CONTEXT';

CREATE OR REPLACE FUNCTION bedrock.read_ahead(files text[], names text[], uses text[], hourly boolean, workers integer) RETURNS void
    AS 'MODULE_PATHNAME', 'bedrock_read_ahead' LANGUAGE C STRICT;
COMMENT ON FUNCTION bedrock.read_ahead(text[], text[], text[], boolean, integer) IS
    'begins to read what the next call of bedrock.read_export in this transaction will ask for, beside what the session does meanwhile; that call gives lines and errors. Another call of either gives up what was begun. Needs pg_read_server_files';
