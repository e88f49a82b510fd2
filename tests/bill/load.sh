#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# load.sh MAKE_BILL FOLDER: makes the four months of Acme's bill in FOLDER and loads them into PGDATABASE, which has the
# extension: lines, inference profiles, logs of September, who owns what, what is planned, and three logins who see it.
set -euo pipefail
shopt -s inherit_errexit
make_bill=$1 folder=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
control=$here/../../control
. "$control/progress.sh"
sql() { PSQL_PAGER='' psql -X -q -v ON_ERROR_STOP=1 -o /dev/null "$@"; }

step "writing four months of the bill of Acme, an invented company"
rm -rf "$folder"
# Named as one can use it from here.
"$make_bill" --format cur2 --gzip --out "$folder" | while IFS= read -r line; do printf '%s/%s\n' "${folder#"$PWD/"}" "$line"; done
"$control/load.sh" --table cur "$folder"/data/*/*.csv.gz
step "importing what the AWS CLI says of its inference profiles"
"$make_bill" --profiles "$folder/registry" >/dev/null
"$here/import_profiles.sh" "$folder/registry"
step "loading what Bedrock logged in September, which is not every request"
"$make_bill" --logs "$folder/logs" >/dev/null
# The gateway's users stand in the metadata of its requests.
sql -c "SELECT bedrock.set_setting('invocation_metadata_keys', 'user')"
"$control/load_invocations.sh" "$folder/logs"
sql -c 'SELECT FROM bedrock.refresh()'
step "telling who owns what: hierarchy, workloads, claims and rules"
sql -f "$here/ownership.sql"
step "telling what is planned: estimates, budgets, policies, agreements"
for file in "$here"/plans/*.sql; do sql -f "$file"; done
sql -f "$here/personas.sql"
