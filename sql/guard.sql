-- SPDX-License-Identifier: PostgreSQL
\echo Use "CREATE EXTENSION bedrock_cost" (or ALTER EXTENSION bedrock_cost UPDATE) to load this file. \quit

-- Names mean what pg_catalog and this extension have, whatever lies in the schema it is put into.
SET LOCAL search_path = pg_catalog, pg_temp;

