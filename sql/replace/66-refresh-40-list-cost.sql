-- List costs that the book gave, taken anew when its public part has changed.

CREATE OR REPLACE FUNCTION bedrock.public_prices() RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    -- Sums of hashes, as no order has to be made for them.
    SELECT concat_ws('/',
        (SELECT sum(hashtextextended(concat_ws('|', p.model_id, p.region, p.routing, p.tier, p.token_kind, p.cache_ttl, p.modality, p.long_context_above, p.endpoint, p.unit,
                                               p.usd, (lower(p.valid) - date '2000-01-01')::text || ' on', (upper(p.valid) - date '2000-01-01')::text || ' before',
                                               p.doubtful, p.origin), 0)::numeric)
         FROM bedrock.price AS p
         WHERE p.origin NOT IN ('user', 'offer') AND upper_inf(p.recorded) AND p.unit IN ('1M tokens', '1K tokens')),
        (SELECT sum(hashtextextended(concat_ws('|', a.kind, a.alias, a.model_id), 0)::numeric) FROM bedrock.model_alias AS a),
        (SELECT sum(hashtextextended(r.region, 0)::numeric) FROM bedrock.price_regions() AS r (region)),
        (SELECT sum(hashtextextended(concat_ws('|', m.region, m.usage_type, m.usd, m.units, (lower(m.valid) - date '2000-01-01')::text || ' on',
                                               (upper(m.valid) - date '2000-01-01')::text || ' before'), 0)::numeric)
         FROM bedrock.meter_price AS m
         WHERE m.builtin));
END;
COMMENT ON FUNCTION bedrock.public_prices() IS
    'changes when the public prices change by which list costs are taken: of tokens and of what is metered without a model, shipped and of price lists, without the user''s prices and discounts';

CREATE OR REPLACE FUNCTION bedrock.list_cost_book(taken text DEFAULT NULL, OUT kept text, OUT version text, OUT public_prices text, OUT is_current boolean)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    kept := coalesce(taken, (SELECT s.value FROM bedrock.setting AS s WHERE s.name = 'state.list_cost'));
    -- A version is that of one database: a restored one may count on from another number.
    SELECT format('%s/%s/%s', c.system_identifier, d.oid, v.version) INTO version
    FROM pg_control_system() AS c, pg_database AS d, bedrock.price_version AS v WHERE d.datname = current_database();
    IF split_part(kept, ' ', 1) = version THEN
        public_prices := split_part(kept, ' ', 2);
        is_current := true;
    ELSE
        public_prices := bedrock.public_prices();
        is_current := split_part(kept, ' ', 2) = public_prices;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock.list_cost_book(text) IS
    'the book by which list costs were taken last (taken, or else setting state.list_cost) and the book as it is: version of the whole, and bedrock.public_prices. is_current: whether the public part is the same; NULL: never taken';

CREATE OR REPLACE FUNCTION bedrock.take_list_cost(force boolean, before text, OUT changed bigint, OUT taken text)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    book record := bedrock.list_cost_book(before);
    bills integer[];
    of_bills integer[];
    of_dimensions integer[];
BEGIN
    taken := concat_ws(' ', book.version, book.public_prices);
    IF book.is_current AND NOT force THEN
        changed := 0;
        RETURN;
    END IF;

    -- The locks of refresh: a period that another session is at work on is left to it, and done the next time.
    WITH locked AS MATERIALIZED (
        SELECT p.source, p.payer_account_id, p.billing_period FROM bedrock.period AS p ORDER BY 1, 2, 3 FOR UPDATE SKIP LOCKED)
    SELECT array_agg(b.bill_id) INTO bills
    FROM locked AS l
    JOIN bedrock.bill_total AS b ON b.source = l.source AND b.payer_account_id = l.payer_account_id AND b.billing_period = l.billing_period AND b.bedrock_lines > 0;

    WITH written AS (
        UPDATE bedrock.fact AS f SET list_cost = bedrock.public_cost(d, f.tokens, f.usage_amount, f.usage_date, m.usd)
        FROM bedrock.dimension AS d
        LEFT JOIN bedrock.list_meter_prices() AS m ON m.dimension_id = d.dimension_id
        WHERE (m.dimension_id IS NULL OR f.usage_date BETWEEN m.first_day AND m.last_day) AND d.dimension_id = f.dimension_id AND f.bill_id = ANY (bills) AND f.public_on_demand_cost IS NULL AND (f.tokens > 0 OR f.usage_amount > 0 OR f.list_cost IS NOT NULL)
          AND f.list_cost IS DISTINCT FROM bedrock.public_cost(d, f.tokens, f.usage_amount, f.usage_date, m.usd)
        RETURNING f.bill_id, f.dimension_id)
    SELECT count(*), array_agg(DISTINCT w.bill_id), array_agg(DISTINCT w.dimension_id) INTO changed, of_bills, of_dimensions FROM written AS w;
    IF changed > 0 THEN
        PERFORM bedrock.write_months(of_bills, of_dimensions);
    END IF;

    IF EXISTS (SELECT FROM bedrock.bill_total AS b WHERE b.bedrock_lines > 0 AND b.bill_id <> ALL (coalesce(bills, '{}'))) THEN
        taken := '';
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock.take_list_cost(boolean, text) IS
    'takes list costs anew if the public prices of the book have changed since the book before (NULL: that of setting state.list_cost; force: in any case), without keeping by which. changed: how many facts did; taken: the book by which all of them are now, empty where a period was left to another session';

CREATE OR REPLACE FUNCTION bedrock.settle_list_cost(force boolean, before text) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    done record := bedrock.take_list_cost(force, before);
BEGIN
    -- Also where only prices of the user changed: the next time need not look as far.
    IF done.taken <> '' AND NOT EXISTS (SELECT FROM bedrock.setting AS s WHERE s.name = 'state.list_cost' AND s.value = done.taken) THEN
        -- In one order with bedrock.settle_sources: who has settled may refresh again before the transaction ends.
        LOCK TABLE bedrock.bill_total IN SHARE UPDATE EXCLUSIVE MODE;
        DELETE FROM bedrock.setting AS s WHERE s.name = 'state.list_cost';
        INSERT INTO bedrock.setting (name, valid_from, value, note, builtin)
        VALUES ('state.list_cost', '-infinity', done.taken, 'price book by which list costs were taken last', false);
    END IF;
    RETURN done.changed;
END
$$;
COMMENT ON FUNCTION bedrock.settle_list_cost(boolean, text) IS
    'as bedrock.take_list_cost, and keeps the book in setting state.list_cost: the last thing a refresh does with list costs; returns how many facts changed';

CREATE OR REPLACE FUNCTION bedrock.refresh_list_cost(force boolean DEFAULT false) RETURNS bigint
    LANGUAGE sql
    RETURN bedrock.settle_list_cost(force, NULL);
COMMENT ON FUNCTION bedrock.refresh_list_cost(boolean) IS
    'takes list_cost anew where the bill states no public cost, if the public prices of the book have changed since the last time (force: in any case), and returns how many facts changed. No source is read. A period that another session is at work on is left to it; the next call does it';
