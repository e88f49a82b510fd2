-- The views over attached sources: bedrock.line_item, one shape for all, and bedrock.cur2, the names of CUR 2.0.
-- They are built when a source is attached and are no members of the extension: DROP TABLE .. CASCADE of a source takes
-- the views alone, and a dump holds them as they are. So nothing in the install script may call bedrock.rebuild_views.

DELETE FROM bedrock.charge_category_map WHERE builtin;
INSERT INTO bedrock.charge_category_map (line_item_type, charge_category, builtin) VALUES
    ('Usage', 'usage', true), ('DiscountedUsage', 'usage', true), ('SavingsPlanCoveredUsage', 'usage', true),
    ('SavingsPlanNegation', 'commitment_offset', true),
    ('RIFee', 'commitment_fee', true), ('SavingsPlanRecurringFee', 'commitment_fee', true), ('SavingsPlanUpfrontFee', 'commitment_fee', true),
    ('Fee', 'fee', true), ('Tax', 'tax', true), ('Credit', 'credit', true), ('Refund', 'refund', true),
    ('EdpDiscount', 'discount', true), ('PrivateRateDiscount', 'discount', true), ('SppDiscount', 'discount', true),
    ('BundledDiscount', 'discount', true), ('RiVolumeDiscount', 'discount', true), ('Discount', 'discount', true),
    -- FOCUS; Correction is a charge class and stands over the category.
    ('Purchase', 'fee', true), ('Adjustment', 'adjustment', true), ('Correction', 'adjustment', true);
