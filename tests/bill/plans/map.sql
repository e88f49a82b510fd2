-- SPDX-License-Identifier: PostgreSQL
-- Acme's agreement of the Migration Acceleration Program, and the workloads that were migrated under it. README.md has the
-- sums: 34,200.00 of the third quarter are tagged, 8,600.00 of four workloads are not. Tags were set on 1 July, a fortnight
-- after the agreement began.
SELECT bedrock.set_map_agreement('4P8QX2ZK1', '2026-06-15', '2027-06-14', 'Acme migration 2026', credit_percent => 25,
                                 reason => 'signed in June');
SELECT bedrock.set_map_workload('4P8QX2ZK1', w, reason => 'migration plan')
FROM unnest(ARRAY['customer-insights', 'archive-digitisation', 'claims-intake', 'docflow', 'policy-search',
                  'fleet-assistant']) AS w;
