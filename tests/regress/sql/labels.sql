-- Labels and signatures of the row functions, as the contract fixes them.
SELECT p.oid::regprocedure AS function, provolatile AS volatile, proparallel AS parallel, proisstrict AS strict, proleakproof AS leakproof
FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'bedrock_cost'
WHERE p.pronamespace = 'public'::regnamespace AND p.proname !~ '^bedrock_arn_(in|out|recv|send|eq|ne|lt|le|gt|ge|cmp|sortsupport|hash|hash_extended|from_text)$'
ORDER BY p.proname, p.oid::regprocedure::text COLLATE "C";
