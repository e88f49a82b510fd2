-- SPDX-License-Identifier: PostgreSQL
-- Reservations of what an application is about to spend, held against its budget: the bill says what was spent until
-- some days ago (bedrock.within_budget), reservations what was begun since. Run it as a superuser:
--     psql -v ON_ERROR_STOP=1 -v app=hr_app -f budget_guard.sql
-- app: the role of the application, which exists; what it needs beside this is its scope, see README.md. It may be run
-- again.
BEGIN;
GRANT USAGE ON SCHEMA bedrock TO :"app";
GRANT EXECUTE ON FUNCTION bedrock.within_budget(text, numeric, date) TO :"app";
GRANT SELECT ON bedrock.budget_status TO :"app";

CREATE SCHEMA IF NOT EXISTS budget_guard;
GRANT USAGE ON SCHEMA budget_guard TO :"app";

-- Estimates, in US dollars as the price book has them. They are summed up with each other, and never with a billed
-- amount.
CREATE TABLE IF NOT EXISTS budget_guard.reservation (
    reservation_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    budget text NOT NULL,
    usage_date date NOT NULL,
    estimate numeric NOT NULL CHECK (estimate >= 0 AND estimate < 'Infinity'),
    settled boolean NOT NULL DEFAULT false,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX IF NOT EXISTS reservation_of_budget ON budget_guard.reservation (budget, usage_date) INCLUDE (estimate);
COMMENT ON TABLE budget_guard.reservation IS
    'requests that were begun: estimate is what they may cost at most, and once settled what their tokens cost by the '
    'price book. One that was never settled counts until the bill has its day';
GRANT SELECT, INSERT, UPDATE (estimate, settled) ON budget_guard.reservation TO :"app";

CREATE OR REPLACE FUNCTION budget_guard.reserve(budget text, estimate numeric,
    as_of date DEFAULT (now() AT TIME ZONE 'UTC')::date, OUT answer text, OUT reservation_id bigint)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    status bedrock.budget_status;
    open_estimate numeric;
    fits boolean;
BEGIN
    IF reserve.estimate IS NULL OR NOT (reserve.estimate >= 0 AND reserve.estimate < 'Infinity') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'a reservation needs an estimate',
            HINT = 'estimated_cost gives NULL where it knows no price: bedrock.price_of tells why.';
    END IF;
    SELECT s.* INTO status FROM bedrock.budget_status AS s WHERE s.budget = reserve.budget;
    IF NOT FOUND THEN
        RAISE undefined_object USING
            MESSAGE = format('role "%s" sees no budget "%s"', current_user, reserve.budget),
            HINT = 'The name is another one, or its workload is not in the scope of the role.';
    END IF;
    IF status.currency <> 'USD' THEN
        RAISE feature_not_supported USING MESSAGE = format('budget "%s" is in %s, estimates are in USD', reserve.budget,
            status.currency);
    END IF;

    -- One at a time for each budget, until the transaction ends: else two would both see the last dollar. Who comes
    -- next must see what the one before has reserved, which a snapshot of a whole transaction would hide.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE feature_not_supported USING
            MESSAGE = 'budget_guard.reserve needs a transaction of its own, READ COMMITTED';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('budget_guard ' || reserve.budget, 0));
    -- Of the span: the one last compared, or what comes after it. Days that the bill has completely are on the bill; a
    -- day that it has in part counts twice, which errs on the safe side.
    SELECT coalesce(sum(r.estimate), 0) INTO open_estimate FROM budget_guard.reservation AS r
    WHERE r.budget = reserve.budget
      AND r.usage_date >= status.first_day AND (r.usage_date <= status.last_day) = (reserve.as_of <= status.last_day)
      AND (status.data_through IS NULL OR r.usage_date > status.data_through);
    fits := bedrock.within_budget(reserve.budget, open_estimate + reserve.estimate, reserve.as_of);
    answer := CASE
        WHEN fits THEN 'yes'
        WHEN NOT fits THEN 'no'
        -- Not known, as in the first days of a month, or where the bill lags: then reservations alone must fit.
        WHEN open_estimate + reserve.estimate > status.amount THEN 'no'
        ELSE 'unknown' END;
    IF answer <> 'no' THEN
        INSERT INTO budget_guard.reservation (budget, usage_date, estimate)
        VALUES (reserve.budget, reserve.as_of, reserve.estimate)
        RETURNING reservation.reservation_id INTO reservation_id;
    END IF;
END
$$;
COMMENT ON FUNCTION budget_guard.reserve(text, numeric, date) IS
    'whether a budget has room for another estimate beside what was reserved since the bill: yes or unknown, and it is '
    'reserved; no. unknown: there is no bill of the span yet, and reservations alone fit. Holds a lock of the budget '
    'until the transaction ends. Errors: 42704 no such budget in the scope of the caller, 22023 no estimate, 0A000 not '
    'in USD, or not READ COMMITTED';

CREATE OR REPLACE FUNCTION budget_guard.settle(reservation_id bigint, estimate numeric) RETURNS void
    LANGUAGE sql SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    UPDATE budget_guard.reservation AS r SET estimate = coalesce(settle.estimate, r.estimate), settled = true
    WHERE r.reservation_id = settle.reservation_id;
END;
COMMENT ON FUNCTION budget_guard.settle(bigint, numeric) IS
    'the request is done: what its tokens cost by the price book; NULL: not known, the reservation stays as it is';

-- Functions are everybody's unless said otherwise.
REVOKE ALL ON FUNCTION budget_guard.reserve(text, numeric, date), budget_guard.settle(bigint, numeric) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION budget_guard.reserve(text, numeric, date), budget_guard.settle(bigint, numeric) TO :"app";
COMMIT;
