-- SPDX-License-Identifier: PostgreSQL
-- Reservations of what an application is about to spend, held against its budget: the bill says what was spent until
-- some days ago (bedrock.within_budget), reservations what was begun since. Run it as a superuser:
--     psql -v ON_ERROR_STOP=1 -v app=hr_app -f budget_guard.sql
-- app: the role of the application, which exists; its scope is granted apart, see README.md. Run it once for each
-- application; again does no harm.
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
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    role_name name NOT NULL DEFAULT current_user
);
CREATE INDEX IF NOT EXISTS reservation_of_budget ON budget_guard.reservation (budget, usage_date) INCLUDE (estimate);
COMMENT ON TABLE budget_guard.reservation IS
    'requests that were begun: estimate is what they may cost at most, and once settled what their tokens cost by the '
    'price book. One that was never settled counts until the bill has its day';
-- A row belongs to the role that inserted it, for role_name is not granted; and is of a budget that the role sees.
ALTER TABLE budget_guard.reservation ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own ON budget_guard.reservation;
CREATE POLICY own ON budget_guard.reservation USING (role_name = current_user)
    WITH CHECK (role_name = current_user
        AND EXISTS (SELECT FROM bedrock.budget_status AS s WHERE s.budget = reservation.budget));
GRANT SELECT, INSERT (budget, usage_date, estimate), UPDATE (estimate, settled) ON budget_guard.reservation TO :"app";

-- Applications that share a budget share its room, so this sum, and it alone, is over the rows of all of them.
CREATE OR REPLACE FUNCTION budget_guard.open_estimate(budget text, after date, until date) RETURNS numeric
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT coalesce(sum(r.estimate), 0) FROM budget_guard.reservation AS r
    WHERE r.budget = open_estimate.budget AND r.usage_date > open_estimate.after
      AND r.usage_date <= open_estimate.until;
END;
COMMENT ON FUNCTION budget_guard.open_estimate(text, date, date) IS
    'what is reserved of a budget by all applications, after one day and until another one';

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
            HINT = 'estimated_cost gives NULL where it knows no price: bedrock.price_of says why.';
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
    open_estimate := budget_guard.open_estimate(reserve.budget,
        greatest(status.first_day - 1, status.data_through,
                 CASE WHEN reserve.as_of > status.last_day THEN status.last_day END),
        CASE WHEN reserve.as_of > status.last_day THEN 'infinity' ELSE status.last_day END);
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
    'whether a budget has room for another estimate after what was reserved since the bill: yes or unknown, and it is '
    'reserved; no. unknown: there is no bill of the span yet, and reservations alone fit. Holds a lock of the budget '
    'until the transaction ends. Errors: 42704 no such budget in the scope of the caller, 22023 no estimate, 0A000 not '
    'in USD, or not READ COMMITTED';

CREATE OR REPLACE FUNCTION budget_guard.settle(reservation_id bigint, estimate numeric) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE budget_guard.reservation AS r SET estimate = coalesce(settle.estimate, r.estimate), settled = true
    WHERE r.reservation_id = settle.reservation_id;
    IF NOT FOUND THEN
        RAISE undefined_object USING
            MESSAGE = format('role "%s" has no reservation %s', current_user, settle.reservation_id);
    END IF;
END
$$;
COMMENT ON FUNCTION budget_guard.settle(bigint, numeric) IS
    'the request is done: what its tokens cost by the price book; NULL: not known, the reservation stays as it is. '
    'Error 42704: the caller has no such reservation';

-- Functions are everybody's unless said otherwise.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA budget_guard FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA budget_guard TO :"app";
COMMIT;
