-- Shipped prices of what is metered without a model. Replaced whole at every install and update; rows of your own
-- (builtin = false) stay and win. What is stored by the month is left out: no source says what its lines count.

DELETE FROM bedrock.meter_price WHERE builtin;
INSERT INTO bedrock.meter_price (meter, region, usage_type, usd, units, unit, as_of, source, note, builtin)
SELECT v.meter, v.region, v.usage_type, v.usd, v.units, v.unit, s.as_of, s.source, v.note, true
FROM (VALUES
    -- meter, region, usage type, US dollars, for so many, units, source, note
    ('guardrail_content', '*', 'Guardrail-ContentPolicyUnitsConsumed', 0.15, 1000, 'text unit', 'g', NULL),
    ('guardrail_topic', '*', 'Guardrail-TopicPolicyUnitsConsumed', 0.15, 1000, 'text unit', 't', NULL),
    ('guardrail_sensitive_information', '*', 'Guardrail-SensitiveInformationPolicyPaidUnitsConsumed', 0.1, 1000, 'text unit', 'g', NULL),
    ('guardrail_sensitive_information_free', '*', 'Guardrail-SensitiveInformationPolicyFreeUnitsConsumed', 0, 1000, 'text unit', 'g',
     'regular expressions'),
    ('web_search', '*', NULL, 12, 1000, 'query', 't', 'the web search that models call; its usage type is not known'),
    ('agentcore_runtime_vcpu', '*', 'Runtime:Consumption-based:vCPU', 0.0895, 1, 'vCPU hour', 'a', NULL),
    ('agentcore_runtime_vcpu', 'us-gov-west-1', 'Runtime:Consumption-based:vCPU', 0.1074, 1, 'vCPU hour', 'a', NULL),
    ('agentcore_runtime_memory', '*', 'Runtime:Consumption-based:Memory', 0.00945, 1, 'GB hour', 'a', NULL),
    ('agentcore_runtime_memory', 'us-gov-west-1', 'Runtime:Consumption-based:Memory', 0.01134, 1, 'GB hour', 'a', NULL),
    ('agentcore_runtime_vcpu_v2', '*', 'Runtime:Consumption-based:vCPU-v2', 0.1276, 1, 'vCPU hour', 'a', 'sold in five regions'),
    ('agentcore_runtime_memory_v2', '*', 'Runtime:Consumption-based:Memory-v2', 0.0169, 1, 'GB hour', 'a', 'sold in five regions'),
    ('agentcore_browser_vcpu', '*', 'BrowserTool:Consumption-based:vCPU', 0.0895, 1, 'vCPU hour', 'a', NULL),
    ('agentcore_browser_memory', '*', 'BrowserTool:Consumption-based:Memory', 0.00945, 1, 'GB hour', 'a', NULL),
    ('agentcore_code_interpreter_vcpu', '*', 'CodeInterpreter:Consumption-based:vCPU', 0.0895, 1, 'vCPU hour', 'a', NULL),
    ('agentcore_code_interpreter_memory', '*', 'CodeInterpreter:Consumption-based:Memory', 0.00945, 1, 'GB hour', 'a', NULL),
    ('agentcore_gateway_invocation', '*', 'Gateway:Consumption-based:API-Invocations', 0.005, 1000, 'request', 'a', NULL),
    ('agentcore_gateway_search', '*', 'Gateway:Consumption-based:Search-API', 0.025, 1000, 'request', 'a', NULL),
    ('agentcore_memory_event', '*', 'Memory:Consumption-based:Short-Term-Memory', 0.25, 1000, 'event', 'a', NULL),
    ('agentcore_memory_retrieval', '*', 'Memory:Consumption-based:Long-Term-Memory-Retrieval', 0.5, 1000, 'request', 'a', NULL),
    ('agentcore_web_search', '*', 'WebSearchTool:Consumption-based:Queries', 7, 1000, 'query', 'a', NULL),
    ('agentcore_knowledge_base_retrieval', '*', 'Knowledge-Base:Consumption-based:Retrieval', 1, 1000, 'query', 'a', NULL),
    ('agentcore_knowledge_base_agentic_retrieval', '*', 'Knowledge-Base:Consumption-based:AgenticRetrieval', 4, 1000, 'query', 'a', NULL)
) AS v (meter, region, usage_type, usd, units, unit, source, note)
JOIN (VALUES
    ('a', 'AWS price list (AmazonBedrockAgentCore), as public documents quote it', date '2026-09-15'),
    ('g', 'AWS price list (AmazonBedrock), as public documents quote it', date '2026-08-09'),
    ('t', 'AWS pricing page, as public documents quote it', date '2026-08-09')
) AS s (code, source, as_of) ON s.code = v.source;
