-- Days and months of what is set.

CREATE OR REPLACE FUNCTION bedrock_internal.days_of(valid_from date, valid_to date) RETURNS daterange
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF days_of.valid_to < days_of.valid_from OR days_of.valid_to = '-infinity' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('the last day, %s, is before the first, %s', days_of.valid_to,
                             coalesce(days_of.valid_from, '-infinity')),
            HINT = 'Give valid_from and valid_to in their order, or leave out valid_to.';
    END IF;
    RETURN daterange(coalesce(days_of.valid_from, '-infinity'), bedrock_internal.day_after(days_of.valid_to));
END
$$;
COMMENT ON FUNCTION bedrock_internal.days_of(date, date) IS
    'days from the first to the last one. NULL: from the beginning, without end. Error 22023: they are reversed';

CREATE OR REPLACE FUNCTION bedrock_internal.days_of_month(month date) RETURNS daterange
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN daterange(bedrock_internal.month_of(month),
                     bedrock_internal.next_month(bedrock_internal.month_of(month) + 1));
COMMENT ON FUNCTION bedrock_internal.days_of_month(date) IS 'days of the month of a day';
