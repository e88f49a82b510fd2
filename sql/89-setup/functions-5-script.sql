-- The whole script: what it does, who runs it where, the commands, and how to see that it worked.

CREATE OR REPLACE FUNCTION bedrock.setup_script(kind text, arguments jsonb DEFAULT '{}', form text DEFAULT 'aws-cli')
    RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    made record;
    a jsonb;
    account text;
    region text;
    body text;
BEGIN
    SELECT k.kind, k.terraform, k.does, k.place, k.verify INTO made
    FROM bedrock_internal.setup_kinds() AS k WHERE k.kind = setup_script.kind;
    IF NOT FOUND THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('unknown kind of script "%s"', coalesce(left(kind, 160), 'NULL')),
            HINT = format('Kinds are %s.', (SELECT string_agg(k.kind, ', ') FROM bedrock_internal.setup_kinds() AS k));
    END IF;
    IF form IS DISTINCT FROM 'aws-cli' AND form IS DISTINCT FROM 'terraform' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('unknown form of script "%s"', coalesce(left(form, 160), 'NULL')),
            HINT = 'Forms are aws-cli and terraform.';
    ELSIF form = 'terraform' AND NOT made.terraform THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('%s has no form for Terraform', kind),
            HINT = 'AWS''s provider has no resource for it: take form aws-cli.';
    END IF;
    a := bedrock_internal.setup_check_arguments(kind, arguments);
    account := a ->> 'account_id';
    region := a ->> 'region';
    body := CASE kind WHEN 'enable_model_access' THEN bedrock_internal.setup_enable_model_access(a, form)
                      WHEN 'enable_logging' THEN bedrock_internal.setup_enable_logging(a, form)
                      WHEN 'application_role' THEN bedrock_internal.setup_application_role(a, form)
                      WHEN 'create_profile' THEN bedrock_internal.setup_create_profile(a, form)
                      WHEN 'export_with_principal' THEN bedrock_internal.setup_export_with_principal(a, form)
                      WHEN 'activate_tags' THEN bedrock_internal.setup_activate_tags(a, form)
                      WHEN 'tag_resource' THEN bedrock_internal.setup_tag_resource(a, form)
                      WHEN 'tag_role' THEN bedrock_internal.setup_tag_role(a, form)
                      WHEN 'role_policy' THEN bedrock_internal.setup_role_policy(a, form)
                      WHEN 'budget' THEN bedrock_internal.setup_budget(a, form) END;
    IF form = 'terraform' THEN
        RETURN format(E'# %s.\n# Apply it with a provider of %s.\n%s\n# Then: %s.\n', made.does,
                      format(made.place, account, region), body, made.verify);
    END IF;
    RETURN format($bash$#!/usr/bin/env bash
# %1$s.
# Run it in %2$s.
set -euo pipefail
here=$(aws sts get-caller-identity --query Account --output text)
if [ "$here" != %3$s ]; then
    printf "this is account %%s, not %%s\n" "$here" %3$s >&2
    exit 1
fi
%4$s
# Then: %5$s.
$bash$, made.does, format(made.place, account, region), bedrock_internal.setup_shell(account), body, made.verify);
END
$$;
COMMENT ON FUNCTION bedrock.setup_script(text, jsonb, text) IS
    'commands of the AWS CLI (bash), or the text for Terraform, that switch on or make what AWS alone can: kind is '
    'enable_model_access, enable_logging, application_role, create_profile, export_with_principal, activate_tags, '
    'tag_resource, tag_role, role_policy or budget; form aws-cli or terraform. It is text: nothing is run, and no '
    'credentials are needed here. Errors 22023: an unknown kind, form or argument, or a value that AWS would not take';

CREATE OR REPLACE FUNCTION bedrock_internal.setup_script_or_reason(kind text, arguments jsonb,
    form text DEFAULT 'aws-cli') RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    hint text;
BEGIN
    RETURN bedrock.setup_script(kind, arguments, form);
EXCEPTION WHEN invalid_parameter_value THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN '# No script: ' || regexp_replace(sqlerrm || '. ' || hint, '[[:cntrl:]]', ' ', 'g');
END
$$;
COMMENT ON FUNCTION bedrock_internal.setup_script_or_reason(text, jsonb, text) IS
    'bedrock.setup_script, or a comment of a shell that says why there is none: what a bill says is not always what '
    'AWS takes as an argument';
