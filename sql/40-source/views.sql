-- What AWS calls a line, and the category it has here.

CREATE OR REPLACE VIEW bedrock.charge_categories WITH (security_invoker) AS
    SELECT DISTINCT ON (line_item_type) line_item_type, charge_category, builtin
    FROM bedrock.charge_category_map
    ORDER BY line_item_type, builtin;
COMMENT ON VIEW bedrock.charge_categories IS
    'charge category of each line type, one row for each: the row of the user in bedrock.charge_category_map, else '
    'the shipped one';
SELECT bedrock_internal.copy_comments('bedrock.charge_category_map', 'bedrock.charge_categories');

CREATE OR REPLACE FUNCTION bedrock_internal.charge_category(line_item_type text, charge_class text DEFAULT NULL,
    format text DEFAULT NULL) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN bedrock_internal.on_coordinator('bedrock_internal.charge_category',
                                            'Join the lines with bedrock.charge_categories: category.line_item_type = '
                                            'bedrock_internal.charge_key(charge_class, line_item_type).') THEN
               coalesce((SELECT c.charge_category FROM bedrock.charge_categories AS c
                         WHERE c.line_item_type = bedrock_internal.charge_key(
                             CASE WHEN coalesce(charge_category.format, 'focus') = 'focus'
                                 THEN charge_category.charge_class END, charge_category.line_item_type)), 'unknown')
                                 END;
END;
COMMENT ON FUNCTION bedrock_internal.charge_category(text, text, text) IS
    'charge category by bedrock.charge_categories, of a line type of CUR, or of a charge category and class of '
    'FOCUS; unknown: the map has no row. Never NULL';
