-- SPDX-License-Identifier: PostgreSQL
\echo Use "CREATE EXTENSION bedrock_cost" (or ALTER EXTENSION bedrock_cost UPDATE) to load this file. \quit

