-- The registry of profiles: labels, writing the facts of documents, reading a day.
-- The first facts of a profile hold for all its days, as a profile has no spend before it exists; what a
-- later document changes holds from a day on, and the days before keep what they had.

-- Labels
-- ---------------------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION bedrock_internal.label_value(label text, value text) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM bedrock_internal.on_coordinator('bedrock_internal.label_value',
        'Group the lines by their tags first, and read the groups on the coordinator.');
    RETURN (
        SELECT coalesce((SELECT r.canonical
                         FROM bedrock.label_value_rule AS r
                         WHERE r.label = label_value.label
                           AND CASE WHEN r.is_pattern THEN btrim(label_value.value) ~* r.value
                                    ELSE bedrock_internal.fold_name(r.value)
                                         = bedrock_internal.fold_name(label_value.value) END
                         ORDER BY r.is_pattern, r.builtin, r.value COLLATE "C"
                         LIMIT 1), nullif(btrim(label_value.value), '')));
END
$$;
COMMENT ON FUNCTION bedrock_internal.label_value(text, text) IS
    'the value of a label as it is shown: its canonical spelling by bedrock.label_value_rule, else the value without '
    'blanks at its ends; NULL for NULL and blank text';

CREATE OR REPLACE FUNCTION bedrock_internal.label_rules_in_order() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT array_agg(v.word ORDER BY rule.label, rule.priority, rule.tag_key COLLATE "C", v.place)
    FROM (SELECT DISTINCT ON (r.label, bedrock_internal.fold_name(r.tag_key)) r.label, r.tag_key, r.priority
          FROM bedrock.label_rule AS r
          ORDER BY r.label, bedrock_internal.fold_name(r.tag_key), r.builtin, r.tag_key COLLATE "C") AS rule
    CROSS JOIN LATERAL (VALUES (1, rule.label), (2, rule.tag_key)) AS v (place, word)
    WHERE rule.priority IS NOT NULL;
END;
COMMENT ON FUNCTION bedrock_internal.label_rules_in_order() IS
    'the rules of bedrock.label_rule as bedrock_internal.read_labels takes them: label, tag key, and so on, in the '
    'order they are tried; NULL: none';

CREATE OR REPLACE FUNCTION bedrock_internal.label_spellings() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT array_agg(v.word ORDER BY r.label, r.is_pattern, r.builtin, r.value COLLATE "C", v.place)
    FROM bedrock.label_value_rule AS r
    CROSS JOIN LATERAL (VALUES (1, r.label), (2, CASE WHEN r.is_pattern THEN '' ELSE r.value END),
                               (3, CASE WHEN r.is_pattern THEN r.value ELSE '' END),
                               (4, coalesce(r.canonical, ''))) AS v (place, word);
END;
COMMENT ON FUNCTION bedrock_internal.label_spellings() IS
    'bedrock.label_value_rule as bedrock_internal.read_labels takes it: label, value, pattern (one of them is empty), '
    'canonical value (empty: the value stays as it is), and so on, values before patterns, a row of the user before a '
    'shipped one; NULL: none';

CREATE OR REPLACE FUNCTION bedrock_internal.read_labels(tags jsonb, rules text[], spellings text[]) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'bedrock_read_labels' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION bedrock_internal.read_labels(jsonb, text[], text[]) IS
    'labels that tags give by rules (bedrock_internal.label_rules_in_order) and spellings '
    '(bedrock_internal.label_spellings), as an object of label and value; {}: none, also for NULL. A statement over '
    'many tags reads both once';

CREATE OR REPLACE FUNCTION bedrock_internal.tag_labels(tags jsonb) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN tags IS NULL THEN '{}'
                WHEN bedrock_internal.on_coordinator('bedrock_internal.tag_labels',
                    'Group the lines by their tags first, and read the groups on the coordinator.')
                THEN bedrock_internal.read_labels(tags, bedrock_internal.label_rules_in_order(),
                    bedrock_internal.label_spellings()) END;
COMMENT ON FUNCTION bedrock_internal.tag_labels(jsonb) IS
    'labels that tags of the registry or of a bill give by bedrock.label_rule and bedrock.label_value_rule, as an '
    'object of label and value; {}: none, also for NULL';

CREATE OR REPLACE FUNCTION bedrock_internal.labelled_profile(profile bedrock.profile) RETURNS bedrock.profile
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    chosen jsonb := bedrock_internal.tag_labels(profile.tags) || profile.labels;
BEGIN
    RETURN jsonb_populate_record(profile, (SELECT jsonb_object_agg(n.label,
        bedrock_internal.label_value(n.label, chosen ->> n.label))
                                           FROM unnest(bedrock_internal.label_names()) AS n (label)));
END
$$;
COMMENT ON FUNCTION bedrock_internal.labelled_profile(bedrock.profile) IS
    'the row with its label columns filled anew from its tags and from the labels set by hand; nothing is written';

CREATE OR REPLACE FUNCTION bedrock_internal.manual_labels(labels jsonb, change jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_object_agg(l.key, l.value), '{}')
        FROM jsonb_each(manual_labels.labels || coalesce(manual_labels.change, '{}')) AS l (key, value)
        WHERE l.value <> '""');
END
$$;
COMMENT ON FUNCTION bedrock_internal.manual_labels(jsonb, jsonb) IS
    'labels set by hand after a change: its members replace those of labels, and an empty text removes the label, so '
    'that tags decide again';

-- Writing
-- --------------------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION bedrock_internal.upsert_profile(profile_arn text, facts jsonb, manual_labels jsonb,
    valid_from date, origin text, reason text DEFAULT NULL)
    RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part record;
    from_day date := coalesce(valid_from, (now() AT TIME ZONE 'UTC')::date);
    stamp timestamptz;
    old bedrock.profile;
    piece bedrock.profile;
    pieces bedrock.profile[];
    earlier boolean;
    action text := 'unchanged';
BEGIN
    SELECT p.* INTO part FROM @extschema@.bedrock_arn_parts(upsert_profile.profile_arn) AS p;
    IF part.valid IS NOT TRUE OR part.request_path NOT IN ('application_profile', 'project') THEN
        RAISE EXCEPTION 'not the ARN of an application inference profile or a project: "%"',
            left(upsert_profile.profile_arn, 160)
            USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Give the ARN as line_item_resource_id has it.';
    END IF;

    -- One writer at a time: recorded order is commit order. Readers are not held up.
    LOCK TABLE bedrock.profile IN SHARE ROW EXCLUSIVE MODE;
    PERFORM bedrock_internal.require_load();
    SELECT greatest(clock_timestamp(), max(lower(p.recorded)) + interval '1 microsecond') INTO stamp
    FROM bedrock.profile AS p
    WHERE p.profile_arn = upsert_profile.profile_arn;

    SELECT p.* INTO old
    FROM bedrock.profile AS p
    WHERE p.profile_arn = upsert_profile.profile_arn AND upper_inf(p.recorded)
    ORDER BY p.valid LIMIT 1;

    IF old.profile_arn IS NULL OR from_day < lower(old.valid) THEN
        -- Days of which nothing was registered yet.
        piece := old;
        piece.profile_arn := upsert_profile.profile_arn;
        piece.valid := CASE WHEN old.profile_arn IS NULL THEN daterange(coalesce(valid_from, '-infinity'), NULL)
                            ELSE daterange(from_day, lower(old.valid)) END;
        piece.recorded := tstzrange(stamp, NULL);
        piece.origin := coalesce(old.origin, upsert_profile.origin);
        piece.profile_kind := CASE part.request_path WHEN 'project' THEN 'project' ELSE 'application' END;
        piece.profile_id := coalesce(part.profile_id, part.resource_id);
        piece.account_id := part.account_id;
        piece.region := part.region;
        piece.tags := NULL;
        piece := jsonb_populate_record(piece, jsonb_strip_nulls(jsonb_build_object(
            'profile_name', coalesce(piece.profile_name, part.profile_suffix), 'model_id',
            coalesce(piece.model_id, part.model_id),
            'pool', coalesce(piece.pool, bedrock_internal.pool_of_prefix(part.geo_prefix)))) || facts);
        piece.labels := bedrock_internal.manual_labels('{}', manual_labels);
        pieces := ARRAY[bedrock_internal.labelled_profile(piece)];
        action := CASE WHEN old.profile_arn IS NULL THEN 'added' ELSE 'changed' END;
    END IF;

    FOR old IN
        SELECT p.*
        FROM bedrock.profile AS p
        WHERE p.profile_arn = upsert_profile.profile_arn AND upper_inf(p.recorded)
        ORDER BY p.valid
    LOOP
        DECLARE
            before bedrock.profile := old;
            after bedrock.profile := old;
        BEGIN
            -- The first knowledge of a fact holds for every day; tags join in unless a day was given.
            earlier := valid_from IS NULL AND old.tags IS NULL AND facts ? 'tags';
            before := jsonb_populate_record(before, facts - ARRAY(
                SELECT k.key FROM jsonb_object_keys(jsonb_strip_nulls(to_jsonb(old))) AS k (key)
                UNION ALL
                SELECT 'tags' WHERE NOT earlier));
            IF earlier THEN
                before := bedrock_internal.labelled_profile(before);
            END IF;
            IF old.origin = 'discovered' THEN
                before.origin := upsert_profile.origin;
                after.origin := upsert_profile.origin;
            END IF;

            after := jsonb_populate_record(after, facts);
            after.labels := bedrock_internal.manual_labels(after.labels, manual_labels);
            after := bedrock_internal.labelled_profile(after);

            IF lower(old.valid) >= from_day OR before IS NOT DISTINCT FROM after THEN
                CONTINUE WHEN after IS NOT DISTINCT FROM old;
                pieces := pieces || after;
            ELSIF (after IS NOT DISTINCT FROM old AND before IS NOT DISTINCT FROM old)
                OR upper(old.valid) <= from_day THEN
                CONTINUE WHEN before IS NOT DISTINCT FROM old;
                pieces := pieces || before;
            ELSE
                before.valid := daterange(lower(old.valid), from_day);
                after.valid := daterange(from_day, upper(old.valid));
                pieces := pieces || before || after;
            END IF;
        END;

        UPDATE bedrock.profile AS p SET recorded = tstzrange(lower(p.recorded), stamp)
        WHERE p.profile_arn = old.profile_arn AND p.valid = old.valid AND upper_inf(p.recorded);
        action := 'changed';
    END LOOP;

    FOREACH piece IN ARRAY coalesce(pieces, '{}') LOOP
        piece.recorded := tstzrange(stamp, NULL);
        piece.recorded_by := bedrock_internal.calling_role();
        piece.reason := upsert_profile.reason;
        INSERT INTO bedrock.profile SELECT piece.*;
    END LOOP;
    RETURN action;
END
$$;
COMMENT ON FUNCTION bedrock_internal.upsert_profile(text, jsonb, jsonb, date, text, text) IS
    'writes one profile and returns added, changed or unchanged: facts by column name (an absent one leaves the '
    'column as it is), labels set by hand (empty text: removed; null: no label), first day of the change (NULL: all '
    'days for a new profile, today UTC for a change), origin of a new row, why. Error 22023: not the ARN of an '
    'application profile or project';

CREATE OR REPLACE FUNCTION bedrock_internal.begin_registration() RETURNS bedrock_internal.catalogue_version
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Before the version is read: what another session registers in between would count as read into the lines.
    LOCK TABLE bedrock.profile IN SHARE ROW EXCLUSIVE MODE;
    PERFORM bedrock_internal.require_load();
    RETURN bedrock_internal.catalogue_version();
END
$$;
COMMENT ON FUNCTION bedrock_internal.begin_registration() IS
    'locks the registry against other writers until the transaction ends, and returns '
    'bedrock_internal.catalogue_version() of that time';

CREATE OR REPLACE FUNCTION bedrock_internal.system_profile_ids(profile_arns text[]) RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(array_agg(DISTINCT p.profile_id), '{}')
    FROM unnest(profile_arns) AS a (arn) CROSS JOIN LATERAL @extschema@.bedrock_arn_parts(a.arn) AS p
    WHERE p.request_path = 'system_profile';
END;
COMMENT ON FUNCTION bedrock_internal.system_profile_ids(text[]) IS
    'ids of the system-defined profiles among these ARNs; {}: none is one';

CREATE OR REPLACE FUNCTION bedrock_internal.upsert_system_profile(profile jsonb) RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part record;
    today date := (now() AT TIME ZONE 'UTC')::date;
    destinations text[];
    action text := 'unchanged';
BEGIN
    SELECT p.* INTO part FROM @extschema@.bedrock_arn_parts(profile ->> 'profile_arn') AS p;

    -- What is shipped stays as shipped; only what it lacks becomes a row of the user.
    INSERT INTO bedrock.system_profile (profile_id, model_id, pool, geo_prefix, source, as_of)
    -- AWS states that it is a system profile, so a prefix newer than the list of the row functions is a geography too.
    SELECT part.profile_id, part.model_id, bedrock_internal.pool_of_prefix(split_part(part.profile_id, '.', 1)),
        split_part(part.profile_id, '.', 1),
           'bedrock.import_profiles', today
    WHERE NOT EXISTS (SELECT FROM bedrock.system_profile AS p WHERE p.profile_id = part.profile_id)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        action := 'added';
    END IF;

    SELECT CASE WHEN bool_or(region = '') THEN '{*}' ELSE array_agg(region ORDER BY region COLLATE "C")
        END INTO destinations
    FROM (SELECT DISTINCT coalesce(p.region, '') AS region
          FROM jsonb_array_elements_text(profile -> 'models') AS m (arn)
          CROSS JOIN LATERAL @extschema@.bedrock_arn_parts(m.arn) AS p
          WHERE p.valid) AS d;
    INSERT INTO bedrock.system_profile_region AS r (profile_id, source_region, destination_regions, source, as_of)
    SELECT part.profile_id, part.region, destinations, 'bedrock.import_profiles', today
    WHERE part.region IS NOT NULL AND destinations IS NOT NULL
      AND NOT EXISTS (SELECT FROM bedrock.system_profile_region AS b
                      WHERE b.profile_id = part.profile_id AND b.source_region = part.region AND b.builtin)
    ON CONFLICT (profile_id, source_region, builtin) DO UPDATE
        SET destination_regions = excluded.destination_regions, source = excluded.source, as_of = excluded.as_of
        WHERE r.destination_regions <> excluded.destination_regions;
    IF FOUND AND action = 'unchanged' THEN
        action := 'changed';
    END IF;
    RETURN action;
END
$$;
COMMENT ON FUNCTION bedrock_internal.upsert_system_profile(jsonb) IS
    'adds what bedrock.system_profile lacks of a profile in a document (bedrock_internal.json_profile), and returns '
    'added, changed or unchanged; shipped rows stay';

CREATE OR REPLACE FUNCTION bedrock.import_profiles(document jsonb, valid_from date DEFAULT NULL,
    resource_arn text DEFAULT NULL,
    dry_run boolean DEFAULT false) RETURNS TABLE (profile_arn text, action text)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    entry record;
    facts jsonb;
    arns text[] := ARRAY[]::text[];
    actions text[] := ARRAY[]::text[];
    written text[];
    version_before bedrock_internal.catalogue_version;
BEGIN
    IF NOT dry_run THEN
        version_before := bedrock_internal.begin_registration();
    END IF;
    BEGIN
        FOR entry IN
            -- Several pages and documents about one profile are taken together.
            SELECT r.profile ->> 'profile_arn' AS arn, min(r.place) AS place,
                   jsonb_object_agg(f.key, f.value ORDER BY r.place) FILTER (WHERE f.key IS NOT NULL) AS profile
            FROM bedrock_internal.read_profiles(import_profiles.document, import_profiles.resource_arn)
                WITH ORDINALITY AS r (profile, place)
            LEFT JOIN LATERAL jsonb_each(r.profile) AS f (key, value) ON true
            GROUP BY 1
            ORDER BY 2
        LOOP
            IF entry.arn IS NULL THEN
                RAISE EXCEPTION 'record % of the document has no ARN: %', entry.place, left(entry.profile::text, 160)
                    USING ERRCODE = 'invalid_parameter_value',
                    DETAIL = 'Profiles and projects are registered under the ARN that bills have.',
                    HINT = 'Add a member "arn" to the record.';
            END IF;
            arns := arns || entry.arn;
            CASE @extschema@.bedrock_request_path(entry.arn)
                WHEN 'application_profile', 'project' THEN
                    facts := bedrock_internal.profile_facts(entry.profile);
                    actions := actions || bedrock_internal.upsert_profile(
                        entry.arn, facts, NULL, import_profiles.valid_from, 'import');
                WHEN 'system_profile' THEN
                    actions := actions || bedrock_internal.upsert_system_profile(entry.profile);
                ELSE
                    actions := actions || text 'ignored';
            END CASE;
        END LOOP;
        IF dry_run THEN
            RAISE EXCEPTION USING ERRCODE = 'BC001', MESSAGE = 'dry run';
        END IF;
    EXCEPTION WHEN SQLSTATE 'BC001' THEN
        NULL;
    END;
    IF NOT dry_run THEN
        written := ARRAY(SELECT d.arn FROM unnest(arns, actions) AS d (arn, done) WHERE d.done IN ('added', 'changed'));
        PERFORM bedrock_internal.apply_registry(written), bedrock_internal.relabel_spend(written, version_before)
            WHERE cardinality(written) > 0;
    END IF;
    RETURN QUERY SELECT d.arn, d.done FROM unnest(arns, actions) AS d (arn, done);
END
$$;
COMMENT ON FUNCTION bedrock.import_profiles(jsonb, date, text, boolean) IS
    'brings the registry up to date with a document of profiles or projects, and returns what became of each '
    'resource: added, changed, unchanged, or ignored (neither a profile nor a project). Takes the JSON of aws '
    'bedrock list-inference-profiles, get-inference-profile or list-tags-for-resource (with resource_arn), '
    'resourcegroupstaggingapi get-resources, cloudcontrol list-resources, a list of bedrock-mantle projects, a '
    'Terraform state, or an array of these; what it does not state stays, and an empty list of tags removes them. '
    'valid_from: first UTC day; NULL: all days for a new profile, today for a change. dry_run: changes nothing. '
    'Lines and logged requests that are loaded follow at once, or with the next refresh where another session works '
    'on them. Error 22023: none of these shapes, or a record without ARN';

CREATE OR REPLACE FUNCTION bedrock_internal.relabel_spend(profile_arns text[],
    version_before bedrock_internal.catalogue_version) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    dimensions integer[];
    changed bigint;
    version_now bedrock_internal.catalogue_version;
BEGIN
    -- Who may write the registry and not the facts leaves it to the next refresh.
    IF NOT (SELECT bool_and(has_table_privilege('bedrock.' || n.name, n.privilege))
            FROM (VALUES ('fact', 'UPDATE'), ('fact_month', 'INSERT'), ('fact_month', 'DELETE'),
                ('dimension', 'UPDATE'), ('attribution', 'INSERT'), ('attribution', 'UPDATE'),
                ('attribution', 'DELETE'), ('owner', 'INSERT'), ('claim', 'SELECT'), ('workload', 'SELECT'),
                ('element', 'SELECT'), ('owner_rule', 'SELECT'), ('principal_label', 'SELECT'),
                ('model_policy', 'SELECT'),
                         ('period', 'UPDATE')) AS n (name, privilege))
       OR NOT has_function_privilege('bedrock_internal.lock_ownership(boolean)', 'EXECUTE')
       OR NOT (SELECT bool_and(has_table_privilege('bedrock_internal.state', n.privilege))
           FROM unnest('{SELECT,INSERT,UPDATE}'::text[]) AS n (privilege)) THEN
        RETURN 0;
    END IF;
    -- Who changes ownership writes the same intervals, and ends first: the registry is locked before ownership.
    PERFORM bedrock_internal.lock_ownership();
    -- A refresh at work is not waited for, as it may wait for the registry: the next one does it. What is locked here a
    -- refresh leaves alone.
    IF NOT bedrock_internal.lock_periods() THEN
        RETURN 0;
    END IF;
    -- A system-defined profile is the same in every account and region.
    dimensions := ARRAY(SELECT d.dimension_id FROM bedrock.dimension AS d
                        WHERE d.resource_id = ANY (relabel_spend.profile_arns)
                           OR d.request_path = 'system_profile' AND d.profile_id =
                               ANY (bedrock_internal.system_profile_ids(relabel_spend.profile_arns)));
    IF cardinality(dimensions) = 0 THEN
        changed := 0;
    ELSE
        changed := bedrock_internal.read_dimensions(dimensions) + bedrock_internal.write_attribution(dimensions);
    END IF;
    -- Where all was up to date before, all is up to date again with the registry; with a catalogue that changed, be it
    -- by a system-defined profile, only what was read here is, and the next refresh reads the rest.
    IF bedrock_internal.stored_catalogue_version() = relabel_spend.version_before THEN
        version_now := bedrock_internal.catalogue_version();
        version_now.catalogues := (relabel_spend.version_before).catalogues;
        PERFORM bedrock_internal.store_catalogue_version(version_now);
    END IF;
    RETURN changed;
END
$$;
COMMENT ON FUNCTION bedrock_internal.relabel_spend(text[], bedrock_internal.catalogue_version) IS
    'brings the lines of these profiles and projects in bedrock.spend up to date with the registry, without reading '
    'a source, and returns how many dimensions changed; 0 where the caller may not write the facts or another '
    'session works on them, as the next refresh does it then. version_before: as '
    'bedrock_internal.begin_registration() returned it';

CREATE OR REPLACE FUNCTION bedrock.register_profile(profile_arn text, profile_name text DEFAULT NULL,
    source text DEFAULT NULL,
    tags jsonb DEFAULT NULL, valid_from date DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    action text;
    version_before bedrock_internal.catalogue_version := bedrock_internal.begin_registration();
BEGIN
    IF source <> '' AND @extschema@.bedrock_model_id(source) IS NULL THEN
        RAISE EXCEPTION 'no foundation model or system-defined profile: "%"', left(source, 160)
            USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Give a model id, the id of a system-defined profile, or the ARN of either.';
    END IF;
    action := bedrock_internal.upsert_profile(register_profile.profile_arn,
        bedrock_internal.profile_facts(jsonb_strip_nulls(jsonb_build_object(
        'profile_name', nullif(register_profile.profile_name, ''), 'source_arn', nullif(source, ''),
        'tags', bedrock_internal.json_tags(register_profile.tags)))), NULL, register_profile.valid_from, 'manual');
    PERFORM bedrock_internal.apply_registry(ARRAY[register_profile.profile_arn]),
        bedrock_internal.relabel_spend(ARRAY[register_profile.profile_arn], version_before)
    WHERE action <> 'unchanged';
    RETURN action;
END
$$;
COMMENT ON FUNCTION bedrock.register_profile(text, text, text, jsonb, date) IS
    'registers a profile or project by hand, and returns added, changed or unchanged; a NULL argument leaves the '
    'value as it is. source: what it was copied from (model id, id of a system-defined profile, or ARN of either); '
    'valid_from and what follows as with bedrock.import_profiles. Error 22023: not the ARN of an application profile '
    'or project, or a source that names no model';

CREATE OR REPLACE FUNCTION bedrock.discover_profiles(profile_arns text[], valid_from date DEFAULT NULL) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    arn text;
    added text[] := '{}'::text[];
BEGIN
    FOR arn IN
        SELECT DISTINCT seen.arn
        FROM unnest(profile_arns) AS seen (arn)
        WHERE @extschema@.bedrock_request_path(seen.arn) IN ('application_profile', 'project')
          AND (@extschema@.bedrock_arn_parts(seen.arn)).valid
          AND NOT EXISTS (SELECT FROM bedrock.profile AS p WHERE p.profile_arn = seen.arn AND upper_inf(p.recorded))
        ORDER BY seen.arn
    LOOP
        -- Another session may have been first: then there is nothing to add.
        IF bedrock_internal.upsert_profile(arn, '{}', NULL, discover_profiles.valid_from, 'discovered') = 'added' THEN
            added := added || arn;
        END IF;
    END LOOP;
    PERFORM bedrock_internal.apply_registry(added);
    RETURN cardinality(added);
END
$$;
COMMENT ON FUNCTION bedrock.discover_profiles(text[], date) IS
    'registers those of the given application profiles and projects that are not registered yet, with origin '
    'discovered, and returns how many; other ARNs and NULL are ignored. valid_from: first day; NULL: all days';

CREATE OR REPLACE FUNCTION bedrock.relabel_profiles(valid_from date DEFAULT NULL) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    arn text;
    from_day date := coalesce(valid_from, (now() AT TIME ZONE 'UTC')::date);
    changed text[] := '{}'::text[];
BEGIN
    FOR arn IN
        SELECT DISTINCT p.profile_arn
        FROM bedrock.profile AS p
        WHERE upper_inf(p.recorded) AND NOT p.valid << daterange(from_day, NULL)
          AND p IS DISTINCT FROM bedrock_internal.labelled_profile(p)
        ORDER BY p.profile_arn
    LOOP
        -- A profile registered for later days only is relabelled in these.
        IF bedrock_internal.upsert_profile(arn, '{}', NULL,
               (SELECT greatest(from_day, min(lower(p.valid))) FROM bedrock.profile AS p
                WHERE p.profile_arn = arn AND upper_inf(p.recorded)), 'discovered') = 'changed' THEN
            changed := changed || arn;
        END IF;
    END LOOP;
    PERFORM bedrock_internal.apply_registry(changed);
    RETURN cardinality(changed);
END
$$;
COMMENT ON FUNCTION bedrock.relabel_profiles(date) IS
    'applies bedrock.label_rule and bedrock.label_value_rule as they are now to registered profiles, from a UTC day '
    'on (NULL: today; -infinity: all days), and returns how many changed';

-- Asking
-- ---------------------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION bedrock.profile_as_of(profile_arn text, day date, known timestamptz DEFAULT 'infinity')
    RETURNS SETOF bedrock.profile
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
    BEGIN ATOMIC
        SELECT p.*
        FROM bedrock.profile AS p
        WHERE p.profile_arn = profile_as_of.profile_arn AND p.valid @> profile_as_of.day
          AND p.recorded @> profile_as_of.known
          AND bedrock_internal.on_coordinator('bedrock.profile_as_of',
              'Join the lines with bedrock.profile: profile_arn, and valid and recorded that contain the day.');
    END;
COMMENT ON FUNCTION bedrock.profile_as_of(text, date, timestamptz) IS
    'row of the registry for a profile on a UTC day, as known at a point in time (default: now); no row: not '
    'registered for that day';
