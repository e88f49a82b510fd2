-- SPDX-License-Identifier: PostgreSQL
-- What workloads are expected to use: HR Portal stated its cost and its output in August, and did not foresee that it would
-- answer at twice the length. Chatbot counted its tokens. Its months are over, so FinOps records them with a reason.
\set because '\'as agreed with the owners in August\''
SELECT bedrock.set_estimate('hr-portal', '2026-09-01', cost => 14000, output_tokens => 150000000, reason => :because),
       bedrock.set_estimate('customer-insights', '2026-09-01', cost => 10000, reason => :because),
       bedrock.set_estimate('knowledge-platform', '2026-09-01', input_tokens => 1000000000, output_tokens => 20000000, reason => :because);
