-- Money in the currency, the months and the time zone of a report.

CREATE OR REPLACE FUNCTION bedrock.set_exchange_rate(from_currency text, to_currency text, rate numeric,
    valid_from date, valid_to date DEFAULT NULL, source text DEFAULT NULL, reason text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM bedrock_internal.require_manage('bedrock.set_exchange_rate');
    PERFORM bedrock_internal.lock_ownership();
    IF set_exchange_rate.from_currency !~ '^[A-Z]{3}$' OR set_exchange_rate.to_currency !~ '^[A-Z]{3}$'
        OR set_exchange_rate.from_currency = set_exchange_rate.to_currency
        OR num_nulls(set_exchange_rate.from_currency, set_exchange_rate.to_currency) > 0 THEN
        RAISE invalid_parameter_value USING MESSAGE = 'an exchange rate is between two currencies',
            DETAIL = format('It was asked for one from %s to %s.', left(set_exchange_rate.from_currency, 160),
                            left(set_exchange_rate.to_currency, 160)),
            HINT = 'Give codes of ISO 4217, as USD and EUR.';
    ELSIF set_exchange_rate.rate <= 0 OR set_exchange_rate.rate >= 'Infinity' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('%s is no exchange rate', set_exchange_rate.rate),
            HINT = format('Give how many %s are one %s; NULL takes the rate away.', set_exchange_rate.to_currency,
                          set_exchange_rate.from_currency);
    ELSIF set_exchange_rate.valid_from IS NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = 'an exchange rate needs a first day',
            HINT = 'Give valid_from, and valid_to where it is for a day or a month.';
    END IF;
    RETURN bedrock_internal.write_history('bedrock.exchange_rate', jsonb_build_object(
        'from_currency', set_exchange_rate.from_currency, 'to_currency', set_exchange_rate.to_currency),
        bedrock_internal.days_of(set_exchange_rate.valid_from, set_exchange_rate.valid_to),
        CASE WHEN set_exchange_rate.rate IS NOT NULL THEN
            jsonb_build_object('rate', set_exchange_rate.rate, 'source', set_exchange_rate.source) END,
        set_exchange_rate.reason);
END
$$;
COMMENT ON FUNCTION bedrock.set_exchange_rate(text, text, numeric, date, date, text, text) IS
    'records an exchange rate for days, a day or a month: rate is units of to_currency for one of from_currency; NULL '
    'takes it away. valid_to: last day, NULL: no end. Returns added, changed, ended or unchanged. Errors: 42501 '
    'without the scope manage; 22023 no currencies, rate or days';

CREATE OR REPLACE FUNCTION bedrock.set_fiscal_period(fiscal_period text, valid_from date, valid_to date,
    reason text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    days daterange := bedrock_internal.days_of(set_fiscal_period.valid_from, set_fiscal_period.valid_to);
    other bedrock.fiscal_period;
    outcome text;
BEGIN
    PERFORM bedrock_internal.require_manage('bedrock.set_fiscal_period');
    PERFORM bedrock_internal.lock_ownership();
    IF btrim(set_fiscal_period.fiscal_period) = '' OR num_nulls(set_fiscal_period.fiscal_period,
        set_fiscal_period.valid_from) > 0 OR set_fiscal_period.valid_to = 'infinity'
        OR set_fiscal_period.valid_from = '-infinity' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'a fiscal period has a name, a first and a last day',
            HINT = 'For example: SELECT bedrock.set_fiscal_period(''FY2026-P01'', ''2025-12-28'', ''2026-01-24'').';
    END IF;
    SELECT p.* INTO other FROM bedrock.fiscal_period AS p
    WHERE upper_inf(p.recorded) AND p.valid && days AND p.fiscal_period <> set_fiscal_period.fiscal_period
      AND set_fiscal_period.valid_to IS NOT NULL
    ORDER BY p.valid LIMIT 1;
    IF other.fiscal_period IS NOT NULL THEN
        RAISE exclusion_violation USING
            MESSAGE = format('days of fiscal period "%s" belong to "%s" already',
                             left(set_fiscal_period.fiscal_period, 160), other.fiscal_period),
            DETAIL = format('It is from %s to %s.', lower(other.valid), upper(other.valid) - 1),
            HINT = 'Move that one first, or take it away: valid_to NULL does.';
    END IF;
    -- A period of this name is where it is now, and nowhere else.
    IF set_fiscal_period.valid_to IS NOT NULL AND EXISTS (
        SELECT FROM bedrock.fiscal_period AS p
        WHERE p.fiscal_period = set_fiscal_period.fiscal_period AND upper_inf(p.recorded) AND p.valid = days) THEN
        RETURN 'unchanged';
    END IF;
    outcome := bedrock_internal.write_history('bedrock.fiscal_period', jsonb_build_object('fiscal_period',
        set_fiscal_period.fiscal_period), '(,)', NULL, set_fiscal_period.reason);
    IF set_fiscal_period.valid_to IS NULL THEN
        RETURN outcome;
    END IF;
    PERFORM bedrock_internal.write_history('bedrock.fiscal_period', jsonb_build_object('fiscal_period',
        set_fiscal_period.fiscal_period), days, '{}', set_fiscal_period.reason);
    RETURN CASE outcome WHEN 'ended' THEN 'changed' ELSE 'added' END;
END
$$;
COMMENT ON FUNCTION bedrock.set_fiscal_period(text, date, date, text) IS
    'sets the days of a fiscal period by its name, as those of a 4-4-5 calendar, which may be any but those of '
    'another; valid_to NULL takes it away. Returns added, changed, ended or unchanged. Errors: 42501 without the '
    'scope manage; 22023 no name or days; 23P01 days of another period';

CREATE OR REPLACE FUNCTION bedrock.fiscal_period_of(day date) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(
        (SELECT p.fiscal_period FROM bedrock.fiscal_period AS p
         WHERE p.valid @> fiscal_period_of.day AND upper_inf(p.recorded)),
        to_char(m.shifted, '"FY"YYYY"-M"MM'))
    -- A fiscal year has the name of the calendar year it ends in.
    FROM (SELECT fiscal_period_of.day
                 + CASE f.first WHEN 1 THEN interval '0' ELSE make_interval(months => 13 - f.first) END AS shifted
          FROM (SELECT bedrock_internal.setting_value('fiscal_year_first_month')::integer AS first) AS f
          WHERE fiscal_period_of.day BETWEEN '0001-01-01' AND '9999-12-31') AS m;
END;
COMMENT ON FUNCTION bedrock.fiscal_period_of(date) IS
    'fiscal period of a day: that of bedrock.fiscal_period, else the fiscal month by setting fiscal_year_first_month, '
    'as FY2026-M01 of the fiscal year that ends in 2026. NULL: no day';

CREATE OR REPLACE FUNCTION bedrock.fiscal_spend(period_from date DEFAULT NULL, period_to date DEFAULT NULL,
    report_currency text DEFAULT NULL, zone text DEFAULT 'UTC')
    RETURNS TABLE (fiscal_period text, charges text, billed_amount numeric, billed_currency text, rate numeric,
        amount numeric, currency text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    first_month date := bedrock_internal.month_of(coalesce(fiscal_spend.period_from, bedrock.latest_period()));
    last_month date := bedrock_internal.month_of(coalesce(fiscal_spend.period_to, fiscal_spend.period_from,
                                                          bedrock.latest_period()));
    wanted text := upper(fiscal_spend.report_currency);
    of_day record;
BEGIN
    IF wanted !~ '^[A-Z]{3}$' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('"%s" is no currency', left(fiscal_spend.report_currency, 160)),
            HINT = 'Give a code of ISO 4217, as EUR.';
    ELSIF fiscal_spend.zone IS NULL OR NOT EXISTS (SELECT FROM pg_timezone_names AS z
                                                   WHERE lower(z.name) = lower(fiscal_spend.zone)) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('"%s" is no time zone', left(coalesce(fiscal_spend.zone, 'NULL'), 160)),
            HINT = 'Give a name that pg_timezone_names lists, as Europe/Berlin.';
    ELSIF lower(fiscal_spend.zone) NOT IN ('utc', 'etc/utc') THEN
        SELECT s.source, s.billing_period INTO of_day FROM bedrock.spend AS s
        WHERE s.billing_period BETWEEN first_month AND last_month AND s.usage_hour IS NULL
          AND s.charge_grain <> 'period'
        LIMIT 1;
        IF FOUND THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('spend of %s is kept by day (UTC) and has no days in time zone %s',
                                 to_char(of_day.billing_period, 'YYYY-MM'), fiscal_spend.zone),
                DETAIL = format('Source "%s" is kept by day; a day of another zone consists of hours of two.',
                                of_day.source),
                HINT = 'Load or attach the source with keep => ''hour'', or leave out zone.';
        END IF;
    END IF;
    RETURN QUERY
    SELECT d.fiscal_period, d.charges, sum(d.cost), d.currency,
           CASE WHEN wanted IS NOT NULL THEN r.rate END,
           sum(d.cost) * r.rate, coalesce(wanted, d.currency)
    FROM (SELECT bedrock.fiscal_period_of(g.day) AS fiscal_period, g.charges, g.day, g.cost, g.currency
          FROM (SELECT CASE WHEN s.charge_category IN ('usage', 'commitment_fee', 'fee') THEN 'usage and fees'
                            ELSE 'other charges' END AS charges,
                       CASE WHEN s.charge_grain = 'period' THEN s.billing_period
                            WHEN s.usage_hour IS NULL THEN s.usage_date
                            ELSE (s.usage_hour AT TIME ZONE fiscal_spend.zone)::date END AS day,
                       s.currency, sum(s.ai_cost) AS cost
                FROM bedrock.spend AS s
                WHERE s.billing_period BETWEEN first_month AND last_month
                GROUP BY 1, 2, 3) AS g) AS d
    LEFT JOIN LATERAL (
        SELECT 1::numeric AS rate WHERE wanted IS NULL OR wanted = d.currency
        UNION ALL
        SELECT e.rate FROM bedrock.exchange_rate AS e
        WHERE e.from_currency = d.currency AND e.to_currency = wanted AND e.valid @> d.day AND upper_inf(e.recorded))
        AS r ON true
    GROUP BY d.fiscal_period, d.charges, d.currency, r.rate
    ORDER BY d.fiscal_period, d.charges DESC, d.currency, r.rate;
END
$$;
COMMENT ON FUNCTION bedrock.fiscal_spend(date, date, text, text) IS
    'ai_cost of billing periods (any day of them; NULL: the latest) by fiscal period, charges (usage and fees, other '
    'charges) and rate, in a report currency (NULL: as billed), each line by the rate of its day. rate and amount '
    'NULL: no rate is recorded for that day. zone: in which days begin, other than UTC for sources kept by hour '
    'alone; charges of a whole month belong to its first day. Error 22023: no currency or zone, or spend is kept by '
    'day';
