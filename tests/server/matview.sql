-- SPDX-License-Identifier: PostgreSQL
-- The recipe of docs/materialized-views.md, word for word: matview.sh holds the two against each other.
CREATE MATERIALIZED VIEW spend_by_team AS
SELECT usage_date, account_id, team, model_name, charge_category, currency,
       sum(unblended_cost) AS cost, sum(tokens) AS tokens, sum(lines) AS lines
FROM   bedrock.spend
GROUP  BY usage_date, account_id, team, model_name, charge_category, currency;

CREATE UNIQUE INDEX ON spend_by_team (usage_date, account_id, team, model_name, charge_category, currency) NULLS NOT DISTINCT;
