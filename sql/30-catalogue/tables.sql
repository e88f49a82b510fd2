-- Catalogues: regions, models, the other names of models, system-defined inference profiles.
-- Shipped rows (builtin) are replaced at every install and update; a row of the user with the same natural key wins,
-- also over later versions. Nothing refers to a catalogue row by a generated id.

-- These functions are here and not with the others: checks and indexes of tables use them, so a change of them is a
-- step of an update script, with REINDEX.
CREATE FUNCTION bedrock_internal.fold_name(name text) RETURNS text
    AS 'MODULE_PATHNAME', 'bedrock_fold_name' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION bedrock_internal.fold_name(text) IS
    'the name without case, punctuation and blanks of ASCII, for comparison: CostCenter, cost-center and cost_center '
    'are one; empty: nothing else is in it. NULL for NULL';

CREATE FUNCTION bedrock_internal.model_name_key(name text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    BEGIN ATOMIC
        SELECT nullif(regexp_replace(plain.name, E'[\\x01-\\x60\\x7b-\\x7f]+', '', 'g'), '')
               || '/' || btrim(regexp_replace(plain.name, '[^0-9]+', '.', 'g'), '.')
        FROM (SELECT regexp_replace(regexp_replace(replace(lower(model_name_key.name COLLATE "C"), '+', ' plus'),
                         E'\\( *(amazon )?bedrock edition\\)|\\m(instruct|chat|dense|model)\\M', ' ', 'g'),
                         E'([0-9])\\.0+(?![0-9.])', E'\\1', 'g') AS name) AS plain;
    END;
COMMENT ON FUNCTION bedrock_internal.model_name_key(text) IS
    'key by which names of one model are compared: letters in lower case, a slash, numbers in order (Claude4.6Sonnet '
    'and Claude Sonnet 4.6 are claudesonnet/4.6); NULL: no letters. Left out are (Amazon Bedrock Edition), a '
    'version''s .0 and the words Instruct, Chat, Dense, Model; + is plus';

CREATE FUNCTION bedrock_internal.model_id_key(model_id text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_replace(lower(model_id COLLATE "C"), '(-v1)?(:0)?(:[0-9]+k)?$', '');
COMMENT ON FUNCTION bedrock_internal.model_id_key(text) IS
    'key by which ids of one model are compared: lower case, without context variant (:24k) and the suffixes of a '
    'first version (:0, -v1, -v1:0), which AWS writes or leaves out; a second version keeps its suffix. NULL for '
    'NULL';

CREATE FUNCTION bedrock_internal.bare_model_key(model_id text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_replace(bedrock_internal.fold_name(regexp_replace(
        regexp_replace(lower(model_id COLLATE "C"), '^[a-z0-9-]+[.](?=[a-z])', ''),
        '(-v[0-9]+)?(:[0-9]+)?(:[0-9]+k)?$', '')), '20[0-9]{6}$', '');
COMMENT ON FUNCTION bedrock_internal.bare_model_key(text) IS
    'key that ids of all versions of a model share, without provider, version, date, case and punctuation: '
    'claudesonnet45 for anthropic.claude-sonnet-4-5-20250929-v1:0. NULL for NULL';

CREATE TABLE bedrock.region (
    region text NOT NULL CHECK (region ~ '^[a-z]{2,}(-[a-z]+)+-[0-9]+$'),
    cur_prefix text CHECK (cur_prefix <> ''),
    name text,
    partition text NOT NULL DEFAULT 'aws',
    geo_pools text[] NOT NULL DEFAULT '{}',
    builtin boolean NOT NULL DEFAULT false,
    source text,
    as_of date,
    PRIMARY KEY (region, builtin)
);
SELECT pg_extension_config_dump('bedrock.region', 'WHERE NOT builtin');
COMMENT ON TABLE bedrock.region IS
    'AWS regions that bill for Bedrock; a row of the user wins over the shipped row of the region: read '
    'bedrock.regions. A cur_prefix completes the prefixes that bedrock_region() knows';
COMMENT ON COLUMN bedrock.region.region IS 'region code, us-east-1';
COMMENT ON COLUMN bedrock.region.cur_prefix IS
    'prefix of the usage types of the region: USE1; eu-west-1 has EU. NULL: not known';
COMMENT ON COLUMN bedrock.region.name IS 'name as AWS prints it; NULL: not known';
COMMENT ON COLUMN bedrock.region.partition IS 'partition of ARNs: aws, aws-us-gov, aws-cn, aws-eusc';
COMMENT ON COLUMN bedrock.region.geo_pools IS
    'geographies whose system profiles may be called from the region (global is left out); empty: none known';
COMMENT ON COLUMN bedrock.region.builtin IS
    'true: shipped, replaced by every update; false: a row of the user, which wins';
COMMENT ON COLUMN bedrock.region.source IS 'where the fact was read; NULL: not stated';
COMMENT ON COLUMN bedrock.region.as_of IS 'day on which the source had it; NULL: not stated';

CREATE TABLE bedrock.model (
    model_id text NOT NULL CHECK (model_id <> ''),
    provider text NOT NULL,
    model_family text NOT NULL,
    model_name text NOT NULL,
    input_modalities text[],
    output_modalities text[],
    context_window integer CHECK (context_window > 0),
    release_date date,
    lifecycle text CHECK (lifecycle IN ('ACTIVE', 'LEGACY', 'EXTENDED_ACCESS', 'END_OF_LIFE')),
    legacy_date date,
    extended_access_date date,
    end_of_life_date date,
    mantle_alias_of text,
    builtin boolean NOT NULL DEFAULT false,
    source text,
    as_of date,
    PRIMARY KEY (model_id, builtin),
    CHECK (legacy_date <= extended_access_date),
    CHECK (legacy_date <= end_of_life_date),
    CHECK (extended_access_date <= end_of_life_date)
);
CREATE INDEX model_by_name ON bedrock.model (bedrock_internal.model_name_key(model_name));
CREATE INDEX model_by_id ON bedrock.model (bedrock_internal.model_id_key(model_id));
CREATE INDEX model_by_bare_id ON bedrock.model (bedrock_internal.bare_model_key(model_id));
SELECT pg_extension_config_dump('bedrock.model', 'WHERE NOT builtin');
COMMENT ON TABLE bedrock.model IS
    'foundation models; a row of the user wins over the shipped row of the model_id: read bedrock.models. The id and '
    'the name of a new row are recognized without an alias';
COMMENT ON COLUMN bedrock.model.model_id IS 'model id as Bedrock writes it, without geography prefix';
COMMENT ON COLUMN bedrock.model.provider IS 'maker of the model: Anthropic, Amazon, Meta';
COMMENT ON COLUMN bedrock.model.model_family IS
    'family of versions: Opus, Sonnet, Haiku, Nova, Llama; Opus 4, 4.5 and 4.6 are one';
COMMENT ON COLUMN bedrock.model.model_name IS 'name to show: Claude Sonnet 4.6';
COMMENT ON COLUMN bedrock.model.input_modalities IS 'what it reads: text, image, audio, speech, video; NULL: not known';
COMMENT ON COLUMN bedrock.model.output_modalities IS
    'what it writes: text, image, speech, video, embedding; NULL: not known';
COMMENT ON COLUMN bedrock.model.context_window IS 'largest input of one request in tokens; NULL: not known';
COMMENT ON COLUMN bedrock.model.release_date IS 'day of release; NULL: not known';
COMMENT ON COLUMN bedrock.model.lifecycle IS
    'state on the day of as_of: ACTIVE, LEGACY, EXTENDED_ACCESS (legacy, at the price of extended access) or '
    'END_OF_LIFE; today: bedrock.models. NULL: not known';
COMMENT ON COLUMN bedrock.model.legacy_date IS 'first day of LEGACY; NULL: not known, or none is set';
COMMENT ON COLUMN bedrock.model.extended_access_date IS
    'first day of EXTENDED_ACCESS; NULL: not known, or there is none';
COMMENT ON COLUMN bedrock.model.end_of_life_date IS
    'first day of END_OF_LIFE, from which calls fail; where regions differ, the last of the commercial ones. NULL: '
    'not known, or none is set';
COMMENT ON COLUMN bedrock.model.mantle_alias_of IS
    'the model that this is another id of (endpoint bedrock-mantle, dated snapshot), under which spend and prices '
    'are kept; NULL: an id of its own';
COMMENT ON COLUMN bedrock.model.builtin IS
    'true: shipped, replaced by every update; false: a row of the user, which wins';
COMMENT ON COLUMN bedrock.model.source IS 'where the fact was read; NULL: not stated';
COMMENT ON COLUMN bedrock.model.as_of IS 'day on which the source had it; NULL: not stated';

CREATE TABLE bedrock.model_alias (
    kind text NOT NULL CHECK (kind IN ('usage_type_token', 'product_name', 'model_id')),
    alias text NOT NULL CHECK (alias <> ''),
    model_id text NOT NULL,
    builtin boolean NOT NULL DEFAULT false,
    source text,
    as_of date,
    PRIMARY KEY (kind, alias, model_id, builtin)
);
CREATE INDEX model_alias_by_name ON bedrock.model_alias (bedrock_internal.model_name_key(alias), kind);
CREATE INDEX model_alias_by_id ON bedrock.model_alias (bedrock_internal.model_id_key(alias)) WHERE kind = 'model_id';
SELECT pg_extension_config_dump('bedrock.model_alias', 'WHERE NOT builtin');
COMMENT ON TABLE bedrock.model_alias IS
    'other names of models: parts of usage types, product names, further ids. Case and punctuation do not count; a '
    'name of two models is ambiguous and stands for none, but a row of the user decides alone';
COMMENT ON COLUMN bedrock.model_alias.kind IS
    'usage_type_token: model part of a usage type; product_name: product of the line; model_id: another id of '
    'the model';
COMMENT ON COLUMN bedrock.model_alias.alias IS 'the name as written; case and punctuation do not count';
COMMENT ON COLUMN bedrock.model_alias.model_id IS 'model that the name stands for; it need not be in bedrock.model';
COMMENT ON COLUMN bedrock.model_alias.builtin IS
    'true: shipped, replaced by every update; false: a row of the user, which wins';
COMMENT ON COLUMN bedrock.model_alias.source IS
    'where the name was read; "model name": made from the name; NULL: not stated';
COMMENT ON COLUMN bedrock.model_alias.as_of IS 'day on which the source had it; NULL: not stated';

CREATE TABLE bedrock.system_profile (
    profile_id text NOT NULL CHECK (profile_id <> ''),
    model_id text NOT NULL,
    pool text NOT NULL,
    geo_prefix text NOT NULL,
    builtin boolean NOT NULL DEFAULT false,
    source text,
    as_of date,
    PRIMARY KEY (profile_id, builtin)
);
CREATE INDEX system_profile_by_model ON bedrock.system_profile (model_id);
SELECT pg_extension_config_dump('bedrock.system_profile', 'WHERE NOT builtin');
COMMENT ON TABLE bedrock.system_profile IS
    'system-defined inference profiles, which route a call over regions and name no owner; a row of the user wins '
    'over the shipped row of the profile_id: read bedrock.system_profiles. bedrock.import_profiles adds new ones';
COMMENT ON COLUMN bedrock.system_profile.profile_id IS 'id, us.anthropic.claude-sonnet-4-6';
COMMENT ON COLUMN bedrock.system_profile.model_id IS 'model it serves';
COMMENT ON COLUMN bedrock.system_profile.pool IS
    'geography whose regions it may use: us, eu, apac, au, ca, in, jp, us-gov, or global';
COMMENT ON COLUMN bedrock.system_profile.geo_prefix IS 'prefix of the id, before its first dot';
COMMENT ON COLUMN bedrock.system_profile.builtin IS
    'true: shipped, replaced by every update; false: a row of the user, which wins';
COMMENT ON COLUMN bedrock.system_profile.source IS 'where the fact was read; NULL: not stated';
COMMENT ON COLUMN bedrock.system_profile.as_of IS 'day on which the source had it; NULL: not stated';

CREATE TABLE bedrock.system_profile_region (
    profile_id text NOT NULL CHECK (profile_id <> ''),
    source_region text NOT NULL CHECK (source_region <> ''),
    destination_regions text[] NOT NULL,
    builtin boolean NOT NULL DEFAULT false,
    source text,
    as_of date,
    PRIMARY KEY (profile_id, source_region, builtin)
);
SELECT pg_extension_config_dump('bedrock.system_profile_region', 'WHERE NOT builtin');
COMMENT ON TABLE bedrock.system_profile_region IS
    'regions from which a system-defined profile may be called, and to which it may send the call; a row of the user '
    'wins over the shipped row of the profile_id and source_region: read bedrock.system_profile_regions. No row: not '
    'known';
COMMENT ON COLUMN bedrock.system_profile_region.profile_id IS 'id of the system-defined profile';
COMMENT ON COLUMN bedrock.system_profile_region.source_region IS 'region that is called and billed';
COMMENT ON COLUMN bedrock.system_profile_region.destination_regions IS
    'regions that may compute the answer; {*}: every commercial region';
COMMENT ON COLUMN bedrock.system_profile_region.builtin IS
    'true: shipped, replaced by every update; false: a row of the user, which wins';
COMMENT ON COLUMN bedrock.system_profile_region.source IS 'where the fact was read; NULL: not stated';
COMMENT ON COLUMN bedrock.system_profile_region.as_of IS 'day on which the source had it; NULL: not stated';

