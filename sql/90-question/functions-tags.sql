-- Tags against each other and against the bill, for questions about them; and roles that own more than one may.

CREATE OR REPLACE FUNCTION bedrock_internal.one_letter_apart(one text, other text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    a text := bedrock_internal.fold_name(one);
    b text := bedrock_internal.fold_name(other);
    words_of_a text[] := regexp_split_to_array(lower(one), '[^[:alnum:]]+');
    words_of_b text[] := regexp_split_to_array(lower(other), '[^[:alnum:]]+');
    same integer := 0;
BEGIN
    IF a = b OR abs(length(a) - length(b)) > 1 THEN
        RETURN false;
    END IF;
    -- What differs is part of a word that is long enough to be misspelt: customer-a and customer-b are two customers.
    IF (SELECT coalesce(max(length(w)), 0) < 5 FROM unnest(words_of_a) AS w WHERE w <> ALL (words_of_b))
       OR (SELECT coalesce(max(length(w)), 0) < 5 FROM unnest(words_of_b) AS w WHERE w <> ALL (words_of_a)) THEN
        RETURN false;
    END IF;

    WHILE same < least(length(a), length(b)) AND substr(a, same + 1, 1) = substr(b, same + 1, 1) LOOP
        same := same + 1;
    END LOOP;
    a := substr(a, same + 1);
    b := substr(b, same + 1);
    -- Numbers that differ are two things, never a slip.
    RETURN CASE length(a) - length(b)
               WHEN 1 THEN substr(a, 2) = b AND a !~ '^[0-9]'
               WHEN -1 THEN a = substr(b, 2) AND b !~ '^[0-9]'
               ELSE a !~ '^[0-9]' AND b !~ '^[0-9]'
                    AND (substr(a, 2) = substr(b, 2)
                         OR left(a, 2) = reverse(left(b, 2)) AND substr(a, 3) = substr(b, 3)) END;
END
$$;
COMMENT ON FUNCTION bedrock_internal.one_letter_apart(text, text) IS
    'whether two names, case and punctuation aside, differ by one letter that is added, left out or another, or by two '
    'neighbours that changed places, in a word of five letters or more: platform and platfrom. NULL for NULL';

CREATE OR REPLACE FUNCTION bedrock_internal.tag_says_model(value text, model_id text, model_name text) RETURNS boolean
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    meant text := coalesce((bedrock_internal.model_parts(value)).model_id, bedrock_internal.model_by_spelling(value));
    numbers text[];
BEGIN
    IF meant IS NOT NULL THEN
        RETURN meant = tag_says_model.model_id
            OR EXISTS (SELECT FROM bedrock.models AS m
                       WHERE m.model_id = meant AND m.model_name = tag_says_model.model_name);
    END IF;
    -- A name that is no model's own, as Sonnet or Claude Sonnet 4: its words are those of the model, and a version that
    -- it gives is the model's.
    SELECT array_agg(n.word[1] ORDER BY n.place) INTO numbers
    FROM regexp_matches(value, '(?:^|[^0-9])([0-9]{1,2})(?![0-9])', 'g') WITH ORDINALITY AS n (word, place);
    RETURN NOT EXISTS (
        SELECT FROM regexp_matches(lower(value), '[a-z]+', 'g') AS w (word)
        WHERE w.word[1] <> ALL (ARRAY(SELECT m.word[1]
                                      FROM regexp_matches(lower(tag_says_model.model_id || ' '
                                                                || tag_says_model.model_name),
                                                          '[a-z]+', 'g') AS m (word))))
        AND (numbers IS NULL
             OR numbers = ARRAY(SELECT n.word[1]
                                FROM regexp_matches(tag_says_model.model_name, '(?:^|[^0-9])([0-9]{1,2})(?![0-9])', 'g')
                                    WITH ORDINALITY AS n (word, place)
                                ORDER BY n.place));
END
$$;
COMMENT ON FUNCTION bedrock_internal.tag_says_model(text, text, text) IS
    'whether the value of a tag (claude-sonnet-4-5, Sonnet, an id or ARN) may mean this model; NULL for NULL';

CREATE OR REPLACE FUNCTION bedrock_internal.tag_says_region(value text, region text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN bedrock_internal.fold_name(value) = bedrock_internal.fold_name(region)
        OR starts_with(bedrock_internal.fold_name(region), bedrock_internal.fold_name(value)) AND value !~ '[0-9]'
        OR lower(value) = 'global';
COMMENT ON FUNCTION bedrock_internal.tag_says_region(text, text) IS
    'whether the value of a tag may mean this region: eu-central-1, eu_central_1, its geography (eu), or global; NULL '
    'for NULL';

CREATE OR REPLACE FUNCTION bedrock_internal.broad_role(principal_kind text, principal_name text, permission_set text)
    RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN principal_kind = 'root' THEN 'root user'
                WHEN coalesce(permission_set, principal_name) ~* 'admin|power_?user|full_?access'
                    THEN 'broad permissions by name'
                WHEN permission_set IS NOT NULL THEN 'permission set' END;
COMMENT ON FUNCTION bedrock_internal.broad_role(text, text, text) IS
    'why a principal is broad: root user, broad permissions by name (AdministratorAccess, PowerUser, FullAccess), or '
    'permission set (a role of single sign-on, AWSReservedSSO_*, for all who are assigned it); NULL: it is not';

CREATE OR REPLACE FUNCTION bedrock_internal.tag_source(tag_key text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE split_part(bedrock_internal.tag_identity(tag_key), '/', 1)
               WHEN 'resource' THEN 'resource' WHEN 'iamPrincipal' THEN 'principal' WHEN 'userAttribute' THEN 'user'
               WHEN 'accountTag' THEN 'account' WHEN 'costCategory' THEN 'cost category' END;
COMMENT ON FUNCTION bedrock_internal.tag_source(text) IS
    'where a tag comes from, by the prefix of its key: resource, principal, user, account, cost category, in the order '
    'of precedence; NULL: generated by AWS';
