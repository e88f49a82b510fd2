-- Shipped charge policies, made anew by every update. A tax and a credit are of the whole bill and are nobody's; a
-- discount reduces what was used; a refund or an adjustment corrects an earlier charge and goes where that resource is
-- used. Fees of commitments and what they offset are two halves of one thing and go one way, to those who use what was
-- committed to. What is not understood is not given to anybody.
DELETE FROM bedrock.charge_policy WHERE builtin;
INSERT INTO bedrock.charge_policy (charge_category, policy, builtin, valid, recorded, reason)
SELECT p.charge_category, p.policy, true, '[-infinity,)', '[-infinity,)', 'shipped'
FROM (VALUES ('discount', 'prorata'), ('commitment_fee', 'prorata'), ('commitment_offset', 'prorata'),
             ('fee', 'prorata'), ('refund', 'follow'), ('adjustment', 'follow'), ('credit', 'central'),
             ('tax', 'central'), ('unknown', 'central')) AS p (charge_category, policy);

INSERT INTO bedrock.setting (name, valid_from, value, note, builtin, recorded_at) VALUES
    ('fiscal_year_first_month', '-infinity', '1', 'month, 1 to 12, a fiscal year begins with; '
     'bedrock.set_fiscal_period sets periods that are no calendar months', true, '-infinity');
