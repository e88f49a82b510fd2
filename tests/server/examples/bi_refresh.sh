#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# docs/examples/bi-refresh: each reader sees through the view in front what bedrock.spend shows him, what is kept itself
# nobody may read, and it equals the raw lines before and after a redelivery; under a pg_cron of its own server the job
# runs, and one that fails or is lost is seen.
views=$EXAMPLES/bi-refresh/bi_views.sql
dropdb --if-exists examples_bi
q -d postgres -c 'DROP ROLE IF EXISTS bi_owner, examples_bi'
createdb -T bedrock_demo examples_bi
export PGDATABASE=examples_bi
q -c 'SELECT FROM bedrock.refresh()'
# As docs/mcp.md closes it.
q -c 'REVOKE TEMPORARY ON DATABASE examples_bi FROM PUBLIC'
q -o /dev/null -f "$views"
q -c 'GRANT SELECT ON cur TO bi_owner'

total='SELECT currency, trim_scale(sum(%s)), sum(lines) FROM %s GROUP BY currency ORDER BY currency'
for person in acme_finance acme_owner acme_engineer; do
    # shellcheck disable=SC2059
    kept=$(PGUSER=$person q -c "$(printf "$total" cost bi.spend_day)")
    # shellcheck disable=SC2059
    is "$person sees what bedrock.spend shows" "$kept" "$(PGUSER=$person q -c "$(printf "$total" ai_cost bedrock.spend)")"
    [ -n "$kept" ] || fail "$person sees nothing"
    PGUSER=$person q -c 'SELECT FROM bi.spend_day_kept' >"$OUTPUT_DIR/out" 2>&1 && fail "$person reads what is kept"
    grep -q 'permission denied for materialized view' "$OUTPUT_DIR/out" || fail "$(cat "$OUTPUT_DIR/out")"
    PGUSER=$person q -c 'CALL bi.refresh()' >"$OUTPUT_DIR/out" 2>&1 && fail "$person refreshes"
done
# A function that says what it is given sees no row of others: the view is a barrier.
q -c "CREATE FUNCTION public.spy(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS \$\$ BEGIN RAISE NOTICE 'spied %', \$1; RETURN true; END \$\$"
PGOPTIONS='-c client_min_messages=notice' PGUSER=acme_engineer q -c 'SELECT count(*) FROM bi.spend_day WHERE spy(account_id)' >"$OUTPUT_DIR/out" 2>&1
is 'what a function is given' "$(sed -n 's/.*NOTICE: *spied //p' "$OUTPUT_DIR/out" | sort -u)" 111122223333
q -c 'CREATE ROLE examples_bi LOGIN' -c 'GRANT bedrock_analyst TO examples_bi'
is 'a role without scope sees nothing' "$(PGUSER=examples_bi q -c 'SELECT count(*) FROM bi.spend_day')" 0
q -o /dev/null -c "SELECT bedrock.grant_scope('examples_bi', 'account', value => '111122223333')"
is 'with a scope it sees that' "$(PGUSER=examples_bi q -c 'SELECT DISTINCT account_id FROM bi.spend_day')" 111122223333

raw() {
    q -c "SELECT c.bill_billing_period_start_date::date, c.line_item_usage_account_id, c.line_item_currency_code, trim_scale(sum(c.line_item_unblended_cost)), count(*)
        FROM cur AS c WHERE c.line_item_product_code LIKE 'AmazonBedrock%' AND c.line_item_line_item_type = 'Usage'
            OR c.line_item_line_item_type = 'Usage' AND c.product ->> 'product_name' LIKE '%(Amazon Bedrock Edition)%'
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
}
kept() {
    PGUSER=acme_finance q -c "SELECT billing_period, account_id, currency, trim_scale(sum(cost)), sum(lines) FROM bi.spend_day
        WHERE charge_category = 'usage' AND cost_metric = 'unblended' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
}
is 'usage is the plain sum of the raw lines' "$(kept)" "$(raw)"
q -c "UPDATE cur SET line_item_unblended_cost = line_item_unblended_cost * 1.37
      WHERE line_item_product_code = 'AmazonBedrock' AND line_item_line_item_type = 'Usage' AND bill_billing_period_start_date = '2026-09-01'"
[ "$(kept)" != "$(raw)" ] || fail 'the redelivery changed nothing'
PGUSER=bi_owner q -c 'CALL bi.refresh()'
is 'and so after a redelivery' "$(kept)" "$(raw)"
is 'how old it is' "$(q -c "SELECT now() - refreshed_at < '10 minutes', data_through FROM bi.freshness")" "t|$(q -c 'SELECT bedrock.data_through()')"
# Readers read on while it is refreshed.
q -c 'BEGIN; SELECT 1 FROM bi.spend_day LIMIT 1; REFRESH MATERIALIZED VIEW CONCURRENTLY bi.spend_day_kept; ROLLBACK' >/dev/null
q -o /dev/null -f "$views"
is 'the file may be run again' "$(kept)" "$(raw)"
dropdb examples_bi
q -d postgres -c 'DROP ROLE bi_owner, examples_bi'

# ---- pg_cron ---------------------------------------------------------------------------------------------------------------

own=$TOP/bi_cron look_every=0.2
. "$SOURCE_DIR/tests/server/cron_server.sh"
problems() { q -c 'SELECT problem FROM bi.job_problem ORDER BY problem'; }
schedule=$EXAMPLES/bi-refresh/bi_schedule.sql
q -o /dev/null -f "$views" -f "$schedule"
is 'the job' "$(q -c 'SELECT schedule, command, username FROM cron.job')" "17 */4 * * *|CALL bi.refresh('04:00:00')|bi_owner"
q -v schedule='30 5 * * *' -f "$schedule" >"$OUTPUT_DIR/out" 2>&1 && fail 'a schedule of its own without its interval is taken'
grep 'say -v every=' "$OUTPUT_DIR/out" >/dev/null || fail "$(cat "$OUTPUT_DIR/out")"
# A day between two runs; it runs when the server starts, so that nobody waits for it.
q -o /dev/null -v schedule=@reboot -v every='1 day' -f "$schedule"
q -o /dev/null <<'SQL'
CREATE TABLE bill (bill_payer_account_id text DEFAULT '1', line_item_usage_account_id text DEFAULT '2', bill_billing_entity text DEFAULT 'AWS', bill_billing_period_start_date timestamp DEFAULT '2025-03-01',
    line_item_usage_start_date timestamp DEFAULT '2025-03-05 10:00', line_item_usage_end_date timestamp DEFAULT '2025-03-05 11:00', line_item_line_item_type text DEFAULT 'Usage',
    line_item_product_code text DEFAULT 'AmazonBedrock', product_product_name text DEFAULT 'Amazon Bedrock', line_item_usage_type text DEFAULT 'USE1-NovaPro-input-tokens',
    line_item_unblended_cost numeric DEFAULT 1, line_item_currency_code text DEFAULT 'USD');
INSERT INTO bill DEFAULT VALUES;
GRANT SELECT ON bill TO bi_owner;
SELECT FROM bedrock.attach('bill', line_item => false);
SQL
is 'nothing is wrong before the first run' "$(problems)" ''
restart
wait_for "EXISTS (SELECT FROM cron.job_run_details WHERE status = 'succeeded')"
is 'the job read the bill and refreshed what is kept' "$(q -c 'SELECT sum(cost) FROM bi.spend_day')|$(problems)" '1|'
q -c 'UPDATE bill SET line_item_unblended_cost = 2' -c 'INSERT INTO bill (bill_billing_period_start_date) VALUES (NULL)'
restart
wait_for "EXISTS (SELECT FROM cron.job_run_details WHERE status = 'failed')"
is 'a job that failed is seen, and what was kept is there' "$(problems)|$(q -c 'SELECT sum(cost) FROM bi.spend_day')" 'the last run failed|1'
is 'with its error' "$(q -c "SELECT message LIKE '%no billing period%', since IS NOT NULL FROM bi.job_problem")" 't|t'
q -c 'DELETE FROM bill WHERE bill_billing_period_start_date IS NULL'
restart
wait_for "(SELECT r.status = 'succeeded' FROM cron.job_run_details AS r ORDER BY r.start_time DESC LIMIT 1)"
is 'mended, it is well' "$(problems)|$(q -c 'SELECT sum(cost) FROM bi.spend_day')" '|2'
# later INTERVAL: as if that much time had passed since the runs. doctor: what it says of them, by the role of the job.
later() { q -c "UPDATE bi.refreshed SET at = at - interval '$1'" -c "UPDATE bedrock.schedule_log SET at = at - interval '$1'"; }
doctor() { q -c "SELECT status, detail LIKE '%at most 1 day between two%' FROM bedrock.doctor() WHERE \"check\" = 'scheduled_refresh' AND status <> 'info' ORDER BY 1"; }
later '47 hours'
is 'it is well on the next day' "$(problems)|$(doctor)" '|ok|f'
later '2 hours'
is 'one that does not come is seen' "$(problems)|$(doctor)" $'no run ended well for 2 days|error|t\nok|f'
q -c 'UPDATE cron.job SET active = false'
is 'one that is switched off is seen' "$(problems | sed -n 1p)" 'no run ended well for 2 days'
is 'by its name' "$(problems | tail -n 1)" 'the job bi.refresh is not active'
q -o /dev/null -c 'SELECT cron.unschedule(jobid) FROM cron.job'
is 'one that is lost is seen' "$(problems | tail -n 1)" 'pg_cron has no job bi.refresh'
