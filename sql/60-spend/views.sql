-- What lines show of their bill is no amount, and everybody who may read spend sees it: row security of
-- bedrock.bill_total and bedrock.period, whose amounts are of whole accounts and payers, does not hold for what these
-- two leave of them. So they run with the rights of their owner. They are read only.

CREATE OR REPLACE VIEW bedrock.bill AS
SELECT b.bill_id, b.source, b.payer_account_id, b.billing_period, b.billing_entity, b.legal_entity, b.invoicing_entity,
       b.invoice_id, b.cost_metric, b.is_final, b.is_final_basis, b.superseded, b.bedrock_lines > 0 AS has_bedrock
FROM bedrock.bill_total AS b;
CREATE OR REPLACE RULE no_insert AS ON INSERT TO bedrock.bill DO INSTEAD NOTHING;
CREATE OR REPLACE RULE no_update AS ON UPDATE TO bedrock.bill DO INSTEAD NOTHING;
CREATE OR REPLACE RULE no_delete AS ON DELETE TO bedrock.bill DO INSTEAD NOTHING;
COMMENT ON VIEW bedrock.bill IS
    'bedrock.bill_total without accounts and amounts: what a line of bedrock.spend shows of its bill. Who may read it '
    'reads all of it, whatever part of the spend he sees';
SELECT bedrock_internal.copy_comments('bedrock.bill_total', 'bedrock.bill');
COMMENT ON COLUMN bedrock.bill.superseded IS
    'true: another source is active for this account and period; no part of bedrock.spend';
COMMENT ON COLUMN bedrock.bill.has_bedrock IS 'whether any of its lines is Bedrock''s';

CREATE OR REPLACE VIEW bedrock.bill_period AS
SELECT p.source, p.payer_account_id, p.billing_period, p.is_final, p.net_filled, p.resource_recorded,
       p.principal_recorded, p.tags_recorded, p.refreshed_at, p.restated_at
FROM bedrock.period AS p;
CREATE OR REPLACE RULE no_insert AS ON INSERT TO bedrock.bill_period DO INSTEAD NOTHING;
CREATE OR REPLACE RULE no_update AS ON UPDATE TO bedrock.bill_period DO INSTEAD NOTHING;
CREATE OR REPLACE RULE no_delete AS ON DELETE TO bedrock.bill_period DO INSTEAD NOTHING;
COMMENT ON VIEW bedrock.bill_period IS
    'bedrock.period without amounts and files. Who may read it reads all of it, whatever part of the spend he sees';
SELECT bedrock_internal.copy_comments('bedrock.period', 'bedrock.bill_period');

-- The wide views. Every join is a LEFT JOIN on a primary key, so that the planner drops the ones a query does not use;
-- absent values are stored rows, not COALESCE here; no range join, no function call, no sublink.
-- What a caller is, a rule of the session may decide or one of the rest: the earlier one does.

CREATE OR REPLACE VIEW bedrock.spend WITH (security_invoker) AS
SELECT f.billing_period, f.usage_date, d.charge_grain, b.source, b.payer_account_id, d.account_id, d.account_name,
       d.region, b.billing_entity, b.legal_entity, b.invoicing_entity, b.invoice_id, b.is_final, d.charge_type,
       d.charge_category, d.charge_description, d.product_code, d.product_name, d.sku, d.usage_type, d.operation,
       d.usage_group, d.pricing_model, d.provider, d.model_id, d.model_name, d.model_family, d.token_kind, d.modality,
       d.cache_ttl, d.tier, d.routing, d.ai_region_type, d.geo_prefix, d.endpoint, d.long_context, d.custom_model,
       d.resource_id, d.resource_type, d.request_path, d.via_profile, d.profile_kind, d.profile_id, a.profile_name,
       d.profile_suffix, d.project_id, a.project_name, d.control_layer, s.iam_principal, d.principal_kind,
       d.principal_name, s.principal_session, d.principal_key, s.user_email, d.user_identifier, d.permission_set,
       CASE WHEN s.caller_rule < d.caller_rule THEN s.caller_class ELSE d.caller_class END AS caller_class,
       d.traffic_class, d.tags, a.team, a.application, a.project, a.environment, a.cost_center,
       a.department, a.customer, a.workflow, a.engineer, d.attribution_kind, a.attribution_rule, a.evidence_trust,
       a.claim_id, o.workload, o.owner, o.element1, o.element2, o.element3, o.element4, o.element_path, a.expected,
       a.expected_reason, f.lines, f.usage_amount, d.pricing_unit, f.tokens, f.unblended_cost, f.blended_cost,
       f.net_unblended_cost, f.amortized_cost, f.net_amortized_cost, f.public_on_demand_cost, f.list_cost, CASE WHEN
       d.list_known THEN 'bill' WHEN f.list_cost IS NOT NULL THEN 'book' ELSE 'none' END AS list_cost_basis, f.ai_cost,
       b.cost_metric, d.currency,
       f.dimension_id::bigint AS dimension_id, d.bedrock_basis, d.model_basis, f.usage_hour, d.agentcore_component,
       d.tag_owner
FROM bedrock.fact AS f
LEFT JOIN bedrock.bill AS b ON b.bill_id = f.bill_id
LEFT JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
LEFT JOIN bedrock.attribution AS a ON a.attribution_id = f.attribution_id
LEFT JOIN bedrock.owner AS o ON o.owner_id = a.owner_id
LEFT JOIN bedrock.session AS s ON s.session_id = f.session_id
WHERE NOT f.superseded;
COMMENT ON VIEW bedrock.spend IS
    'Amazon Bedrock spend by day with every dimension: each cent once, all charge types with their charge_category, '
    'amounts as billed and never estimated. Group money by currency; bedrock.refresh fills it';
COMMENT ON COLUMN bedrock.spend.billing_period IS
    'first day of the month the bill is for; invoice-like figures go by it. Source: bill_billing_period_start_date, '
    'BillingPeriodStart';
COMMENT ON COLUMN bedrock.spend.usage_date IS
    'day (UTC) the line begins; trends go by it. Lines of charge_grain period are never to be placed by day';
COMMENT ON COLUMN bedrock.spend.charge_grain IS
    'hour, day or period: how long a line covers; period: tax, credits, fees, and every line of a MONTHLY export';
COMMENT ON COLUMN bedrock.spend.source IS 'name of the source, bedrock.source';
COMMENT ON COLUMN bedrock.spend.payer_account_id IS 'payer account; empty: not stated';
COMMENT ON COLUMN bedrock.spend.account_id IS 'usage account; NULL: not stated';
COMMENT ON COLUMN bedrock.spend.account_name IS 'name of the usage account; NULL: the source does not state it';
COMMENT ON COLUMN bedrock.spend.region IS
    'AWS region that was called and billed: of the usage types prefix, else of the product columns, else of the '
    'resource id; NULL: none states it. Where the answer was computed is another matter: ai_region_type';
COMMENT ON COLUMN bedrock.spend.billing_entity IS 'AWS or AWS Marketplace; NULL: not stated';
COMMENT ON COLUMN bedrock.spend.legal_entity IS 'who provides the service; NULL: not stated';
COMMENT ON COLUMN bedrock.spend.invoicing_entity IS 'who invoices; NULL: not stated';
COMMENT ON COLUMN bedrock.spend.invoice_id IS 'invoice; NULL: not invoiced yet, or the source has no invoices';
COMMENT ON COLUMN bedrock.spend.is_final IS
    'whether payer, period and billing entity are final: the period has ended and every line has an invoice id (a '
    'source without: it ended more than 15 days ago)';
COMMENT ON COLUMN bedrock.spend.charge_type IS 'line item type as billed (FOCUS: ChargeCategory)';
COMMENT ON COLUMN bedrock.spend.charge_category IS
    'usage, commitment_offset, commitment_fee, fee, tax, credit, refund, discount, adjustment, unknown';
COMMENT ON COLUMN bedrock.spend.charge_description IS 'description as billed; NULL: none';
COMMENT ON COLUMN bedrock.spend.product_code IS 'product code as billed; a hash on Marketplace lines';
COMMENT ON COLUMN bedrock.spend.product_name IS 'product name as billed; NULL: none';
COMMENT ON COLUMN bedrock.spend.sku IS 'SKU as billed; NULL: none';
COMMENT ON COLUMN bedrock.spend.usage_type IS
    'usage type as billed (FOCUS: x_UsageType, else SkuMeter where that is a usage type); NULL: the line has none';
COMMENT ON COLUMN bedrock.spend.operation IS
    'operation as billed; it changed in January 2026 from Usage to InvokeModelInference and its kin; NULL: none';
COMMENT ON COLUMN bedrock.spend.usage_group IS
    'what is metered: tokens, media, search_units, provisioned_throughput, reserved, custom_model_import, '
    'customization, guardrail, knowledge_base, agent, flow, evaluation, prompt, data_automation, agentcore, grounding, '
    'other; NULL: no usage type, or an unreadable one';
COMMENT ON COLUMN bedrock.spend.pricing_model IS
    'on_demand, batch, flex, priority, latency_optimized, provisioned, reserved, customization, custom_model_import; '
    'NULL: no usage';
COMMENT ON COLUMN bedrock.spend.provider IS 'who made the model; NULL: no model, or one the catalogue does not know';
COMMENT ON COLUMN bedrock.spend.model_id IS
    'foundation model: of the resource id, else the registry, else the product name, else the usage type; NULL: the '
    'line is about no model, or none of them states it (listed in bedrock.unrecognized)';
COMMENT ON COLUMN bedrock.spend.model_name IS 'name of the model in the catalogue, else its id; NULL: model_id is NULL';
COMMENT ON COLUMN bedrock.spend.model_family IS 'what versions roll up to: Opus, Sonnet, Haiku, Nova; NULL: not known';
COMMENT ON COLUMN bedrock.spend.token_kind IS 'input, output, cache_read, cache_write; NULL: not metered in tokens';
COMMENT ON COLUMN bedrock.spend.modality IS
    'text, image, speech, audio, video where the usage type states it; NULL: it does not';
COMMENT ON COLUMN bedrock.spend.cache_ttl IS '5m, 30m, 1h where the usage type states it; NULL: it does not';
COMMENT ON COLUMN bedrock.spend.tier IS
    'standard, batch, flex, priority, latency_optimized; NULL: not metered in tokens';
COMMENT ON COLUMN bedrock.spend.routing IS
    'global, geo or regional, as priced; NULL: neither tokens nor reserved capacity';
COMMENT ON COLUMN bedrock.spend.ai_region_type IS
    'where the answer may have been computed: cross_region_global, cross_region_geo, same_region, unknown, '
    'not_applicable (no inference)';
COMMENT ON COLUMN bedrock.spend.geo_prefix IS
    'geography of the profile: us, eu, apac, jp, au, ca, in, us-gov, global, or that of bedrock.system_profile; NULL: '
    'no profile, or one whose geography is not known (listed in bedrock.unrecognized)';
COMMENT ON COLUMN bedrock.spend.endpoint IS 'bedrock-runtime or bedrock-mantle; NULL: not stated';
COMMENT ON COLUMN bedrock.spend.long_context IS 'whether the long-context rate applies; NULL: not metered in tokens';
COMMENT ON COLUMN bedrock.spend.custom_model IS 'whether a fine-tuned model is stated; NULL: no usage type';
COMMENT ON COLUMN bedrock.spend.resource_id IS 'resource id as billed; NULL: none on the line, or not recorded';
COMMENT ON COLUMN bedrock.spend.resource_type IS 'type of the Bedrock resource; NULL: no Bedrock resource';
COMMENT ON COLUMN bedrock.spend.request_path IS
    'how the request reached the model: application_profile, system_profile, foundation_model, provisioned_model, '
    'custom_model, imported_model, prompt_router, project, other, none (a resource id that is no Bedrock ARN), '
    'not_inference (known to be no request: not usage, or metered as something else), no_resource_id (source and '
    'period record ids, this line has none), not_recorded';
COMMENT ON COLUMN bedrock.spend.via_profile IS
    'whether the request went through an inference profile; NULL: resource ids are not recorded';
COMMENT ON COLUMN bedrock.spend.profile_kind IS 'application, system, none, not_recorded';
COMMENT ON COLUMN bedrock.spend.profile_id IS 'id of the profile; NULL: none';
COMMENT ON COLUMN bedrock.spend.profile_name IS
    'name of the profile in the registry as of the day, else its id; NULL: no profile';
COMMENT ON COLUMN bedrock.spend.profile_suffix IS 'text after the profile id; NULL: none';
COMMENT ON COLUMN bedrock.spend.project_id IS 'id of the bedrock-mantle project; NULL: none';
COMMENT ON COLUMN bedrock.spend.project_name IS
    'name of that project in the registry as of the day, else its id; NULL: none';
COMMENT ON COLUMN bedrock.spend.control_layer IS
    'profile, project, direct, unknown (no resource id), not_applicable (no inference)';
COMMENT ON COLUMN bedrock.spend.iam_principal IS 'IAM principal as billed; NULL: none on the line, or not recorded';
COMMENT ON COLUMN bedrock.spend.principal_kind IS
    'iam_user, api_key, role, assumed_role, sso, federated_user, root, service, unknown, none, not_recorded';
COMMENT ON COLUMN bedrock.spend.principal_name IS 'name of the role or user; NULL: none';
COMMENT ON COLUMN bedrock.spend.principal_session IS 'session of an assumed role; NULL: none';
COMMENT ON COLUMN bedrock.spend.principal_key IS 'one key for a role and all its sessions; NULL: none';
COMMENT ON COLUMN bedrock.spend.user_email IS
    'session or name of the principal where it is an e-mail address; NULL: it is none';
COMMENT ON COLUMN bedrock.spend.user_identifier IS 'IAM Identity Center user as billed; NULL: none';
COMMENT ON COLUMN bedrock.spend.permission_set IS 'permission set of an SSO role; NULL: no SSO role';
COMMENT ON COLUMN bedrock.spend.caller_class IS
    'human, machine, api_key, unknown, none, not_recorded, by the rules of bedrock.class_rule';
COMMENT ON COLUMN bedrock.spend.traffic_class IS
    'coding_assistant, batch, production, test, unclassified, not_applicable (no inference), or a word of your own, by '
    'the rules of bedrock.class_rule: as shipped by tier and tags, else the latest registry labels of the profile';
COMMENT ON COLUMN bedrock.spend.tags IS
    'all tags with their original keys; {}: none on the line; NULL: source and period record none, or a map could not '
    'be read';
COMMENT ON COLUMN bedrock.spend.team IS
    'label of the profile or principal as of the day, else of the workload, else tag; (untagged): set by none';
COMMENT ON COLUMN bedrock.spend.application IS
    'label of the profile or principal as of the day, else of the workload, else tag; (untagged): set by none';
COMMENT ON COLUMN bedrock.spend.project IS
    'label of the profile or principal as of the day, else of the workload, else tag; (untagged): set by none';
COMMENT ON COLUMN bedrock.spend.environment IS
    'of the workload as of the day, else label of the profile or principal, else tag; prod, staging, dev, test and '
    'what else is written; (untagged): set by none';
COMMENT ON COLUMN bedrock.spend.cost_center IS
    'label of the profile or principal as of the day, else of the workload, else tag; (untagged): set by none';
COMMENT ON COLUMN bedrock.spend.department IS
    'label of the principal (bedrock.set_label), else user attribute, else IAM principal tag, else label of the '
    'profile or of the workload, else resource tag; (untagged): set by none';
COMMENT ON COLUMN bedrock.spend.customer IS
    'label of the profile or principal as of the day, else of the workload, else tag; (untagged): set by none';
COMMENT ON COLUMN bedrock.spend.workflow IS
    'label of the profile or principal as of the day, else of the workload, else tag; (untagged): set by none';
COMMENT ON COLUMN bedrock.spend.engineer IS
    'label of the profile or principal as of the day, else of the workload, else tag; (untagged): set by none';
COMMENT ON COLUMN bedrock.spend.attribution_kind IS
    'strongest owner signal on the line: application_profile, project, iam_principal, tag, none, not_recorded (none '
    'found, and not all of them are recorded)';
COMMENT ON COLUMN bedrock.spend.attribution_rule IS
    'what decided the owner of the day: claim:resource, else claim:project, claim:principal, rule:<name> of the first '
    'owner rule that matches; unclaimed: none did; charge:<category>: no usage, and none did. bedrock.explain shows '
    'what was tried';
COMMENT ON COLUMN bedrock.spend.evidence_trust IS
    'where the evidence of the owner is from: billing (columns and tags of the bill), registry (names and labels), '
    'session_tag (tags of the caller), request_metadata (logs), trusted in this order; NULL: no workload owns it';
COMMENT ON COLUMN bedrock.spend.claim_id IS 'claim that decided; NULL: none did';
COMMENT ON COLUMN bedrock.spend.workload IS
    'who pays: a workload, (unclaimed) for usage nobody claimed, (not allocated) for other charges';
COMMENT ON COLUMN bedrock.spend.owner IS
    'who answers for the workload; NULL: nobody named. What a tag says is in tag_owner';
COMMENT ON COLUMN bedrock.spend.element1 IS 'first level of the hierarchy; NULL: not placed';
COMMENT ON COLUMN bedrock.spend.element2 IS 'second level of the hierarchy; NULL: not placed';
COMMENT ON COLUMN bedrock.spend.element3 IS 'third level of the hierarchy; NULL: not placed';
COMMENT ON COLUMN bedrock.spend.element4 IS 'fourth level of the hierarchy; NULL: not placed';
COMMENT ON COLUMN bedrock.spend.element_path IS 'all levels from the top; NULL: not placed';
COMMENT ON COLUMN bedrock.spend.expected IS
    'false: usage that breaks a policy of bedrock.model_policy that is in force on its day; true: owned and breaks '
    'none; NULL: no owner and breaks none, or it cannot be told';
COMMENT ON COLUMN bedrock.spend.expected_reason IS
    'the policies it breaks, and how: policy: model not allowed, model denied, operation not allowed, path not '
    'allowed, called outside, may be answered outside; or what is not known of it: model not known, operation not '
    'known, path not known, region not known, coverage not known (of an account or region that the line does not '
    'state); several separated by ", ". NULL: none';
COMMENT ON COLUMN bedrock.spend.lines IS 'CUR lines, never requests';
COMMENT ON COLUMN bedrock.spend.usage_amount IS
    'in pricing_unit, usage lines only; NULL: other charges, which repeat the amount of what they discount';
COMMENT ON COLUMN bedrock.spend.pricing_unit IS 'unit of usage_amount as billed';
COMMENT ON COLUMN bedrock.spend.tokens IS
    'tokens, usage lines only; NULL: not metered in tokens. Cost per token: cost of the lines that have tokens / '
    'tokens';
COMMENT ON COLUMN bedrock.spend.unblended_cost IS 'as billed, in currency; NULL: the source has none (FOCUS)';
COMMENT ON COLUMN bedrock.spend.blended_cost IS 'as billed, in currency; NULL: the source has none';
COMMENT ON COLUMN bedrock.spend.net_unblended_cost IS
    'after discounts, in currency, decided a payer and period: where the net column is filled anywhere it counts, '
    'discount lines without one then as 0; where nowhere, net is unblended';
COMMENT ON COLUMN bedrock.spend.amortized_cost IS
    'commitments spread over their use, in currency; NULL: the source has none (FOCUS)';
COMMENT ON COLUMN bedrock.spend.net_amortized_cost IS 'amortized after discounts, in currency';
COMMENT ON COLUMN bedrock.spend.public_on_demand_cost IS
    'at public prices, in currency; NULL: the bill gives 0 or nothing on usage with cost (every Marketplace line)';
COMMENT ON COLUMN bedrock.spend.list_cost IS
    'public_on_demand_cost, else tokens, or what is metered without a model, at the price book of the day; NULL: '
    'neither. Discounts only over lines that have it';
COMMENT ON COLUMN bedrock.spend.list_cost_basis IS 'bill, book or none: where list_cost is from';
COMMENT ON COLUMN bedrock.spend.ai_cost IS 'the metric cost_metric names, in currency';
COMMENT ON COLUMN bedrock.spend.cost_metric IS
    'metric that ai_cost carries on this line: setting ai_cost_metric; FOCUS has only the net ones';
COMMENT ON COLUMN bedrock.spend.currency IS 'currency of every amount of the row; never sum over two';
COMMENT ON COLUMN bedrock.spend.dimension_id IS 'row of bedrock.dimension with all raw strings';
COMMENT ON COLUMN bedrock.spend.bedrock_basis IS
    'why the line counts as Bedrock: product, resource, proved (by another line of the payer), probable (its name '
    'contains Bedrock, nothing proves it: leave it out with bedrock_basis <> ''probable'')';
COMMENT ON COLUMN bedrock.spend.model_basis IS
    'where model_id was read: resource_id, registry, product_name, usage_type, unresolved; NULL: the line is about '
    'no model';
COMMENT ON COLUMN bedrock.spend.usage_hour IS
    'hour the line begins, for patterns of use and other time zones; NULL: its source is kept by day (keep => ''hour'' '
    'of bedrock.attach and bedrock.load_cur)';
COMMENT ON COLUMN bedrock.spend.agentcore_component IS
    'component of Amazon Bedrock AgentCore: runtime, memory, gateway, browser, code_interpreter, web_search, identity, '
    'policy, evaluation, knowledge_base, data_transfer, other (a meter whose name has none of these); NULL: no line '
    'of AgentCore';
COMMENT ON COLUMN bedrock.spend.tag_owner IS
    'tag Owner of the line, as bedrock_tag(tags, ''Owner'') has it; it decides nothing: coalesce(owner, tag_owner) '
    'names somebody where no workload does. NULL: no such tag';
SELECT bedrock_internal.copy_comments('bedrock.spend', 'bedrock_internal.dimension_reading');
COMMENT ON COLUMN bedrock_internal.dimension_reading.caller_class IS
    'human, machine, api_key, unknown, none, not_recorded, by the rules of bedrock.class_rule that are not about '
    'sessions';

CREATE OR REPLACE VIEW bedrock.spend_monthly WITH (security_invoker) AS
SELECT f.billing_period, d.charge_grain, b.source, b.payer_account_id, d.account_id, d.account_name, d.region,
       b.billing_entity, b.legal_entity, b.invoicing_entity, b.invoice_id, b.is_final, d.charge_type, d.charge_category,
       d.charge_description, d.product_code, d.product_name, d.sku, d.usage_type, d.operation, d.usage_group,
       d.pricing_model, d.provider, d.model_id, d.model_name, d.model_family, d.token_kind, d.modality, d.cache_ttl,
       d.tier, d.routing, d.ai_region_type, d.geo_prefix, d.endpoint, d.long_context, d.custom_model, d.resource_id,
       d.resource_type, d.request_path, d.via_profile, d.profile_kind, d.profile_id, a.profile_name, d.profile_suffix,
       d.project_id, a.project_name, d.control_layer, s.iam_principal, d.principal_kind, d.principal_name,
       s.principal_session, d.principal_key, s.user_email, d.user_identifier, d.permission_set,
       CASE WHEN s.caller_rule < d.caller_rule THEN s.caller_class ELSE d.caller_class END AS caller_class,
       d.traffic_class, d.tags, a.team, a.application, a.project, a.environment, a.cost_center, a.department,
       a.customer, a.workflow, a.engineer, d.attribution_kind, a.attribution_rule, a.evidence_trust, a.claim_id,
       o.workload, o.owner, o.element1, o.element2, o.element3, o.element4, o.element_path, a.expected,
       a.expected_reason, f.lines, f.usage_amount, d.pricing_unit, f.tokens, f.unblended_cost, f.blended_cost,
       f.net_unblended_cost, f.amortized_cost, f.net_amortized_cost, f.public_on_demand_cost, f.list_cost, CASE WHEN
       d.list_known THEN 'bill' WHEN f.list_cost IS NOT NULL THEN 'book' ELSE 'none' END AS list_cost_basis, f.ai_cost,
       b.cost_metric, d.currency,
       f.dimension_id::bigint AS dimension_id, d.bedrock_basis, d.model_basis,
       d.agentcore_component, d.tag_owner
FROM bedrock.fact_month AS f
LEFT JOIN bedrock.bill AS b ON b.bill_id = f.bill_id
LEFT JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
LEFT JOIN bedrock.attribution AS a ON a.attribution_id = f.attribution_id
LEFT JOIN bedrock.owner AS o ON o.owner_id = a.owner_id
LEFT JOIN bedrock.session AS s ON s.session_id = f.session_id
WHERE NOT f.superseded;
COMMENT ON VIEW bedrock.spend_monthly IS
    'bedrock.spend without the day, for questions about whole billing periods: the same amounts in fewer rows. The '
    'sessions of a role with more than a hundred in a billing period of a payer, people not counted, are one row';
SELECT bedrock_internal.copy_comments('bedrock.spend', 'bedrock.spend_monthly');
COMMENT ON COLUMN bedrock.spend_monthly.iam_principal IS
    'IAM principal as billed, without its session where principal_session is left out; NULL: none on the line, or not '
    'recorded';
COMMENT ON COLUMN bedrock.spend_monthly.principal_session IS
    'session of an assumed role; NULL: none, or the role had too many (bedrock.bill_total.high_session_roles); '
    'bedrock.spend has each';

CREATE OR REPLACE VIEW bedrock.usage_pattern WITH (security_invoker) AS
-- Facts are grouped by numbers before their texts are looked up: many of them are of one dimension.
SELECT f.billing_period, CASE WHEN d.charge_grain <> 'period' THEN f.weekday END AS weekday,
       CASE WHEN d.charge_grain = 'hour' THEN f.hour_of_day END AS hour_of_day,
       f.source, d.account_id, a.project, a.application, d.profile_id, a.profile_name, d.model_name, d.currency,
       sum(f.lines)::bigint AS lines,
       sum(f.tokens) AS tokens, sum(f.unblended_cost) AS unblended_cost,
       sum(f.net_unblended_cost) AS net_unblended_cost, sum(f.ai_cost) AS ai_cost
FROM (SELECT g.billing_period, b.source, g.dimension_id, g.attribution_id,
             extract(isodow FROM g.usage_date)::bigint AS weekday,
             extract(hour FROM g.usage_hour AT TIME ZONE 'UTC')::bigint AS hour_of_day, sum(g.lines) AS lines,
             sum(g.tokens) AS tokens,
             sum(g.unblended_cost) AS unblended_cost, sum(g.net_unblended_cost) AS net_unblended_cost,
             sum(g.ai_cost) AS ai_cost
      FROM bedrock.fact AS g LEFT JOIN bedrock.bill AS b ON b.bill_id = g.bill_id
      WHERE NOT g.superseded
      GROUP BY 1, 2, 3, 4, 5, 6) AS f
LEFT JOIN bedrock.dimension AS d ON d.dimension_id = f.dimension_id
LEFT JOIN bedrock.attribution AS a ON a.attribution_id = f.attribution_id
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11;
COMMENT ON VIEW bedrock.usage_pattern IS
    'bedrock.spend by weekday and hour of the day (UTC); for another time zone group bedrock.spend by usage_hour AT '
    'TIME ZONE. All rows together are the whole of bedrock.spend';
SELECT bedrock_internal.copy_comments('bedrock.spend', 'bedrock.usage_pattern');
COMMENT ON COLUMN bedrock.usage_pattern.weekday IS
    '1 Monday to 7 Sunday (UTC); NULL: lines that cover a whole period, as tax and credits';
COMMENT ON COLUMN bedrock.usage_pattern.hour_of_day IS
    '0 to 23 (UTC); NULL: lines that cover more than an hour, and sources kept by day (keep => ''hour'' of '
    'bedrock.attach and bedrock.load_cur)';

-- Asking and answering: how far the data reaches, the questions' heads, bedrock.ask, bedrock.answer, and the one report
-- that takes a list. The shipped rows follow in the files 70-question-a to 70-question-j.

-- Days and no amounts: with the rights of its owner, as bedrock.bill.
CREATE OR REPLACE VIEW bedrock.freshness AS
SELECT b.source, b.payer_account_id, b.billing_entity, b.billing_period, u.data_through, p.refreshed_at AS loaded_at,
       round(extract(epoch FROM now() - (u.data_through + 1)::timestamp AT TIME ZONE 'UTC') / 3600, 1) AS age_hours,
       b.is_final, b.is_final_basis
FROM (SELECT t.source, t.payer_account_id, t.billing_entity, t.billing_period, bool_and(t.is_final) AS is_final,
             min(t.is_final_basis) AS is_final_basis
      FROM bedrock.bill_total AS t
      WHERE t.bedrock_lines > 0 AND NOT t.superseded
      GROUP BY 1, 2, 3, 4) AS b
JOIN bedrock.period AS p
    ON p.source = b.source AND p.payer_account_id = b.payer_account_id AND p.billing_period = b.billing_period
LEFT JOIN (SELECT t.source, t.payer_account_id, t.billing_period, max(t.last_usage_date) AS last_day
           FROM bedrock.bill_total AS t
           WHERE NOT t.superseded
           GROUP BY 1, 2, 3) AS s
    ON s.source = b.source AND s.payer_account_id = b.payer_account_id AND s.billing_period = b.billing_period
CROSS JOIN LATERAL (
    SELECT (b.billing_period + interval '1 month')::date - 1 AS period_end,
           (p.refreshed_at AT TIME ZONE 'UTC')::date AS loaded_day,
           bedrock_internal.setting_value(
                   CASE WHEN b.billing_entity = 'AWS Marketplace' THEN 'data_lag_days_marketplace'
                        ELSE 'data_lag_days_aws' END)::integer AS lag_days,
           b.is_final OR EXISTS (SELECT FROM bedrock.period AS n
                                 WHERE n.source = b.source AND n.payer_account_id = b.payer_account_id
                                   AND n.billing_period > b.billing_period) AS ended) AS e
CROSS JOIN LATERAL (
    -- A later month, or an invoice, ends a month; else its last day of usage does, once the lag after it has passed.
    SELECT CASE WHEN b.is_final THEN e.period_end
                WHEN e.loaded_day < s.last_day THEN s.last_day
                ELSE least(CASE WHEN e.ended THEN e.period_end ELSE s.last_day END, e.loaded_day - e.lag_days) END
                    AS data_through) AS u;
COMMENT ON VIEW bedrock.freshness IS
    'how far the Bedrock lines of each source reach, one row for each payer, billing entity and billing period';
SELECT bedrock_internal.copy_comments('bedrock.bill_total', 'bedrock.freshness');
COMMENT ON COLUMN bedrock.freshness.data_through IS
    'last complete day (UTC): the end of a month that is final or that a later one follows, else the last day with '
    'usage; never younger than the lag of the billing entity before the load (settings data_lag_days_aws, '
    'data_lag_days_marketplace); NULL: no usage by day';
COMMENT ON COLUMN bedrock.freshness.loaded_at IS 'when bedrock.refresh last read the period';
COMMENT ON COLUMN bedrock.freshness.age_hours IS 'hours since the end of data_through; NULL: no usage by day';

-- Values of bills that neither parsers nor catalogues could place: listed with the cost at stake, never guessed.

-- A finding is made once for each dimension that has it: most have none.
CREATE OR REPLACE VIEW bedrock.unrecognized WITH (security_invoker) AS
SELECT found.kind, found.value, sum(f.lines)::bigint AS lines, sum(f.cost) AS cost, found.currency,
       min(f.first_period) AS first_period,
       max(f.last_period) AS last_period, min(found.suggestion) AS suggestion
FROM (
    SELECT d.dimension_id, d.currency,
           CASE w.kind WHEN 'registry' THEN CASE d.request_path WHEN 'project' THEN 'project' ELSE 'profile' END
                ELSE w.kind END AS kind,
           CASE w.kind
               WHEN 'usage_type' THEN d.usage_type
               WHEN 'no_usage_type' THEN coalesce(d.product_name, d.product_code, d.charge_description, '(nothing)')
               WHEN 'product' THEN coalesce(d.product_code || ' / ' || d.product_name, d.product_code, d.product_name)
               WHEN 'unit' THEN coalesce(d.pricing_unit, '(none)')
               WHEN 'model'
                   THEN CASE WHEN d.billing_entity = 'AWS Marketplace'
                                 THEN coalesce(d.product_name, d.charge_description, d.product_code)
                             ELSE coalesce(d.usage_type, d.product_name, d.product_code) END
               WHEN 'model_id' THEN d.model_id
               WHEN 'region'
                   THEN coalesce(d.region, nullif(d.region_code, 'global'),
                                 'prefix ' || split_part(split_part(d.usage_type, '-', 1), '_', 1))
               WHEN 'geo_prefix' THEN split_part(d.profile_id, '.', 1)
               WHEN 'charge_type' THEN coalesce(d.charge_type, '(none)')
               WHEN 'tag_map' THEN left(d.tags_raw, 200)
               WHEN 'principal' THEN d.principal
               ELSE d.resource_id END AS value,
           CASE w.kind
               WHEN 'usage_type' THEN
                   'No meter of this name is known: the cost is kept, without tokens, tier or model. Look it up in the '
                   'AWS price list; a later version of the extension reads new meters'
               WHEN 'no_usage_type' THEN
                   'The line has no usage type (in FOCUS 1.2 and later SkuMeter has it): what was metered is not '
                   'known. Select the column in the export, or attach a CUR 2.0 export of the same account as well, '
                   'and SELECT bedrock.prefer_source(''its name'')'
               WHEN 'product' THEN
                   format('The name contains Bedrock, nothing proves it. If it is: INSERT INTO bedrock.product '
                          '(payer_account_id, product_code, proof) VALUES (''*'', %L, ''user''), then SELECT * FROM '
                          'bedrock.refresh(force => true)', d.product_code)
               WHEN 'unit' THEN
                   'A meter of tokens in a unit that is not known: its tokens are left out. Select pricing_unit in the '
                   'export where it is missing; a unit is never guessed'
               WHEN 'model' THEN
                   CASE WHEN d.billing_entity = 'AWS Marketplace'
                        THEN format('INSERT INTO bedrock.model_alias (kind, alias, model_id) VALUES (''product_name'', '
                                    '%L, ''the model''''s id''), then SELECT * FROM bedrock.refresh()', d.product_name)
                        ELSE format('INSERT INTO bedrock.model_alias (kind, alias, model_id) VALUES '
                                    '(''usage_type_token'', %L, ''the model''''s id''), then SELECT * FROM '
                                    'bedrock.refresh(); lines of an application profile also resolve once it is '
                                    'imported',
                                    (@extschema@.bedrock_usage_parts(d.usage_type)).model_token) END
               WHEN 'model_id' THEN
                   format('No catalogue has this model: provider, family and name are missing. SELECT * FROM '
                          'bedrock.load_catalogue(path) with what aws bedrock list-foundation-models prints, or INSERT '
                          'INTO bedrock.model (model_id, provider, model_family, model_name) VALUES (%L, ...), then '
                          'SELECT * FROM bedrock.refresh()', d.model_id)
               WHEN 'region' THEN
                   CASE WHEN d.region IS NULL
                            THEN format('INSERT INTO bedrock.region (region, cur_prefix) VALUES (''the region'', %L), '
                                        'then SELECT * FROM bedrock.refresh()',
                                        split_part(split_part(d.usage_type, '-', 1), '_', 1))
                        ELSE format('INSERT INTO bedrock.region (region, name) VALUES (%L, ''its name''), then SELECT '
                                    '* FROM bedrock.refresh()', d.region) END
               WHEN 'geo_prefix' THEN
                   format('A geography that is newer than this extension: the profile is AWS''s, where it may answer '
                          'is not known. SELECT bedrock.import_profiles(document) with what aws bedrock '
                          'list-inference-profiles prints, or INSERT INTO bedrock.system_profile (profile_id, '
                          'model_id, pool, geo_prefix) VALUES (%L, %L, ''the geography'', %L) for each profile, then '
                          'SELECT * FROM bedrock.refresh()',
                          d.profile_id, d.model_id, split_part(d.profile_id, '.', 1))
               WHEN 'charge_type' THEN
                   format('INSERT INTO bedrock.charge_category_map (line_item_type, charge_category) VALUES '
                          '(%L, ''usage, fee, tax, credit, ...''), then SELECT * FROM bedrock.refresh(force => true)',
                          d.charge_type)
               WHEN 'tag_map' THEN
                   'The map of tags is no JSON object: its tags are not read, its text stays in '
                   'bedrock.dimension.tags_raw. Load the file as AWS wrote it, or attach a view that makes JSON of the '
                   'column'
               WHEN 'registry' THEN
                   CASE d.request_path WHEN 'project'
                        THEN format('The registry knows the project only from the bill: SELECT '
                                    'bedrock.import_profiles(document) with the project list of bedrock-mantle (GET '
                                    '/v1/organization/projects), or SELECT bedrock.register_profile(%L, ...)',
                                    d.resource_id)
                        ELSE format('The registry knows the profile only from the bill: its name, source model and '
                                    'labels are missing. SELECT bedrock.import_profiles(document) with what these '
                                    'print: aws bedrock get-inference-profile --inference-profile-identifier %1$s; aws '
                                    'bedrock list-tags-for-resource --resource-arn %1$s', d.resource_id) END
               WHEN 'resource' THEN
                   CASE WHEN octet_length(d.resource_id) > 2048
                        THEN 'A resource id longer than an ARN can be (2,048 bytes): it is kept and nothing is read '
                             'out of it. Compare it with the file AWS delivered'
                        ELSE 'An inference line with a resource id that is no ARN of a Bedrock service: the way the '
                             'request took is not known' END
               ELSE 'No form of IAM principal that is known: the caller has no kind and no name. Compare it with the '
                    'ARN in CloudTrail' END AS suggestion
    -- OFFSET: made once for each dimension, and those without a finding go before anything is unnested.
    FROM (SELECT d.*, array_remove(ARRAY[
                     CASE WHEN d.charge_category = 'usage' AND d.usage_type IS NOT NULL
                              AND (coalesce(d.usage_group, 'other') = 'other' OR d.agentcore_component = 'other')
                              THEN 'usage_type' END,
                     CASE WHEN d.charge_category = 'usage' AND d.usage_type IS NULL
                              AND d.usage_group IS NULL THEN 'no_usage_type' END,
                     CASE WHEN d.bedrock_basis = 'probable' THEN 'product' END,
                     CASE WHEN d.charge_category = 'usage' AND d.usage_group = 'tokens' AND d.token_kind IS NOT NULL
                              AND d.tokens_per_unit = 0 THEN 'unit' END,
                     CASE WHEN d.charge_category = 'usage' AND d.model_basis = 'unresolved' THEN 'model' END,
                     CASE WHEN d.charge_category = 'usage' AND d.model_id IS NOT NULL
                              AND d.provider IS NULL THEN 'model_id' END,
                     CASE WHEN d.charge_category = 'usage'
                              AND coalesce(d.region, nullif(d.region_code, 'global'),
                                           'prefix ' || split_part(split_part(d.usage_type, '-', 1), '_', 1))
                              IS NOT NULL
                               AND NOT EXISTS (SELECT FROM bedrock.region AS r WHERE r.region = d.region) THEN 'region'
                                   END,
                     CASE WHEN d.request_path = 'system_profile' AND d.geo_prefix IS NULL THEN 'geo_prefix' END,
                     CASE WHEN d.charge_category = 'unknown' THEN 'charge_type' END,
                     CASE WHEN d.tags_raw IS NOT NULL THEN 'tag_map' END,
                     CASE WHEN d.request_path IN ('application_profile', 'project')
                               AND NOT EXISTS (SELECT FROM bedrock.profile AS p
                                               WHERE p.profile_arn = d.resource_id AND upper_inf(p.recorded)
                                                 AND p.origin <> 'discovered') THEN 'registry' END,
                     CASE WHEN d.charge_category = 'usage' AND d.usage_group IN ('tokens', 'media', 'search_units')
                              AND d.request_path = 'none'
                               OR octet_length(d.resource_id) > 2048 THEN 'resource' END,
                     CASE WHEN d.principal_kind = 'unknown' THEN 'principal' END], NULL) AS kinds
          FROM bedrock.dimension AS d OFFSET 0) AS d
    CROSS JOIN LATERAL unnest(d.kinds) AS w (kind)
    WHERE d.kinds <> '{}') AS found
JOIN (SELECT m.dimension_id, sum(m.lines) AS lines, sum(m.ai_cost) AS cost, min(m.billing_period) AS first_period,
             max(m.billing_period) AS last_period
      FROM bedrock.fact_month AS m
      WHERE NOT m.superseded
      GROUP BY m.dimension_id) AS f ON f.dimension_id = found.dimension_id
GROUP BY found.kind, found.value, found.currency;
COMMENT ON VIEW bedrock.unrecognized IS
    'values that neither parsers nor catalogues could place, by kind and currency, with lines and cost at stake and '
    'what to do about it; nothing is guessed. A line may count under several kinds: never sum over kinds';
COMMENT ON COLUMN bedrock.unrecognized.kind IS
    'usage_type (no such meter is known), no_usage_type (a FOCUS file without SkuMeter), product (probable: its name '
    'contains Bedrock, nothing proves it), unit (of a token meter), model (unresolved), model_id (in no catalogue), '
    'region, geo_prefix (of a system profile, newer than the list), charge_type (in no category), tag_map (no JSON '
    'object), profile and project (known from the bill only), resource (no Bedrock ARN on an inference line), '
    'principal (no known form)';
COMMENT ON COLUMN bedrock.unrecognized.value IS
    'the value as billed; a map of tags cut to 200 characters; (none): an empty one';
COMMENT ON COLUMN bedrock.unrecognized.lines IS 'CUR lines that have it';
COMMENT ON COLUMN bedrock.unrecognized.cost IS 'their cost in the metric of bedrock.spend.ai_cost, in currency';
COMMENT ON COLUMN bedrock.unrecognized.currency IS 'currency of cost; never sum over two';
COMMENT ON COLUMN bedrock.unrecognized.first_period IS 'first billing period that has it';
COMMENT ON COLUMN bedrock.unrecognized.last_period IS 'last billing period that has it';
COMMENT ON COLUMN bedrock.unrecognized.suggestion IS
    'what to do: the statement that completes a catalogue, or what to switch on in AWS';
