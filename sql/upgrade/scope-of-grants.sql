-- Row security comes with 0.3.0. An update takes nothing away: who could read a table that has it now sees everything
-- as before, and who could write one writes it as before, until an administrator says less; settings, discounts and
-- prices of the user through the functions that set them.
INSERT INTO bedrock.scope (role_name, scope_kind)
SELECT DISTINCT r.rolname, CASE x.privilege_type WHEN 'SELECT' THEN 'all' ELSE 'load' END
FROM pg_class AS c
LEFT JOIN pg_attribute AS t ON t.attrelid = c.oid AND t.attacl IS NOT NULL
CROSS JOIN LATERAL (SELECT e.grantee, e.privilege_type FROM aclexplode(c.relacl) AS e
                    UNION SELECT e.grantee, e.privilege_type FROM aclexplode(t.attacl) AS e) AS x
JOIN pg_roles AS r ON r.oid = x.grantee OR x.grantee = 0 AND r.rolname !~ '^pg_'
WHERE c.relnamespace = 'bedrock'::regnamespace AND c.relrowsecurity AND x.grantee <> c.relowner AND NOT r.rolsuper
  AND x.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
UNION
-- So do those who read or write all data of the server.
SELECT r.rolname, CASE r.rolname WHEN 'pg_read_all_data' THEN 'all' ELSE 'load' END
FROM pg_roles AS r
WHERE r.rolname IN ('pg_read_all_data', 'pg_write_all_data')
  AND EXISTS (SELECT FROM pg_auth_members AS m WHERE m.roleid = r.oid)
ON CONFLICT DO NOTHING;

-- bedrock.spend reads these instead of the tables: who could read the tables reads them (end.sql).
INSERT INTO pg_temp.bedrock_cost_before (oid, kind, namespace, name, owner, acl)
SELECT 0, b.kind, b.namespace, CASE b.name WHEN 'period' THEN 'bill_period' ELSE 'bill' END, b.owner, b.acl
FROM pg_temp.bedrock_cost_before AS b
WHERE b.kind = 'TABLE' AND b.namespace = 'bedrock'::regnamespace AND b.name IN ('bill_total', 'period');
