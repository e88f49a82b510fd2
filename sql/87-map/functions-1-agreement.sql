-- Agreements, the workloads that belong to them, and rules of what counts. None of them changes whose spend is: what a
-- refresh under way has attributed stays right.

CREATE OR REPLACE FUNCTION bedrock.set_map_agreement(mpe_id text, first_day date, last_day date DEFAULT NULL,
    agreement_name text DEFAULT NULL, credit_percent numeric DEFAULT NULL, metric text DEFAULT 'unblended',
    first_month integer DEFAULT 1, accounts text[] DEFAULT NULL, reason text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD'
AS $$
DECLARE
    key jsonb := jsonb_build_object('mpe_id', set_map_agreement.mpe_id);
    days daterange;
    outside daterange;
    outcome text;
    ended boolean := false;
BEGIN
    PERFORM bedrock_internal.require_manage('bedrock.set_map_agreement');
    PERFORM bedrock_internal.check_text('the MPE id', set_map_agreement.mpe_id, 256),
        bedrock_internal.check_text('the name of the agreement', coalesce(set_map_agreement.agreement_name, '-'), 1024),
        bedrock_internal.check_length('the reason', set_map_agreement.reason, 4096);
    IF set_map_agreement.mpe_id !~ '^[A-Z0-9]{5,10}$' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('"%s" is no MPE id', left(set_map_agreement.mpe_id, 160)),
            DETAIL = 'An MPE id has five to ten digits and upper-case letters.',
            HINT = 'Give it as the migration plan has it, without the prefix MPE or mig: 4P8QX2ZK1.';
    END IF;
    PERFORM bedrock_internal.lock_ownership(to_change => false);
    IF set_map_agreement.first_day IS NULL THEN
        RETURN bedrock_internal.write_history('bedrock.map_agreement', key, '[-infinity,)', NULL,
                                              set_map_agreement.reason);
    END IF;
    IF NOT isfinite(set_map_agreement.first_day) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('an agreement cannot begin on %s', set_map_agreement.first_day),
            HINT = 'Give its first day; NULL takes the agreement away.';
    END IF;
    days := bedrock_internal.days_of(set_map_agreement.first_day, set_map_agreement.last_day);
    IF set_map_agreement.first_month IS NULL OR set_map_agreement.first_month NOT BETWEEN 1 AND 12 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('quarters cannot begin with month %s',
                             coalesce(set_map_agreement.first_month::text, 'NULL')),
            HINT = 'Give a month, 1 to 12: 1 for calendar quarters.';
    END IF;
    IF set_map_agreement.metric IS NULL OR set_map_agreement.metric NOT IN (
        'unblended', 'blended', 'net_unblended', 'amortized', 'net_amortized') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('unknown metric "%s"', coalesce(left(set_map_agreement.metric, 160), 'NULL')),
            HINT = 'Use unblended, blended, net_unblended, amortized or net_amortized.';
    END IF;
    IF NOT set_map_agreement.credit_percent BETWEEN 0 AND 100 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('a credit cannot be %s percent of the cost', set_map_agreement.credit_percent),
            HINT = 'Give 0 to 100, or NULL where it is not known.';
    END IF;
    IF EXISTS (SELECT FROM unnest(set_map_agreement.accounts) AS a (account) WHERE a.account !~ '^[0-9]{12}$'
                   OR a.account IS NULL) OR cardinality(set_map_agreement.accounts) = 0 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'accounts of an agreement are AWS accounts',
            HINT = 'An account id has twelve digits; NULL is for all accounts.';
    END IF;
    FOREACH outside IN ARRAY ARRAY(SELECT m.days
        FROM unnest('{[-infinity,)}'::datemultirange - datemultirange(days)) AS m (days)) LOOP
        ended := bedrock_internal.write_history('bedrock.map_agreement', key, outside, NULL, set_map_agreement.reason)
                     <> 'unchanged' OR ended;
    END LOOP;
    -- With its days: an agreement is one row, whatever changes.
    outcome := bedrock_internal.write_history('bedrock.map_agreement', key, days, jsonb_build_object(
        'agreement_name', set_map_agreement.agreement_name, 'first_month', set_map_agreement.first_month,
        'metric', set_map_agreement.metric, 'credit_percent', set_map_agreement.credit_percent,
        'accounts', (SELECT array_agg(DISTINCT a.account ORDER BY a.account)
                     FROM unnest(set_map_agreement.accounts) AS a (account)), 'valid', days),
        set_map_agreement.reason);
    RETURN CASE WHEN ended THEN 'changed' ELSE outcome END;
END
$$;
COMMENT ON FUNCTION bedrock.set_map_agreement(text, date, date, text, numeric, text, integer, text[], text) IS
    'records an agreement of the Migration Acceleration Program as a whole (bedrock.map_agreement), and returns added, '
    'changed, ended or unchanged. mpe_id: without MPE or mig; last_day NULL: without end; first_day NULL: takes it '
    'away; first_month: month a quarter of it begins with; accounts NULL: all. Errors: 42501 without the scope manage; '
    '22023 no MPE id, metric, account, percentage, month, or days reversed';

CREATE OR REPLACE FUNCTION bedrock.set_map_workload(mpe_id text, workload text, valid_from date DEFAULT NULL,
    valid_to date DEFAULT NULL, included boolean DEFAULT true, reason text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    days daterange := bedrock_internal.days_of(set_map_workload.valid_from, set_map_workload.valid_to);
BEGIN
    PERFORM bedrock_internal.require_manage('bedrock.set_map_workload');
    PERFORM bedrock_internal.check_text('the MPE id', set_map_workload.mpe_id, 256),
        bedrock_internal.check_text('the workload', set_map_workload.workload, 1024),
        bedrock_internal.check_length('the reason', set_map_workload.reason, 4096);
    IF set_map_workload.included IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'included cannot be NULL',
            HINT = 'true: the workload belongs to the agreement; false: it does not on these days.';
    END IF;
    PERFORM bedrock_internal.lock_ownership(to_change => false);
    IF set_map_workload.included THEN
        IF NOT EXISTS (SELECT FROM bedrock.map_agreement AS a
                       WHERE a.mpe_id = set_map_workload.mpe_id AND upper_inf(a.recorded)) THEN
            RAISE no_data_found USING
                MESSAGE = format('there is no agreement "%s"', left(set_map_workload.mpe_id, 160)),
                HINT = 'bedrock.map_agreement lists them; bedrock.set_map_agreement makes one.';
        END IF;
        -- On some day: what is not there yet, or no more, uses nothing.
        PERFORM bedrock_internal.days_of_workload(set_map_workload.workload);
    END IF;
    RETURN bedrock_internal.write_history('bedrock.map_workload',
        jsonb_build_object('mpe_id', set_map_workload.mpe_id, 'workload', set_map_workload.workload), days,
        CASE WHEN set_map_workload.included THEN '{}'::jsonb END, set_map_workload.reason);
END
$$;
COMMENT ON FUNCTION bedrock.set_map_workload(text, text, date, date, boolean, text) IS
    'says that a workload belongs to an agreement of the Migration Acceleration Program on these days '
    '(bedrock.map_workload), or with included false that it does not, and returns added, changed, ended or unchanged. '
    'valid_from, valid_to NULL: from the beginning, without end. Errors: 42501 without the scope manage; P0002 no such '
    'agreement or workload; 22023 days reversed';

CREATE OR REPLACE FUNCTION bedrock.set_map_rule(subject text, value text, counts boolean,
    valid_from date DEFAULT NULL, valid_to date DEFAULT NULL, source text DEFAULT NULL, reason text DEFAULT NULL)
    RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    days daterange := bedrock_internal.days_of(set_map_rule.valid_from, set_map_rule.valid_to);
BEGIN
    PERFORM bedrock_internal.require_manage('bedrock.set_map_rule');
    IF set_map_rule.subject IS NULL OR set_map_rule.subject NOT IN ('method', 'product', 'model') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('there are no rules of "%s"', coalesce(left(set_map_rule.subject, 160), 'NULL')),
            HINT = 'Use method, product or model.';
    END IF;
    PERFORM bedrock_internal.lock_ownership(to_change => false);
    RETURN bedrock_internal.write_history('bedrock.map_rule',
        jsonb_build_object('subject', set_map_rule.subject, 'value', set_map_rule.value, 'builtin', false), days,
        CASE WHEN set_map_rule.counts IS NOT NULL
             THEN jsonb_build_object('counts', set_map_rule.counts, 'source', set_map_rule.source) END,
        set_map_rule.reason);
END
$$;
COMMENT ON FUNCTION bedrock.set_map_rule(text, text, boolean, date, date, text, text) IS
    'says what the Migration Acceleration Program counts on these days (bedrock.map_rule), and returns added, changed, '
    'ended or unchanged. subject: method, product or model; value: beginning of the word, NULL: every one; counts NULL '
    'takes your rule away, and the shipped one decides; valid_from, valid_to NULL: from the beginning, without end. '
    'Errors: 42501 without the scope manage; 22023 no such subject, or days reversed; 22004 an empty value';
