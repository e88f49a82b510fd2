-- The operator classes of bedrock_arn: valid, a total order, and equal values hash alike.
SELECT opcname, amname, amvalidate(c.oid) FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod WHERE opcname = 'bedrock_arn_ops' ORDER BY 2;

\getenv corpus BEDROCK_CORPUS
\set arns :corpus '/arns.tsv'
CREATE TEMP TABLE labelled (arn text, valid boolean, c3 text, c4 text, c5 text, c6 text, c7 text, c8 text, c9 text, c10 text, c11 text, c12 text, c13 text);
COPY labelled FROM :'arns' WITH (FORMAT text, HEADER);
CREATE TEMP TABLE arn AS SELECT arn::bedrock_arn AS a FROM labelled WHERE valid;

-- Every pair: the six operators agree with the comparison, which is the order of the bytes.
SELECT count(*) > 1000 AS pairs, count(*) FILTER (WHERE
       (x.a < y.a) <> (bedrock_arn_cmp(x.a, y.a) < 0) OR (x.a <= y.a) <> (bedrock_arn_cmp(x.a, y.a) <= 0)
    OR (x.a = y.a) <> (bedrock_arn_cmp(x.a, y.a) = 0) OR (x.a <> y.a) <> (bedrock_arn_cmp(x.a, y.a) <> 0)
    OR (x.a >= y.a) <> (bedrock_arn_cmp(x.a, y.a) >= 0) OR (x.a > y.a) <> (bedrock_arn_cmp(x.a, y.a) > 0)
    OR (x.a < y.a) <> (x.a::text COLLATE "C" < y.a::text COLLATE "C")
    OR sign(bedrock_arn_cmp(x.a, y.a)) <> -sign(bedrock_arn_cmp(y.a, x.a))
    OR (x.a = y.a) AND (bedrock_arn_hash(x.a) <> bedrock_arn_hash(y.a) OR bedrock_arn_hash_extended(x.a, 7) <> bedrock_arn_hash_extended(y.a, 7))) AS wrong
FROM arn x, arn y;

-- Distinct values have distinct hashes, near enough.
SELECT count(DISTINCT a) - count(DISTINCT bedrock_arn_hash(a)) < 3 AS spread FROM arn;

-- Sort, btree scan and hash scan give the same rows as a sequential scan.
CREATE TEMP TABLE many AS SELECT ('arn:aws:bedrock:us-east-1:123456789012:agent/' || md5(n::text))::bedrock_arn AS a FROM generate_series(1, 5000) n;
CREATE INDEX many_btree ON many USING btree (a);
CREATE INDEX many_hash ON many USING hash (a);
ANALYZE many;
SELECT array_agg(a ORDER BY a) = (SELECT array_agg(a ORDER BY a::text COLLATE "C") FROM many) AS sorted FROM many;
SELECT a AS middle FROM many ORDER BY a OFFSET 2500 LIMIT 1 \gset
SELECT count(*) AS below FROM many WHERE a::text COLLATE "C" < :'middle' \gset
SET enable_seqscan = off;
SELECT count(*) = :below AS btree FROM many WHERE a < :'middle';
SELECT count(*) AS hash FROM many WHERE a = :'middle';
SELECT count(*) AS merge_join FROM (SELECT a FROM many ORDER BY a) x JOIN many y USING (a);
RESET enable_seqscan;
