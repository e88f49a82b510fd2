#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Imports every JSON of a folder into the registry of PGDATABASE: import_profiles.sh DIR. Answers of list-tags-for-resource
# name no resource and are left to get-resources.
set -euo pipefail
for file in "$1"/list-inference-profiles_*.json "$1"/list-resources_*.json "$1"/get-resources_*.json; do
    psql -X -q -At -v ON_ERROR_STOP=1 -v document="$(cat "$file")" -o /dev/null <<<"SELECT action FROM bedrock.import_profiles(:'document'::jsonb)"
done
