-- List costs that the book gave, taken anew when its public part has changed.

CREATE OR REPLACE FUNCTION bedrock_internal.public_prices() RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    -- Sums of hashes, as no order has to be made for them.
    SELECT concat_ws('/',
        (SELECT sum(hashtextextended(concat_ws('|', p.model_id, p.region, p.routing, p.tier, p.token_kind, p.cache_ttl,
            p.modality, p.long_context_above, p.endpoint, p.unit,
                                               p.usd, (lower(p.valid) - date '2000-01-01')::text || ' on',
                                                   (upper(p.valid) - date '2000-01-01')::text || ' before',
                                               p.doubtful, p.origin), 0)::numeric)
         FROM bedrock.price AS p
         WHERE p.origin NOT IN ('user', 'offer') AND upper_inf(p.recorded) AND p.unit IN ('1M tokens', '1K tokens')),
        (SELECT sum(hashtextextended(concat_ws('|', a.kind, a.alias, a.model_id), 0)::numeric)
            FROM bedrock.model_alias AS a),
        (SELECT sum(hashtextextended(r.region, 0)::numeric) FROM bedrock_internal.price_regions() AS r (region)),
        (SELECT sum(hashtextextended(concat_ws('|', m.region, m.usage_type, m.usd, m.units,
            (lower(m.valid) - date '2000-01-01')::text || ' on',
                                               (upper(m.valid) - date '2000-01-01')::text || ' before'), 0)::numeric)
         FROM bedrock.meter_price AS m
         WHERE m.builtin));
END;
COMMENT ON FUNCTION bedrock_internal.public_prices() IS
    'version of the public prices by which list costs are taken: shipped ones and price lists, of tokens and of what '
    'is metered without a model, without prices and discounts of the user';

CREATE OR REPLACE FUNCTION bedrock_internal.stored_price_book() RETURNS bedrock_internal.price_book
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT ROW(s.system_identifier, s.database_oid, s.price_version, s.public_prices)::bedrock_internal.price_book
    FROM bedrock_internal.state AS s WHERE s.kind = 'list_cost';
END;
COMMENT ON FUNCTION bedrock_internal.stored_price_book() IS
    'price book by which all list costs were taken last; NULL: never';

CREATE OR REPLACE FUNCTION bedrock_internal.list_cost_book(taken bedrock_internal.price_book DEFAULT NULL,
    OUT book bedrock_internal.price_book, OUT is_current boolean)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH compared AS MATERIALIZED (
        -- A version is that of one database: a restored one may count on from another number. The same version is the
        -- same book, without asking for its prices.
        SELECT c.system_identifier, d.oid, v.version, (k.book).public_prices AS kept,
               CASE WHEN ((k.book).system_identifier, (k.book).database_oid, (k.book).price_version) =
                   (c.system_identifier, d.oid, v.version)
                    THEN (k.book).public_prices ELSE bedrock_internal.public_prices() END AS public_prices
        FROM (SELECT coalesce(list_cost_book.taken, bedrock_internal.stored_price_book()) AS book) AS k,
            pg_control_system() AS c, pg_database AS d, bedrock.price_version AS v
        WHERE d.datname = current_database())
    SELECT ROW(n.system_identifier, n.oid, n.version, n.public_prices)::bedrock_internal.price_book,
        n.kept = n.public_prices FROM compared AS n;
END;
COMMENT ON FUNCTION bedrock_internal.list_cost_book(bedrock_internal.price_book) IS
    'the price book as it is now; is_current: whether its public prices are those of the book taken (NULL: of '
    'bedrock_internal.stored_price_book()); NULL: never taken';

CREATE OR REPLACE FUNCTION bedrock_internal.update_list_cost(force boolean, before bedrock_internal.price_book)
    RETURNS bedrock_internal.list_cost_version
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    now_there record := bedrock_internal.list_cost_book(before);
    bills integer[];
    of_bills integer[];
    of_dimensions integer[];
    changed bigint;
    taken bedrock_internal.price_book := now_there.book;
BEGIN
    IF now_there.is_current AND NOT force THEN
        RETURN ROW(0, taken)::bedrock_internal.list_cost_version;
    END IF;

    -- The locks of refresh: a period that another session is at work on is left to it, and done the next time.
    WITH locked AS MATERIALIZED (
        SELECT p.source, p.payer_account_id, p.billing_period FROM bedrock.period AS p
            ORDER BY 1, 2, 3 FOR UPDATE SKIP LOCKED)
    SELECT array_agg(b.bill_id) INTO bills
    FROM locked AS l
    JOIN bedrock.bill_total AS b ON b.source = l.source AND b.payer_account_id = l.payer_account_id
        AND b.billing_period = l.billing_period AND b.bedrock_lines > 0;

    WITH written AS (
        UPDATE bedrock.fact AS f SET list_cost = bedrock_internal.public_cost(
            d, f.tokens, f.usage_amount, f.usage_date, m.usd)
        FROM bedrock.dimension AS d
        LEFT JOIN bedrock_internal.list_meter_prices() AS m ON m.dimension_id = d.dimension_id
        WHERE (m.dimension_id IS NULL OR f.usage_date BETWEEN m.first_day AND m.last_day)
            AND d.dimension_id = f.dimension_id AND f.bill_id = ANY (bills) AND f.public_on_demand_cost IS NULL
            AND (f.tokens > 0 OR f.usage_amount > 0 OR f.list_cost IS NOT NULL)
          AND f.list_cost IS DISTINCT FROM bedrock_internal.public_cost(
              d, f.tokens, f.usage_amount, f.usage_date, m.usd)
        RETURNING f.bill_id, f.dimension_id)
    SELECT count(*), array_agg(DISTINCT w.bill_id), array_agg(DISTINCT w.dimension_id) INTO changed, of_bills,
        of_dimensions FROM written AS w;
    IF changed > 0 THEN
        PERFORM bedrock_internal.write_months(of_bills, of_dimensions);
    END IF;

    IF EXISTS (SELECT FROM bedrock.bill_total AS b WHERE b.bedrock_lines > 0
        AND b.bill_id <> ALL (coalesce(bills, '{}'))) THEN
        taken := NULL;
    END IF;
    RETURN ROW(changed, taken)::bedrock_internal.list_cost_version;
END
$$;
COMMENT ON FUNCTION bedrock_internal.update_list_cost(boolean, bedrock_internal.price_book) IS
    'takes list costs anew where the public prices have changed since the book before (NULL: since '
    'bedrock_internal.stored_price_book(); force: in any case), without storing the book';

CREATE OR REPLACE FUNCTION bedrock_internal.store_list_cost(force boolean, before bedrock_internal.price_book)
    RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    done bedrock_internal.list_cost_version := bedrock_internal.update_list_cost(force, before);
BEGIN
    -- Also where only prices of the user changed: the next time need not look as far.
    IF done.taken IS NOT NULL AND bedrock_internal.stored_price_book() IS DISTINCT FROM done.taken THEN
        -- In one order with bedrock_internal.choose_active_sources, which a transaction may have called before it
        -- refreshes again.
        LOCK TABLE bedrock.bill_total IN SHARE UPDATE EXCLUSIVE MODE;
        INSERT INTO bedrock_internal.state (kind, system_identifier, database_oid, price_version, public_prices)
        SELECT 'list_cost', b.* FROM (SELECT (done.taken).*) AS b
        ON CONFLICT (kind) DO UPDATE SET system_identifier = excluded.system_identifier,
            database_oid = excluded.database_oid,
            price_version = excluded.price_version, public_prices = excluded.public_prices;
    END IF;
    RETURN done.changed;
END
$$;
COMMENT ON FUNCTION bedrock_internal.store_list_cost(boolean, bedrock_internal.price_book) IS
    'as bedrock_internal.update_list_cost, and stores the book, as the last step of a refresh with list costs; '
    'returns how many facts changed';

CREATE OR REPLACE FUNCTION bedrock.refresh_list_cost(force boolean DEFAULT false) RETURNS bigint
    LANGUAGE sql
    RETURN bedrock_internal.store_list_cost(force, NULL);
COMMENT ON FUNCTION bedrock.refresh_list_cost(boolean) IS
    'takes list_cost anew where the bill states no public cost, if the public prices of the book have changed '
    '(force: in any case), and returns how many facts changed. No source is read; a period that another session '
    'works on is left to the next call';
