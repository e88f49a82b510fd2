-- Files of the database server, for roles that may read them.

CREATE OR REPLACE FUNCTION bedrock.server_files(path text, OUT file text, OUT bytes bigint, OUT modified timestamptz,
    OUT identity text) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'bedrock_server_files' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION bedrock.server_files(text) IS
    'the files of the database server under an absolute path, sorted by their bytes: path is a file, a directory (with '
    'all below it) or a pattern with *, ? and [..] in any of its parts; a name that exists is taken literally. '
    'Columns: file (absolute path), bytes, modified, identity (device and inode: two names of one file have the same). '
    'Hidden files and *.tmp are left out; what a symbolic link points to is listed once. An error: a relative path, a '
    'path that is not there, a pattern without a match, a directory that may not be read, a link that points nowhere. '
    'Needs the privileges of pg_read_server_files, as COPY FROM a file does. An empty directory gives no row; NULL '
    'gives none';

CREATE OR REPLACE FUNCTION bedrock.server_file_text(path text) RETURNS text
    AS 'MODULE_PATHNAME', 'bedrock_server_file_text' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION bedrock.server_file_text(text) IS
    'the UTF-8 text of a file of the database server, unpacked where it begins like gzip, without its byte order mark, '
    'in the encoding of the database. An error: a relative path, a file that is not there or may not be read, a '
    'directory, more than 64 MB (unpacked), gzip data that is cut off or damaged, a byte of value zero, no UTF-8. '
    'Needs the privileges of pg_read_server_files; NULL for NULL';

CREATE OR REPLACE FUNCTION bedrock_internal.raise_in_file(file text, line bigint, code text, message text,
    detail text DEFAULT NULL, hint text DEFAULT NULL) RETURNS void
    AS 'MODULE_PATHNAME', 'bedrock_raise_in_file' LANGUAGE C VOLATILE PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_internal.raise_in_file(text, bigint, text, text, text, text) IS
    'raises an error about a file, whose name and line stand in CONTEXT, as with COPY; RAISE cannot state them. code: '
    'the SQLSTATE. file, line, detail, hint: NULL = not stated';
