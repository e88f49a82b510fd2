-- The meaning of a column is written once, for the first table or view that has it.

CREATE OR REPLACE FUNCTION bedrock_internal.copy_comments(origin regclass, target regclass) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    comment_of record;
BEGIN
    FOR comment_of IN
        SELECT t.attname, col_description(o.attrelid, o.attnum) AS comment
        FROM pg_attribute AS t
        JOIN pg_attribute AS o ON o.attrelid = copy_comments.origin AND o.attname = t.attname
        WHERE t.attrelid = copy_comments.target AND t.attnum > 0 AND NOT t.attisdropped AND o.attnum > 0 LOOP
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', copy_comments.target, comment_of.attname, comment_of.comment);
    END LOOP;
END
$$;
COMMENT ON FUNCTION bedrock_internal.copy_comments(regclass, regclass) IS
    'gives the columns of target the comments of the columns of origin with the same names, so that a meaning is '
    'written once; called by the scripts of the extension, before comments of columns that differ';
