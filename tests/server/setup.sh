#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# bedrock.setup_script: each kind and form is the file setup/golden shows; bash takes each script, and a run of it against
# a stub of aws gives AWS the values that were asked for, whatever characters they have. Every JSON document in them is
# parsed. Of Terraform's text, strings, documents and brackets are checked, and terraform reads it where it is installed. "write" as argument writes the
# golden files.
set -euo pipefail
tests=$SOURCE_DIR/tests/server/setup
q() { psql -X -q -At -v ON_ERROR_STOP=1 "$@"; }
mkdir -p "$OUTPUT_DIR"
rm -rf "$OUTPUT_DIR"/*
dropdb --if-exists setup_test; createdb -T bedrock_template setup_test
export PGDATABASE=setup_test
q -f "$tests/cases.sql"

mkdir "$OUTPUT_DIR/scripts" "$OUTPUT_DIR/bin"
while read -r name; do
    q -v name="$name" <<<"SELECT bedrock.setup_script(kind, arguments) FROM script WHERE name = :'name'" \
        >"$OUTPUT_DIR/scripts/$name.sh"
    q -v name="$name" <<<"SELECT bedrock.setup_script(kind, arguments, 'terraform') FROM script
        JOIN bedrock_internal.setup_kinds() AS k USING (kind) WHERE name = :'name' AND k.terraform" \
        >"$OUTPUT_DIR/scripts/$name.tf"
    [ -s "$OUTPUT_DIR/scripts/$name.tf" ] || rm "$OUTPUT_DIR/scripts/$name.tf"
done < <(q -c "SELECT name FROM script WHERE name NOT LIKE 'odd%' ORDER BY name")
if [ "${1:-}" = write ]; then
    rm -rf "$tests/golden"; cp -r "$OUTPUT_DIR/scripts" "$tests/golden"
fi
diff -r "$tests/golden" "$OUTPUT_DIR/scripts"
kinds=$(q -c "SELECT kind FROM bedrock_internal.setup_kinds() EXCEPT SELECT kind FROM script WHERE name NOT LIKE 'odd%'")
[ -z "$kinds" ] || { echo "no golden file of $kinds"; exit 1; }

# A stub that says what it was called with, one argument a line as base64, and answers what the scripts ask.
cat >"$OUTPUT_DIR/bin/aws" <<'STUB'
#!/usr/bin/env bash
n=$(cat "$CALLS.number" 2>/dev/null || echo 0)
echo $((n + 1)) >"$CALLS.number"
i=0
for argument; do
    i=$((i + 1))
    printf '%s\t%s\t%s\n' "$n" "$i" "$(printf %s "$argument" | base64 -w0)" >>"$CALLS"
done
case "$1 $2" in
    'sts get-caller-identity') echo 123456789012 ;;
    's3api get-bucket-policy')
        [ -z "${POLICY:-}" ] || { printf '%s\n' "$POLICY"; exit 0; }
        echo 'An error occurred (NoSuchBucketPolicy) when calling the GetBucketPolicy operation' >&2; exit 254 ;;
    'iam create-role') touch "$CALLS.role" ;;
    'iam get-role') [ -n "${EXISTS:-}" ] || [ -e "$CALLS.role" ] || exit 254 ;;
    'iam get-instance-profile' | 'budgets describe-budget') [ -n "${EXISTS:-}" ] || exit 254 ;;
    'bedrock get-foundation-model-availability') echo NOT_AVAILABLE ;;
    'bedrock list-foundation-model-agreement-offers') echo 'offer-token==' ;;
    'bedrock list-inference-profiles') [ -z "${EXISTS:-}" ] || printf 'other\tarn:other\n%s\tarn:existing\n' "$EXISTS" ;;
    'bcm-data-exports list-exports') [ -z "${EXISTS:-}" ] || printf 'bedrock-cost\tarn:export\n' ;;
    'bedrock create-inference-profile') echo 'arn:new' ;;
    'ce update-cost-allocation-tags-status') echo '{"Errors": []}' ;;
esac
STUB
chmod +x "$OUTPUT_DIR/bin/aws"
q -c 'CREATE TABLE call (run text, number integer, argument integer, value text)'
run() { # NAME SCRIPT: runs it, and keeps its calls
    export CALLS=$OUTPUT_DIR/calls.$1
    rm -f "$CALLS" "$CALLS".*
    bash -n "$2"
    (cd "$OUTPUT_DIR/empty" && PATH=$OUTPUT_DIR/bin:$PATH bash "$2" >"$CALLS.out" 2>"$CALLS.err") ||
        { echo "$1 failed:"; cat "$CALLS.err"; return 1; }
    q -v run="$1" <<SQL
CREATE TEMP TABLE read (number integer, argument integer, value text);
\copy read FROM '$CALLS'
INSERT INTO call (run, number, argument, value)
SELECT :'run', number, argument, convert_from(decode(value, 'base64'), 'UTF8') FROM read;
SQL
}
mkdir "$OUTPUT_DIR/empty"
for script in "$OUTPUT_DIR"/scripts/*.sh; do
    name=$(basename "$script" .sh)
    run "$name" "$script"
done
# Run a second time: what is there is changed, not made again.
EXISTS='app-gamma-claude-haiku' run again_profile "$OUTPUT_DIR/scripts/create_profile.sh"
POLICY='{"Resource": ["arn:aws:s3:::acme-cur", "arn:aws:s3:::acme-cur/*"]}' EXISTS=x run again_export "$OUTPUT_DIR/scripts/export_with_principal.sh"
EXISTS=x run again_budget "$OUTPUT_DIR/scripts/budget.sh"
! grep -l 'cHV0LWJ1Y2tldC1wb2xpY3k=' "$OUTPUT_DIR"/calls.again_* || { echo 'a bucket policy is replaced'; exit 1; }
# Logging is of a region and roles are of an account: "$tests/aws_logging" is an AWS that keeps what it is told.
logging() { # REGION [ARGUMENTS]: runs the script for a region with the arguments added
    q -v region="$1" -v more="${2:-{\}}" >"$OUTPUT_DIR/logging.sh" <<<"SELECT bedrock.setup_script('enable_logging', '{\"account_id\":
        \"123456789012\"}'::jsonb || jsonb_build_object('region', :'region', 'bucket', 'acme-' || :'region') || :'more')"
    PATH=$OUTPUT_DIR/logging:$PATH bash "$OUTPUT_DIR/logging.sh" >"$OUTPUT_DIR/logging.out" 2>"$OUTPUT_DIR/logging.err"
}
is_refused() { # WORDS REGION [ARGUMENTS]: it ends with these words, and nothing is changed
    rm -rf "$AWS_STATE.before"; cp -r "$AWS_STATE" "$AWS_STATE.before"
    if logging "$2" "${3:-}"; then echo "logging of $2 is not refused: $1"; exit 1; fi
    grep -q "$1" "$OUTPUT_DIR/logging.err" || { cat "$OUTPUT_DIR/logging.err"; exit 1; }
    diff -r "$AWS_STATE.before" "$AWS_STATE"
}
export AWS_STATE=$OUTPUT_DIR/aws_state
mkdir "$OUTPUT_DIR/logging" "$AWS_STATE"
cp "$tests/aws_logging" "$OUTPUT_DIR/logging/aws"
logging us-east-1
cp -r "$AWS_STATE" "$AWS_STATE.one"
logging eu-central-1
# What the first region has is as it was, and the second has as much.
diff -r "$AWS_STATE.one" "$AWS_STATE" | grep -v '^Only in [^:]*aws_state: ' && { echo 'a region changes another'; exit 1; }
[ "$(ls "$AWS_STATE" | grep -c us-east-1)" = 5 ] && [ "$(ls "$AWS_STATE" | grep -c eu-central-1)" = 5 ]
# Again: nothing changes.
cp -r "$AWS_STATE" "$AWS_STATE.two"
logging us-east-1; logging eu-central-1
diff -r "$AWS_STATE.two" "$AWS_STATE"
# What is there already, and is another: logging to elsewhere, by others or with another prefix, a role of another region,
# the policy of a bucket that is of others or of another region.
printf 'security-logs\tNone\tNone\tNone\n' >"$AWS_STATE/configuration.us-west-2"
is_refused 'security-logs' us-west-2
is_refused 'Logging is on' us-east-1 '{"prefix": "others"}'
is_refused 'The role is another' eu-west-1 '{"role": "BedrockInvocationLoggingRole-us-east-1"}'
is_refused 'add this statement' eu-west-1 '{"bucket": "acme-us-east-1"}'
echo '{"Statement": []}' >"$AWS_STATE/policy.acme-eu-west-1"
is_refused 'add this statement' eu-west-1
rm "$AWS_STATE/policy.acme-eu-west-1"
# A log group that is there keeps its days.
echo 3653 >"$AWS_STATE/group.eu-west-1"
logging eu-west-1
[ "$(cat "$AWS_STATE/group.eu-west-1")" = 3653 ]
# A role of another service stays as it is, too.
q <<<"SELECT bedrock.setup_script('application_role', '{\"account_id\": \"123456789012\", \"region\": \"us-east-1\",
    \"role\": \"BedrockInvocationLoggingRole-us-east-1\", \"resources\": \"*\"}')" >"$OUTPUT_DIR/role.sh"
if PATH=$OUTPUT_DIR/logging:$PATH bash "$OUTPUT_DIR/role.sh" >/dev/null 2>&1; then echo 'a role of others is taken'; exit 1; fi
grep -q bedrock.amazonaws.com "$AWS_STATE/role.BedrockInvocationLoggingRole-us-east-1"
# Texts of two regions for Terraform are of one module: no resource has the name of another, and no role is one.
for region in us-east-1 eu-central-1; do
    q -v region=$region <<<"SELECT bedrock.setup_script('enable_logging', jsonb_build_object('account_id', '123456789012', 'region',
        :'region', 'bucket', 'acme-' || :'region'), 'terraform')"
done >"$OUTPUT_DIR/logging.tf"
[ -z "$(grep -E '^resource|^  name  .*Role' "$OUTPUT_DIR/logging.tf" | sort | uniq -d)" ] || { echo 'one name twice'; exit 1; }
# Another account than the one that was meant: nothing is called but sts.
sed 's/123456789012/999999999999/' "$OUTPUT_DIR/scripts/tag_role.sh" >"$OUTPUT_DIR/other.sh"
if run other_account "$OUTPUT_DIR/other.sh" >/dev/null; then echo 'another account is accepted'; exit 1; fi
[ "$(cat "$OUTPUT_DIR/calls.other_account.number")" = 1 ]

# Values that a shell, JSON or Terraform would read as something else.
while read -r name; do
    q -v name="$name" <<<"SELECT bedrock.setup_script(kind, arguments) FROM script WHERE name = :'name'" >"$OUTPUT_DIR/odd.sh"
    run "$name" "$OUTPUT_DIR/odd.sh"
done < <(q -c "SELECT name FROM script WHERE name LIKE 'odd%' ORDER BY name")
[ -z "$(ls -A "$OUTPUT_DIR/empty")" ] || { echo 'a value was run:'; ls "$OUTPUT_DIR/empty"; exit 1; }

# As words of a shell: printf gets each odd value as it is.
q -c "SELECT 'printf ''%s'' ' || bedrock_internal.setup_shell(value) || ' | base64 -w0; echo' FROM odd ORDER BY value" \
    >"$OUTPUT_DIR/words.sh"
bash "$OUTPUT_DIR/words.sh" >"$OUTPUT_DIR/words"
q -c "SELECT translate(encode(convert_to(value, 'UTF8'), 'base64'), E'\n', '') FROM odd ORDER BY value" | diff - "$OUTPUT_DIR/words"

# Where terraform is there, it reads each text, and gives each odd value back as it is.
if command -v terraform >/dev/null; then
    for text in "$OUTPUT_DIR"/scripts/*.tf; do
        terraform fmt - <"$text" >/dev/null 2>"$OUTPUT_DIR/terraform" || { echo "$text"; cat "$OUTPUT_DIR/terraform"; exit 1; }
    done
    mkdir "$OUTPUT_DIR/terraform.d"
    q -c "SELECT E'locals {\n  odd = [' || string_agg(bedrock_internal.setup_hcl(value), ', ' ORDER BY value) || E']\n  document = '
                 || bedrock_internal.setup_hcl_document(json_agg(value ORDER BY value)::text) || E'\n}' FROM odd" >"$OUTPUT_DIR/terraform.d/odd.tf"
    (cd "$OUTPUT_DIR/terraform.d" && terraform console <<<'base64encode(jsonencode([local.odd, jsondecode(local.document)]))' 2>"$OUTPUT_DIR/terraform") |
        tr -d '"' | base64 -d >"$OUTPUT_DIR/terraform.json" || { cat "$OUTPUT_DIR/terraform"; exit 1; }
    q -c "SELECT json_build_array(v, v)::jsonb FROM (SELECT json_agg(value ORDER BY value) AS v FROM odd) AS o" >"$OUTPUT_DIR/odd.json"
    [ "$(q -c "SELECT convert_from(decode('$(base64 -w0 "$OUTPUT_DIR/terraform.json")', 'base64'), 'UTF8')::jsonb")" = \
        "$(cat "$OUTPUT_DIR/odd.json")" ] || { echo 'terraform reads another value'; exit 1; }
fi

q -f "$tests/check.sql" >"$OUTPUT_DIR/wrong"
[ ! -s "$OUTPUT_DIR/wrong" ] || { cat "$OUTPUT_DIR/wrong"; exit 1; }
q -c "SELECT count(*) || ' calls of aws, ' || count(*) FILTER (WHERE value ~ '^[\[{]') || ' documents' FROM call"
