-- Texts that a shell, a JSON document in it, and Terraform read as they were meant. Every value of a user goes through
-- one of these.

CREATE OR REPLACE FUNCTION bedrock_internal.setup_shell(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN '''' || replace(value, '''', E'''\\''''') || '''';
COMMENT ON FUNCTION bedrock_internal.setup_shell(text) IS
    'a value as one word of a POSIX shell: in single quotes, where no character means anything but the quote itself';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_hcl(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN replace(replace(to_json(value)::text, '${', E'\\u0024{'), '%{', E'\\u0025{');
COMMENT ON FUNCTION bedrock_internal.setup_hcl(text) IS
    'a value as a string of Terraform: escapes as in JSON, and no ${ or %{ that would begin a template';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_hcl_document(document text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN E'<<JSON\n' || replace(replace(document, '${', E'\\u0024{'), '%{', E'\\u0025{') || E'\nJSON';
COMMENT ON FUNCTION bedrock_internal.setup_hcl_document(text) IS
    'a JSON document as a text of Terraform, in which nothing begins a template: ${ can only be in its strings, where '
    'its code point is written for $';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_list(items jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT '[' || coalesce(string_agg(to_json(i.item)::text, ', ' ORDER BY i.number), '') || ']'
            FROM jsonb_array_elements_text(items) WITH ORDINALITY AS i (item, number));
COMMENT ON FUNCTION bedrock_internal.setup_list(jsonb) IS 'an array of texts as JSON text';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_tags(tags jsonb, key_name text, value_name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT '[' || coalesce(string_agg(format('{%s: %s, %s: %s}', to_json(key_name), to_json(t.key),
                                                     to_json(value_name), to_json(t.value)),
                                              ', ' ORDER BY t.key COLLATE "C"), '') || ']'
            FROM jsonb_each_text(tags) AS t);
COMMENT ON FUNCTION bedrock_internal.setup_tags(jsonb, text, text) IS
    'tags {key: value} as the list of objects that AWS takes; key_name, value_name: how its API names the two';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_hcl_tags(tags jsonb, indent text DEFAULT '  ') RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT E'{\n' || coalesce(string_agg(format(E'%s  %s = %s\n', indent, bedrock_internal.setup_hcl(t.key),
                                                        bedrock_internal.setup_hcl(t.value)),
                                                 '' ORDER BY t.key COLLATE "C"), '') || indent || '}'
            FROM jsonb_each_text(tags) AS t);
COMMENT ON FUNCTION bedrock_internal.setup_hcl_tags(jsonb, text) IS 'tags {key: value} as a map of Terraform';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_label(name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 'bedrock_' || trim(BOTH '_' FROM regexp_replace(lower(name COLLATE "C"), '[^a-z0-9]+', '_', 'g'));
COMMENT ON FUNCTION bedrock_internal.setup_label(text) IS 'a name as the label of a resource of Terraform';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_partition(region text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN region LIKE 'cn-%' THEN 'aws-cn' WHEN region LIKE 'us-gov-%' THEN 'aws-us-gov' ELSE 'aws' END;
COMMENT ON FUNCTION bedrock_internal.setup_partition(text) IS 'partition of AWS that a region belongs to';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_bucket_policy(bucket text, parts text[], policy text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN format($bash$
# A bucket has one policy: one that is there is not replaced.
policy=%3$s
if current=$(aws s3api get-bucket-policy --bucket %1$s --query Policy --output text 2>&1); then
    for part in %2$s; do
        case $current in
            *"$part"*) ;;
            *) printf "%%s\n" 'The bucket has a policy: add this statement to it, then run this again.' "$policy" >&2
               exit 1 ;;
        esac
    done
else
    case $current in
        *NoSuchBucketPolicy*) aws s3api put-bucket-policy --bucket %1$s --policy "$policy" ;;
        *) printf "%%s\n" "$current" >&2
           exit 1 ;;
    esac
fi
$bash$, bedrock_internal.setup_shell(bucket),
        (SELECT string_agg(bedrock_internal.setup_shell(to_json(p.part)::text), ' ' ORDER BY p.number)
         FROM unnest(parts) WITH ORDINALITY AS p (part, number)),
        bedrock_internal.setup_shell(policy));
COMMENT ON FUNCTION bedrock_internal.setup_bucket_policy(text, text[], text) IS
    'shell text that gives a bucket its policy where it has none, and says what to add where it has another; parts: '
    'resources and conditions of the statement, by which it is known';
