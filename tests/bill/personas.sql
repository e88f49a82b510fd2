-- SPDX-License-Identifier: PostgreSQL
-- Three people of Acme who look at the same bill and see what is theirs: finance all of it, the owner of the HR portal
-- that workload, a cloud engineer the account of the policy search. Logins are of the whole server: a second database
-- with this bill shares them.
SELECT bedrock.create_roles();
SELECT format('CREATE ROLE %I LOGIN', name) FROM unnest('{acme_finance,acme_owner,acme_engineer}'::text[]) AS name
WHERE to_regrole(name) IS NULL \gexec
GRANT bedrock_finance TO acme_finance;
GRANT bedrock_product_owner TO acme_owner;
GRANT bedrock_cloud_engineer TO acme_engineer;
SELECT bedrock.grant_scope('acme_owner', 'workload', value => 'hr-portal');
SELECT bedrock.grant_scope('acme_engineer', 'account', value => '111122223333');
