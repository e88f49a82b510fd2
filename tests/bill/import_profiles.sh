#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Imports every JSON of a folder into the registry of PGDATABASE: import_profiles.sh DIR. Answers of list-tags-for-resource
# name no resource and are left to get-resources.
set -euo pipefail
cd "$1"
{
    echo 'CREATE TEMP TABLE said (document jsonb);'
    for file in list-inference-profiles_*.json list-resources_*.json get-resources_*.json; do
        printf '%s\n' "\\set document \`cat '$file'\`" "INSERT INTO said VALUES (:'document');"
    done
    echo 'SELECT count(*) FROM bedrock.import_profiles((SELECT jsonb_agg(document) FROM said));'
} | PSQL_PAGER='' psql -X -q -At -v ON_ERROR_STOP=1 -o /dev/null
