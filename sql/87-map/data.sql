-- What AWS publishes about MAP and Bedrock, made anew by every update. Sources: the MAP 2.0 tagging guide, chapter
-- Amazon Bedrock MAP Tagging, and its FAQs, both as of autumn 2026.
DELETE FROM bedrock.map_rule WHERE builtin;
INSERT INTO bedrock.map_rule (subject, value, counts, valid, recorded, source, reason, builtin)
SELECT r.subject, r.value, r.counts, r.valid::daterange, '[-infinity,)',
       'AWS MAP 2.0 Tagging Guide, ' || CASE r.chapter WHEN 'FAQ' THEN 'Frequently Asked Questions'
                                                       ELSE 'Amazon Bedrock MAP Tagging' END, r.note, true
FROM (VALUES
    ('method', 'principal', true, '[2026-06-08,)', 'guide', 'tag of the IAM role or user that calls'),
    ('method', 'profile', true, '[2024-12-16,)', 'guide', 'tag of the application inference profile'),
    ('method', 'project', true, '[2024-12-16,)', 'guide',
     'tag of the bedrock-mantle project; no day of its own is published, so that of Bedrock'),
    ('method', 'resource', true, '[2024-12-16,)', 'guide',
     'tag of another resource, as a provisioned model; no day of its own is published, so that of Bedrock'),
    ('product', 'AmazonBedrock', true, '[2024-12-16,)', 'guide', NULL),
    ('product', 'AmazonBedrockAgentCore', false, '[-infinity,2026-06-08)', 'guide',
     'named first together with principal tags'),
    ('product', 'AWS Marketplace', true, '[2024-12-16,)', 'guide',
     'models of third parties are included; they are sold through AWS Marketplace, so their lines name it'),
    ('product', 'AWS Marketplace provisioned throughput', false, '[-infinity,)', 'FAQ',
     'provisioned throughput counts where it is bought in the Bedrock console or by its API'),
    ('model', NULL, true, '[2024-12-16,)', 'FAQ',
     'the list that counts is the one of foundation models that Bedrock supports; exclude a model by a row of your own')
    ) AS r (subject, value, counts, valid, chapter, note);
