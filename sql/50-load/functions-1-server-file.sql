-- Files of the database server, for roles that may read them.

CREATE OR REPLACE FUNCTION bedrock.server_files(path text, OUT file text, OUT bytes bigint, OUT modified timestamptz,
    OUT identity text) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_server_files' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION bedrock.server_files(text) IS
    'files of the database server under an absolute path, sorted bytewise: path is a file, a directory (with all '
    'below it) or a pattern with *, ? and [..] in any part, and a name that exists is taken literally. identity is '
    'device and inode, the same for two names of one file; hidden files and *.tmp are left out, the target of links '
    'is listed once, and an empty directory or NULL gives no row. An error: a relative or missing path, a pattern '
    'without a match, an unreadable directory, a broken link. Needs pg_read_server_files';

CREATE OR REPLACE FUNCTION bedrock.server_file_text(path text) RETURNS text
    AS 'MODULE_PATHNAME', 'bedrock_server_file_text' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION bedrock.server_file_text(text) IS
    'UTF-8 text of a file of the database server, unpacked if it is gzip, without byte order mark, in the encoding '
    'of the database; NULL for NULL. An error: a relative path, a missing or unreadable file, a directory, more than '
    '64 MB (unpacked), damaged gzip data, a zero byte, not UTF-8. Needs pg_read_server_files';

CREATE OR REPLACE FUNCTION bedrock_internal.raise_in_file(file text, line bigint, code text, message text,
    detail text DEFAULT NULL, hint text DEFAULT NULL) RETURNS void
    AS 'MODULE_PATHNAME', 'bedrock_raise_in_file' LANGUAGE C VOLATILE PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_internal.raise_in_file(text, bigint, text, text, text, text) IS
    'raises an error with SQLSTATE code whose CONTEXT names file and line, as COPY does and RAISE cannot. file, '
    'line, detail, hint NULL: not stated';
