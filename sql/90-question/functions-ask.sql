-- Asking and answering: bedrock.ask finds a question by words, bedrock.answer runs one.

-- Phrases, and words that the stemmer drops, as one term. Applied in this order, to the words of a question and to the
-- catalogue alike.
CREATE OR REPLACE FUNCTION bedrock_internal.question_phrases(text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    phrased text := lower($1);
    phrase record;
BEGIN
    FOR phrase IN
        SELECT p.pattern, p.term
        FROM (VALUES
            (E'n''t\\M', ' not'),
            (E'\\mhow (much|big a part) of\\M|\\m(what|which) (part|portion|fraction|percentage?|share) of\\M',
             'share'),
            (E'\\mhow (much|many)\\M|\\mwhat (did|do|have) (we|i) (?=pay|spen)', 'total'),
            (E'\\m(who|whom|whose|who''s|spenders?)\\M', 'spender'),
            (E'\\m(cost|budget|business) (owner|holder)s?\\M', 'team'),
            (E'\\mcost[ _-]?cent(er|re)s?\\M', 'costcenter'),
            (E'\\m(over|above|past|beyond|exceed(s|ed|ing)?|overr[au]n) (the |my |our |its |their )?(ai )?budgets?\\M|'
             '\\mbudgets? (is |are |was |were |get |got )?(exceeded|overrun|blown)\\M', 'overbudget budget'),
            (E'\\mservice control polic(y|ies)\\M', 'scp policy'),
            (E'\\mbusiness units?\\M', 'businessunit'),
            (E'\\m(month (by|over|on|after) month|over time|per month|by month|each month|every '
             'month|monthly|trends?|history)\\M', 'bymonth'),
            (E'\\m(per day|by day|each day|every day|a day|daily|day by day)\\M', 'byday'),
            (E'\\m(without|no|missing|lacking|lacks?|not|never) (a |any )?(tags?|tagged|labels?)\\M|\\muntagged\\M',
             'untagged'),
            (E'\\m(without|not through|not via|bypass(es|ing)?) (an? |any )?(inference )?profiles?\\M',
             'bypass profile'),
            (E'\\m(inference )profiles?\\M', 'profile'),
            (E'\\mend[ -]of[ -]life\\M|\\meol\\M|\\m(deprecated|retired|sunset)\\M', 'endoflife'),
            (E'\\m(month|period)[ -]end\\M|\\mend (of )?(the |this )?(month|period)\\M', 'forecast month'),
            (E'\\mwill (we|i) (end|land|finish|spend|pay|be)\\M|'
             '\\mwill (?=(it|this|that|the|next|my|our|bedrock|month)\\M.*\\mcosts?\\M)',
             'forecast'),
            (E'\\moverspen[dt]s?\\M|\\moverspending\\M', 'overbudget budget'),
            -- Not the share of something.
            (E'\\mshared\\M', 'common'),
            (E'\\m(we|i) (bill|charge)\\M(?! .*\\mback\\M)', 'chargeback'),
            (E'\\m(higher|lower|more|less|dearer|cheaper) than\\M|\\mcompared? (to|with)\\M', 'change'),
            (E'\\m(finops )?kpis?\\M|\\mkey (performance )?indicators?\\M', 'kpi'),
            (E'\\mapi[ -]keys?\\M|\\mkeys? api\\M', 'apikey'),
            (E'\\mper (million|1m|mtok)\\M|\\ma million\\M', 'permillion'),
            (E'\\m(real|actual) (savings?)\\M', 'saving'),
            (E'\\mproduction\\M', 'environment'),
            (E'\\mset ?up (right|correctly|properly)\\M', 'setup'),
            (E'\\mservice tiers?\\M', 'tier'),
            (E'\\m(go(ne|es|ing)?|went) up\\M|\\m(rise|rises|risen|rising|rose|grew|grows?|grown|growing|growth)\\M',
             'increase'),
            (E'\\mservice accounts?\\M', 'role'),
            (E'\\mtag(ged)? (by |with )?(the )?(team|project|environment|department|customer|application|cost)',
             E'\\4'),
            (E'\\m(most|top|biggest|largest|highest|heaviest|expensive|costliest|dearest)\\M', 'top'),
            (E'\\m(no|not|without|never|none|nobody)\\M', 'without'),
            (E'[$]\\d*', ' dollar ')) AS p (pattern, term)
    LOOP
        phrased := regexp_replace(phrased, phrase.pattern, ' ' || phrase.term || ' ', 'g');
    END LOOP;

    RETURN phrased;
END
$$;
COMMENT ON FUNCTION bedrock_internal.question_phrases(text) IS
    'a text in lower case with phrases that mean one thing as one word (who: caller, cost owner: team, how much: '
    'total), as bedrock_internal.question_terms takes it';

-- All texts at once, as the pattern of each phrase is compiled once for them all.
CREATE OR REPLACE FUNCTION bedrock_internal.question_terms(texts text[]) RETURNS TABLE (ordinal bigint, terms text[])
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH word AS MATERIALIZED (
        SELECT DISTINCT t.n, w.word
        FROM regexp_split_to_table(
                 bedrock_internal.question_phrases((
                     SELECT string_agg(translate(coalesce(u.text, ''), E'\n', ' '), E'\n' ORDER BY u.n)
                     FROM unnest(texts) WITH ORDINALITY AS u (text, n))), E'\n') WITH ORDINALITY AS t (text, n)
        CROSS JOIN LATERAL regexp_split_to_table(t.text, '[^a-z0-9]+') AS w (word)
        WHERE w.word <> ''),
    stem AS (
        SELECT DISTINCT d.word, (ts_lexize('pg_catalog.english_stem', d.word))[1] AS stem
        FROM (SELECT DISTINCT w.word FROM word AS w) AS d),
    term AS (
        SELECT m.word, coalesce(s.term, m.stem) AS term
        FROM stem AS m
        LEFT JOIN (
            -- Words that mean the same, by their stems. Words that ask and narrow nothing mean nothing.
            SELECT x.term, unnest(string_to_array(x.stems, ' '))
            FROM (VALUES
                ('',
                 'show list give tell pleas need want see get find look like thing let can could would also s re ve us '
                 'use actual do per vs versus sinc last than ago instead breakdown go got whi much bedrock ai genai aw '
                 'amazon'),
                ('spend', 'cost spent charg money expens pay paid dollar usd expenditur'),
                ('application', 'app applic chatbot'),
                ('customer', 'tenant client'),
                ('team', 'squad crew'),
                ('engineer', 'develop programm coder'),
                ('caller', 'princip iam ident consum user person peopl'),
                ('role', 'rol'),
                ('region', 'geographi locat countri'),
                ('environ', 'env stage prod'),
                ('department', 'divis depart'),
                ('account', 'subaccount'),
                ('project', 'workspac'),
                ('equal', 'match agre reconcil'),
                ('forecast', 'predict expect outlook'),
                ('saving', 'save optim optimis optimiz reduc cut'),
                ('idle', 'unus'),
                ('spike', 'anomali surg jump peak unusu'),
                ('request', 'call invoc invok'),
                ('price', 'tariff'),
                ('endoflif', 'endoflife'),
                ('guardrail', 'guard'),
                ('invoice', 'invoic'),
                ('total', 'sum overall altogeth whole'),
                ('share', 'percent percentag proport ratio'),
                ('drive', 'driver caus behind'),
                ('unclaimed', 'unclaim unown ownerless orphan'),
                ('loop', 'runaway'),
                ('limit', 'quota')) AS x (term, stems)) AS s (term, stem) ON s.stem = m.stem
        WHERE m.stem IS NOT NULL AND coalesce(s.term, m.stem) <> '')
    SELECT u.n, coalesce(array_agg(DISTINCT t.term ORDER BY t.term) FILTER (WHERE t.term IS NOT NULL), '{}')
    FROM unnest(texts) WITH ORDINALITY AS u (text, n)
    LEFT JOIN word AS w ON w.n = u.n
    LEFT JOIN term AS t ON t.word = w.word
    GROUP BY u.n;
END
$$;
COMMENT ON FUNCTION bedrock_internal.question_terms(text[]) IS
    'what each of several texts is about, by its place, as bedrock.ask compares it: stems of its words, those that '
    'mean the same as one, without those that only ask; never NULL';

CREATE OR REPLACE FUNCTION bedrock_internal.question_terms(text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT t.terms FROM bedrock_internal.question_terms(ARRAY[$1]) AS t);
COMMENT ON FUNCTION bedrock_internal.question_terms(text) IS 'what one text is about, as of several';

CREATE OR REPLACE FUNCTION bedrock_internal.question_arguments(words text, OUT args jsonb, OUT rest text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    latest date := bedrock.latest_period();
    months text :=
        'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t|tember)?|oct(?:ober)?'
        '|nov(?:ember)?|dec(?:ember)?';
    names constant text[] := ARRAY['workload', 'application', 'project', 'team', 'customer', 'department',
                                   'environment'];
    plain constant text[] := ARRAY['all', 'bedrock', 'cost', 'spend', 'budget', 'model', 'models', 'month', 'team',
                                   'user', 'users', 'service', 'region', 'tokens'];
    said text[] := ARRAY[]::text[];
    part text[];
    month date;
    hit record;
BEGIN
    args := '{}';
    rest := ' ' || regexp_replace(lower(words), E'\\s+', ' ', 'g') || ' ';

    -- An ARN first: its numbers and words narrow nothing else.
    part := regexp_match(words, E'(?i)\\m(arn:aws[a-z-]*:[^[:space:]"'',;?]+)');
    IF part IS NOT NULL THEN
        args := args || jsonb_build_object('arn', part[1]);
        rest := replace(rest, lower(part[1]), 'arn');
    END IF;

    -- The month: as a date, by name, or as this or last month. What is compared with a month is not asked about it.
    IF rest ~ E'\\m20\\d\\d-(0[1-9]|1[0-2])(-\\d\\d)?\\M' THEN
        part := regexp_match(rest, E'\\m(20\\d\\d-(?:0[1-9]|1[0-2]))(?:-\\d\\d)?\\M');
        month := (part[1] || '-01')::date;
        rest := regexp_replace(rest, E'\\m20\\d\\d-(0[1-9]|1[0-2])(-\\d\\d)?\\M', 'month');
    ELSIF rest ~ (E'\\m(?:' || months || E')\\M,? ?20\\d\\d\\M') THEN
        part := regexp_match(rest, E'\\m(' || months || E')\\M,? ?(20\\d\\d)\\M');
        month := to_date(left(part[1], 3) || ' ' || part[2], 'mon YYYY');
        rest := regexp_replace(rest, E'\\m(?:' || months || E')\\M,? ?20\\d\\d\\M', 'month');
    ELSIF rest ~ (E'\\m(in|of|for|during|until|through) (' || months || E')\\M') AND latest IS NOT NULL THEN
        part := regexp_match(rest, E'\\m(?:in|of|for|during|until|through) (' || months || E')\\M');
        month := to_date(left(part[1], 3) || ' ' || to_char(latest, 'YYYY'), 'mon YYYY');
        month := CASE WHEN month > latest THEN (month - interval '1 year')::date ELSE month END;
        rest := regexp_replace(rest, E'\\m(?:in|of|for|during|until|through) (' || months || E')\\M', 'month');
    ELSIF rest ~ E'(?<!\\m(to|than|vs|vs\\.|versus|with|against|since|from|and|over) (the )?)\\m(last|previous|prior) '
                 'month\\M' THEN
        month := (latest - interval '1 month')::date;
        rest := regexp_replace(rest, E'\\m(last|previous|prior) month\\M', 'month');
    ELSIF rest ~ E'\\m(this|current) month\\M|\\mmonth to date\\M|\\mmtd\\M' THEN
        month := latest;
        rest := regexp_replace(rest, E'\\m(this|current) month\\M|\\mmonth to date\\M|\\mmtd\\M', 'month');
    END IF;
    IF month IS NOT NULL THEN
        args := args || jsonb_build_object('period', month);
    END IF;

    -- No question takes other spans of time: the note lists them as left out.
    part := CASE WHEN month IS NULL
                 THEN regexp_match(rest,
                                   E'\\m(q[1-4](?:[ /-]?20\\d\\d)?|20\\d\\d[ -]?q[1-4]|h[12] '
                                   '20\\d\\d|(?:this|last|previous|next) (?:year|quarter)|next month|'
                                   '(?:year|quarter) to date|ytd|yesterday|today|20\\d\\d)\\M') END;
    IF part IS NOT NULL THEN
        args := args || jsonb_build_object('time', part[1]);
        rest := replace(rest, part[1], '');
    END IF;

    -- How many, and how long.
    FOR hit IN
        SELECT n.name, n.pattern, (regexp_match(rest, n.pattern))[1] AS value
        FROM (VALUES ('top', E'\\mtop (\\d{1,4})\\M'), ('days', E'\\m(?:last|past|for|in) (\\d{1,4}) days?\\M'),
                     ('weeks', E'\\m(?:last|past|for|in) (\\d{1,4}) weeks?\\M'),
                     ('months', E'\\m(?:last|past|for|in) (\\d{1,4}) months?\\M')) AS n (name, pattern)
        WHERE rest ~ n.pattern LOOP
        args := args || jsonb_build_object(hit.name, hit.value::integer);
        rest := regexp_replace(rest, hit.pattern, CASE hit.name WHEN 'top' THEN 'top' ELSE '' END);
    END LOOP;

    -- Accounts and regions are known by their form.
    part := regexp_match(rest, E'\\m(\\d{12})\\M');
    IF part IS NOT NULL THEN
        args := args || jsonb_build_object('account', part[1]);
        rest := replace(regexp_replace(rest, E'\\maccount (?=\\d{12}\\M)', ''), part[1], 'account');
    END IF;
    part := regexp_match(rest,
                         E'\\m([a-z]{2}(?:-gov|-iso[a-z]?)?-(?:north|south|east|west|central)+(?:east|west)?-\\d)\\M');
    IF part IS NOT NULL THEN
        args := args || jsonb_build_object('region', part[1]);
        rest := replace(rest, part[1], 'region');
    END IF;

    -- A model by its name or family, the longest name first. Command and Ray are words, too.
    SELECT n.label, n.spelled INTO hit
    FROM (SELECT DISTINCT l.label, btrim(regexp_replace(lower(l.label), '[^a-z0-9.]+', ' ', 'g')) AS spelled
          FROM bedrock.models AS m
          CROSS JOIN LATERAL (VALUES (m.model_name), (m.model_family), ('Claude ' || m.model_family), ('Claude'))
              AS l (label)
          WHERE l.label <> ALL ('{Command,Ray,Embed,Rerank}')
            AND (l.label <> 'Claude ' || m.model_family OR m.provider = 'Anthropic')) AS n
    WHERE strpos(regexp_replace(rest, '[^a-z0-9.]+', ' ', 'g'), ' ' || n.spelled || ' ') > 0
    ORDER BY length(n.spelled) DESC, n.label LIMIT 1;
    IF FOUND THEN
        args := args || jsonb_build_object('model', hit.label);
        rest := replace(regexp_replace(rest, '[^a-z0-9.]+', ' ', 'g'), ' ' || hit.spelled || ' ', ' model ');
        -- Two models are no one model.
        SELECT string_agg(l.model_family, ' and ' ORDER BY l.model_family) AS others INTO hit
        FROM (SELECT DISTINCT m.model_family FROM bedrock.models AS m) AS l
        WHERE strpos(rest, ' ' || lower(l.model_family) || ' ') > 0
          AND l.model_family <> ALL ('{Command,Ray,Embed,Rerank}');
        IF hit.others IS NOT NULL THEN
            args := args - 'model' || jsonb_build_object('models', concat_ws(' and ', args ->> 'model', hit.others));
        END IF;
    END IF;

    -- Names that the data knows: next to the word for what they are, else only where they are no plain word.
    FOR hit IN
        SELECT DISTINCT ON (v.name) v.name, v.value,
               rest ~ (E'\\m' || v.name || ' "?' || v.pattern || E'(?![\\w-])')
               OR rest ~ (E'(?<![\\w-])' || v.pattern || '"? ' || v.name || E'\\M') AS is_said
        FROM (SELECT DISTINCT l.name, l.value,
                     regexp_replace(lower(l.value), '([^a-z0-9 ])', E'\\\\\\1', 'g') AS pattern
              FROM bedrock.attribution AS a
              CROSS JOIN LATERAL (VALUES ('team', a.team), ('application', a.application), ('project', a.project),
                                         ('customer', a.customer), ('department', a.department),
                                         ('environment', a.environment)) AS l (name, value)
              WHERE l.value NOT LIKE '(%' AND length(l.value) BETWEEN 2 AND 100
              UNION
              SELECT 'workload', w.workload, regexp_replace(lower(w.workload), '([^a-z0-9 ])', E'\\\\\\1', 'g')
              FROM bedrock.workload AS w WHERE length(w.workload) BETWEEN 2 AND 100) AS v
        WHERE rest ~ (E'\\m' || v.name || ' "?' || v.pattern || E'(?![\\w-])')
          OR rest ~ (E'(?<![\\w-])' || v.pattern || '"? ' || v.name || E'\\M')
          OR v.value ~ '[a-z][-_. ][a-z]' AND rest ~ (E'(?<![\\w-])' || v.pattern || E'(?![\\w-])')
          -- A single word is a name behind a word that asks for one.
          OR v.name IN ('workload', 'application', 'project') AND lower(v.value) <> ALL (plain)
             AND rest ~ (E'\\m(for|of|on|is|does|did|has|was) "?' || v.pattern || E'(?![\\w-])')
        ORDER BY v.name, is_said DESC, length(v.value) DESC, strpos(words, v.value) = 0, v.value LOOP
        args := args || jsonb_build_object(hit.name, hit.value);
        said := said || ARRAY(SELECT hit.name WHERE hit.is_said);
    END LOOP;
    -- What is said to be a workload is no application or project of that name.
    args := args - ARRAY(SELECT a.key FROM jsonb_each_text(args) AS a
                         JOIN jsonb_each_text(args) AS o ON lower(o.value) = lower(a.value) AND o.key = ANY (said)
                         WHERE a.key <> ALL (said) AND a.key = ANY (names));
    FOR hit IN
        SELECT a.key AS name, lower(a.value) AS value FROM jsonb_each_text(args) AS a
        WHERE a.key = ANY (names)
        ORDER BY length(a.value) DESC, a.key LOOP
        rest := regexp_replace(rest, E'(?<![\\w-])' || regexp_replace(hit.value, '([^a-z0-9 ])', E'\\\\\\1', 'g')
                               || E'(?![\\w-])', hit.name, 'g');
    END LOOP;
    rest := btrim(rest);
END
$$;
COMMENT ON FUNCTION bedrock_internal.question_arguments(text) IS
    'what words narrow a question to: args by the names of parameters (period, model, team, account, arn, top, ...), '
    'only values that the catalogue or the data knows; rest: the words with what was found replaced by what it is';

CREATE OR REPLACE FUNCTION bedrock.ask(words text DEFAULT NULL)
    RETURNS TABLE (question_id text, question text, sql text, rank numeric, args jsonb, note text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    wanted text := btrim(coalesce(words, ''));
    near constant numeric := 0.55;
    narrowed record;
    best numeric;
    listed text;
BEGIN
    IF wanted = '' THEN
        RETURN QUERY
        SELECT DISTINCT ON (q.question_id) q.question_id, q.question, q.sql, NULL::numeric, '{}'::jsonb, NULL::text
        FROM bedrock.question AS q ORDER BY q.question_id, q.builtin;
        RETURN;
    END IF;

    -- An id, or a question word by word.
    RETURN QUERY
    SELECT q.question_id, q.question, q.sql, 1.0, '{}'::jsonb, NULL::text
    FROM bedrock.question AS q
    WHERE upper(q.question_id) = upper(wanted)
      OR bedrock_internal.fold_name(q.question) = bedrock_internal.fold_name(wanted)
    ORDER BY upper(q.question_id) = upper(wanted) DESC, q.builtin LIMIT 1;
    IF FOUND THEN
        RETURN;
    END IF;

    SELECT * INTO narrowed FROM bedrock_internal.question_arguments(wanted);

    FOR question_id, question, sql, rank, args, note, best IN
        WITH own AS MATERIALIZED (
            SELECT DISTINCT ON (r.question_id) r.* FROM bedrock.question AS r ORDER BY r.question_id, r.builtin),
        -- Its other words, what it is about, and the question with the other ways to ask it.
        text AS MATERIALIZED (
            SELECT row_number() OVER () AS n, q.question_id, t.kind, t.text
            FROM own AS q
            CROSS JOIN LATERAL (
                SELECT 'keys', split_part(q.keywords, '|', 1)
                UNION ALL
                SELECT 'about', concat_ws(' ', q.section, q.persona,
                                          (SELECT string_agg(translate(c ->> 'name', '_', ' '), ' ')
                                           FROM jsonb_array_elements(q.answer_columns) AS c))
                UNION ALL
                SELECT 'phrasing', q.question
                UNION ALL
                SELECT 'phrasing', unnest((string_to_array(q.keywords, '|'))[2:])) AS t (kind, text)),
        term AS MATERIALIZED (
            SELECT t.n, t.question_id, t.kind, r.terms
            FROM bedrock_internal.question_terms((SELECT array_agg(t.text ORDER BY t.n) FROM text AS t)) AS r
            JOIN text AS t ON t.n = r.ordinal),
        catalogue AS MATERIALIZED (
            SELECT q.*, k.terms AS keys, a.terms AS about
            FROM own AS q
            JOIN term AS k ON k.question_id = q.question_id AND k.kind = 'keys'
            JOIN term AS a ON a.question_id = q.question_id AND a.kind = 'about'),
        size AS (SELECT count(*) AS questions FROM catalogue),
        phrasing AS MATERIALIZED (SELECT t.n, t.question_id, t.terms FROM term AS t WHERE t.kind = 'phrasing'),
        -- A word weighs the more the fewer questions have it.
        weight AS MATERIALIZED (
            SELECT t.term, ln(1 + s.questions::numeric / count(*)) AS weight
            FROM (SELECT p.question_id, unnest(p.terms) FROM phrasing AS p UNION SELECT c.question_id, unnest(c.keys)
                  FROM catalogue AS c) AS t (question_id, term)
            CROSS JOIN size AS s
            GROUP BY t.term, s.questions),
        -- What the answer is to be by counts more than what it is of.
        dimension AS (
            SELECT DISTINCT d.term
            FROM regexp_matches(bedrock_internal.question_phrases(narrowed.rest),
                                E'\\m(?:by|per|for (?:each|every)|each|every)\\s+((?:the\\s+|each\\s+)?[a-z]+'
                                '(?:(?:\\s*,\\s*|\\s+and\\s+|\\s+and by\\s+)[a-z]+)*)', 'g') AS m (found)
            CROSS JOIN LATERAL unnest(bedrock_internal.question_terms(m.found[1])) AS d (term)),
        -- A term is named by the fewest words that say it: one, or a phrase.
        span AS MATERIALIZED (
            SELECT row_number() OVER () AS n, s.size,
                   array_to_string(p.words[f.first:f.first + s.size - 1], ' ') AS words
            FROM (SELECT regexp_split_to_array(lower(narrowed.rest), '[^a-z0-9]+') AS words) AS p
            CROSS JOIN LATERAL generate_series(1, 4) AS s (size)
            CROSS JOIN LATERAL generate_series(1, cardinality(p.words) - s.size + 1) AS f (first)),
        said AS MATERIALIZED (
            SELECT DISTINCT d.term, s.words, s.size, min(s.size) OVER (PARTITION BY d.term) AS least
            FROM bedrock_internal.question_terms((SELECT array_agg(s.words ORDER BY s.n) FROM span AS s)) AS r
            JOIN span AS s ON s.n = r.ordinal
            CROSS JOIN LATERAL unnest(r.terms) AS d (term)),
        asked AS MATERIALIZED (
            SELECT t.term, w.term IS NOT DISTINCT FROM t.term OR w.term IS NULL AS exact,
                   EXISTS (SELECT FROM weight AS x WHERE x.term = t.term) AS known,
                   -- How much only asks.
                   (SELECT string_agg(p.words, ' ' ORDER BY p.words) FROM said AS p
                    WHERE p.term = t.term AND p.size = p.least AND (p.term <> 'total' OR p.size = 1)) AS words,
                   coalesce(w.weight, (SELECT ln(1 + s.questions::numeric) FROM size AS s))
                       * CASE WHEN d.term IS NOT NULL THEN 2.5
                              -- Which month is an argument, and tells no question from another.
                              WHEN t.term = 'month' AND narrowed.args ? 'period' THEN 0.2 ELSE 1 END AS weight
            FROM unnest(bedrock_internal.question_terms(narrowed.rest)) AS t (term)
            LEFT JOIN weight AS w ON w.term = t.term
                OR length(t.term) >= 4 AND starts_with(w.term, t.term)
                AND NOT EXISTS (SELECT FROM weight AS x WHERE x.term = t.term)
            LEFT JOIN dimension AS d ON d.term = t.term),
        given AS MATERIALIZED (
            SELECT a.key AS name, a.value, bedrock_internal.question_terms(a.key) AS terms,
                   CASE WHEN p.place IS NULL THEN a.key ELSE lower(a.value #>> '{}') END AS thing, p.place
            FROM jsonb_each(narrowed.args) AS a
            LEFT JOIN unnest('{workload,application,project,team,customer,department,environment}'::text[])
                WITH ORDINALITY AS p (name, place) ON p.name = a.key),
        scored AS (
            SELECT c.question_id, c.question, c.sql, c.parameters, taken.args, taken.lost,
                   -- Names stand in lost, or are taken.
                   (SELECT string_agg(a.words, ' ' ORDER BY strpos(narrowed.rest, a.words)) FROM asked AS a
                    WHERE a.term <> ALL (f.spoken || c.keys || c.about || taken.names || '{month,environ}'::text[])
                      AND NOT EXISTS (SELECT FROM given AS g WHERE a.term = ANY (g.terms))
                      AND NOT EXISTS (SELECT FROM unnest(f.spoken || c.keys || c.about) AS w (term)
                                      WHERE NOT a.exact AND starts_with(w.term, a.term))) AS unused,
                   (SELECT sum(a.weight * greatest(
                               CASE WHEN m.term = ANY (f.spoken) THEN 1 END,
                               CASE WHEN m.term = ANY (c.keys) THEN 0.9 END,
                               CASE WHEN m.term = ANY (c.about) THEN 0.35 END,
                               CASE WHEN CASE a.term WHEN 'month' THEN 'period' WHEN 'environ' THEN 'environment'
                                             ELSE a.term END = ANY (taken.names)
                                        THEN 0.95 END, 0))
                           / nullif(sum(a.weight), 0)
                    FROM asked AS a
                    CROSS JOIN LATERAL (
                        SELECT CASE WHEN a.known OR length(a.term) < 4 THEN a.term
                                    ELSE coalesce((SELECT w.term FROM weight AS w
                                                   WHERE starts_with(w.term, a.term)
                                                     AND w.term = ANY (f.spoken || c.keys || c.about) LIMIT 1),
                                                  a.term) END AS term) AS m) AS covered,
                   f.filled
            FROM catalogue AS c
            LEFT JOIN (
                SELECT o.question_id, max(o.filled) AS filled,
                       ARRAY(SELECT DISTINCT t.term FROM phrasing AS p CROSS JOIN LATERAL unnest(p.terms) AS t (term)
                             WHERE p.question_id = o.question_id) AS spoken
                FROM (SELECT p.question_id, p.n,
                             sum(w.weight) FILTER (WHERE w.term IN (SELECT a.term FROM asked AS a))
                                 / nullif(sum(w.weight), 0) AS filled
                      FROM phrasing AS p
                      CROSS JOIN LATERAL unnest(p.terms) AS t (term)
                      JOIN weight AS w ON w.term = t.term
                      GROUP BY p.question_id, p.n) AS o
                GROUP BY o.question_id) AS f ON f.question_id = c.question_id
            CROSS JOIN LATERAL (
                -- A name of several things narrows by the first of them that the question takes, and is left out once.
                SELECT coalesce(jsonb_object_agg(p.name, CASE WHEN p.name <> p.given THEN jsonb_build_array(p.value)
                                                              ELSE p.value END) FILTER (WHERE p.name IS NOT NULL), '{}')
                           AS args,
                       string_agg(CASE WHEN p.given <> 'time' THEN p.given || ' ' ELSE '' END || (p.value #>> '{}'),
                                  ', ' ORDER BY p.given) FILTER (WHERE p.name IS NULL) AS lost,
                       ARRAY(SELECT g.name FROM given AS g
                             WHERE g.thing = ANY (array_agg(p.thing) FILTER (WHERE p.name IS NOT NULL))) AS names
                FROM (SELECT DISTINCT ON (g.thing) g.thing, g.name AS given, g.value, n.name
                      FROM given AS g
                      LEFT JOIN LATERAL (SELECT n.name FROM (VALUES (g.name), (g.name || 's')) AS n (name)
                                         WHERE c.parameters -> n.name ->> 'type' <> 'jsonb'
                                           AND (n.name = g.name) = (c.parameters -> n.name ->> 'type' <> 'text[]'))
                          AS n ON true
                      ORDER BY g.thing, n.name IS NULL, g.place) AS p) AS taken)
        SELECT s.question_id, s.question,
               CASE WHEN top.covered < near THEN NULL
                    WHEN s.args = '{}' THEN s.sql
                    ELSE bedrock_internal.question_head(s.parameters, s.args)
                        || substr(s.sql, strpos(s.sql, E'\n')) END,
               round(0.85 * s.covered + 0.15 * coalesce(s.filled, 0), 3), s.args,
               CASE WHEN top.covered < near THEN 'no question asks this; this one is near'
                    ELSE nullif(concat_ws('; ', 'not narrowed to ' || s.lost, 'words not used: ' || s.unused), '') END,
               top.covered
        FROM (SELECT r.*,
                     row_number() OVER (ORDER BY 0.85 * r.covered + 0.15 * coalesce(r.filled, 0) DESC, r.question_id)
                  AS place
              FROM scored AS r WHERE r.covered > 0) AS s
        CROSS JOIN (SELECT max(r.covered) AS covered FROM scored AS r) AS top
        WHERE s.place <= CASE WHEN top.covered < near THEN 3 ELSE 5 END AND (top.covered < near OR s.covered >= near)
        ORDER BY s.place
    LOOP
        listed := concat_ws(', ', listed, question_id);
        RETURN NEXT;
    END LOOP;

    IF listed IS NULL OR best < near THEN
        RAISE NOTICE 'there is no question about "%"', left(wanted, 160)
            USING HINT = CASE WHEN listed IS NULL
                                  THEN 'SELECT question_id, question FROM bedrock.ask() lists all questions.'
                              ELSE format('Near ones are %s; the id of one finds it: SELECT sql FROM bedrock.ask(%L).',
                                          listed, split_part(listed, ',', 1)) END;
    END IF;
END
$$;
COMMENT ON FUNCTION bedrock.ask(text) IS
    'finds shipped and own questions by words, at most five, the best first; an id finds that question, no words find '
    'all. rank: 0 to 1, how well the question fits; args: values that the words narrow it to, as bedrock.answer takes '
    'them; sql: its SQL with these values, ready to run; note: words that were not used, NULL: none. Where no question '
    'fits, a notice is raised and the three nearest have no sql';

-- The statement of a shipped question with its arguments in place. Wrong arguments are errors.
CREATE OR REPLACE FUNCTION bedrock_internal.answer_statement(question_id text, args jsonb) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    asked bedrock.question;
    given record;
    type text;
    statement text;
BEGIN
    SELECT q.* INTO asked FROM bedrock.question AS q
    WHERE upper(q.question_id) = upper(btrim(answer_statement.question_id)) AND q.builtin;
    IF NOT FOUND THEN
        IF EXISTS (SELECT FROM bedrock.question AS q
                   WHERE upper(q.question_id) = upper(btrim(answer_statement.question_id))) THEN
            RAISE EXCEPTION 'question "%" is not a shipped one', left(answer_statement.question_id, 160)
                USING ERRCODE = 'invalid_parameter_value',
                HINT = 'Its SQL is in bedrock.question: read it, and run it yourself.';
        END IF;
        RAISE EXCEPTION 'there is no question "%"', left(answer_statement.question_id, 160)
            USING ERRCODE = 'invalid_parameter_value',
            HINT = coalesce((SELECT 'Shipped questions are ' || min(q.question_id) || ' to ' || max(q.question_id)
                             || ': SELECT question_id, question FROM bedrock.ask(''words'') finds one.'
                             FROM bedrock.question AS q WHERE q.builtin), 'The catalogue is empty.');
    END IF;

    IF jsonb_typeof(coalesce(args, '{}')) <> 'object' THEN
        RAISE EXCEPTION 'args is no JSON object' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Give parameters by name: {"period": "2026-09-01"}.';
    END IF;

    FOR given IN SELECT a.key AS name, a.value,
        a.value #>> '{}' AS text FROM jsonb_each(jsonb_strip_nulls(coalesce(args, '{}'))) AS a LOOP
        type := asked.parameters -> given.name ->> 'type';
        IF type IS NULL THEN
            RAISE EXCEPTION 'question % has no parameter "%"', asked.question_id, left(given.name, 160)
                USING ERRCODE = 'invalid_parameter_value',
                HINT = coalesce(
                        (SELECT 'Its parameters: '
                         || string_agg(format('%s (%s: %s)', p.key, p.value ->> 'type', p.value ->> 'meaning'),
                                       ', ' ORDER BY p.key) || '.'
                                 FROM jsonb_each(asked.parameters) AS p), 'It has none.');
        END IF;

        BEGIN
            IF type = 'text[]' AND jsonb_typeof(given.value) <> 'array' OR type NOT IN ('text[]', 'jsonb')
                AND jsonb_typeof(given.value) IN ('array', 'object') THEN
                RAISE invalid_parameter_value;
            END IF;
            CASE type
                WHEN 'month' THEN PERFORM bedrock_internal.month_of_text(given.text);
                WHEN 'date' THEN PERFORM given.text::date;
                WHEN 'integer' THEN PERFORM given.text::integer;
                WHEN 'numeric' THEN PERFORM given.text::numeric;
                WHEN 'boolean' THEN PERFORM given.text::boolean;
                ELSE NULL;
            END CASE;
        EXCEPTION WHEN data_exception THEN
            RAISE EXCEPTION 'parameter "%" of question % is no %: %', given.name, asked.question_id, type,
                left(given.value::text, 160)
                USING ERRCODE = 'invalid_parameter_value',
                HINT = format('%s (%s): %s.', given.name,
                              CASE type WHEN 'month' THEN 'a month, YYYY-MM, or a day of it'
                                   WHEN 'date' THEN 'YYYY-MM-DD' WHEN 'text[]' THEN 'an array of texts' ELSE type END,
                              asked.parameters -> given.name ->> 'meaning');
        END;
    END LOOP;

    -- The first line gives the parameters; what follows is the same text bedrock.ask shows.
    statement := coalesce(bedrock_internal.question_head(asked.parameters, jsonb_strip_nulls(coalesce(args, '{}')))
                          || substr(asked.sql, strpos(asked.sql, E'\n')),
                          asked.sql);

    RETURN (
        SELECT format(E'SELECT %s FROM (%s\n) AS q',
                      string_agg(
                              CASE WHEN c.spec ->> 'unit' = 'money'
                                       THEN format('round(q.%1$I, 2) AS %1$I', c.spec ->> 'name')
                                   ELSE format('q.%I', c.spec ->> 'name') END, ', ' ORDER BY c.ordinal), statement)
        FROM jsonb_array_elements(asked.answer_columns) WITH ORDINALITY AS c (spec, ordinal));
END
$$;
COMMENT ON FUNCTION bedrock_internal.answer_statement(text, jsonb) IS
    'the SELECT that answers a shipped question with these arguments: columns as in answer_columns, money rounded to '
    'two decimals. Error 22023 for an unknown question, an unknown parameter and a value of the wrong type';

CREATE OR REPLACE FUNCTION bedrock.answer(question_id text, args jsonb DEFAULT '{}') RETURNS SETOF json
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    statement text := bedrock_internal.answer_statement(question_id, args);
BEGIN
    -- Read-only until the block is rolled back, which gives the caller's transaction its mode back; the answer stays.
    BEGIN
        PERFORM set_config('transaction_read_only', 'on', true);
        RETURN QUERY EXECUTE format('SELECT row_to_json(a) FROM (%s) AS a', statement);
        RAISE EXCEPTION USING ERRCODE = 'BC002', MESSAGE = 'answered';
    EXCEPTION WHEN SQLSTATE 'BC002' THEN
        RETURN;
    END;
END
$$;
COMMENT ON FUNCTION bedrock.answer(text, jsonb) IS
    'runs a shipped question and returns one JSON object for each row, with the columns of '
    'bedrock.question.answer_columns and money rounded to two decimals. args: parameters by name; missing or null: the '
    'default. Read-only, with the rights of the caller. Error 22023: no such question or parameter, or a value of '
    'another type';

CREATE OR REPLACE FUNCTION bedrock.answer_records(question_id text, args jsonb DEFAULT '{}') RETURNS SETOF record
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    statement text := bedrock_internal.answer_statement(question_id, args);
BEGIN
    BEGIN
        PERFORM set_config('transaction_read_only', 'on', true);
        RETURN QUERY EXECUTE statement;
        RAISE EXCEPTION USING ERRCODE = 'BC002', MESSAGE = 'answered';
    EXCEPTION WHEN SQLSTATE 'BC002' THEN
        RETURN;
    END;
END
$$;
COMMENT ON FUNCTION bedrock.answer_records(text, jsonb) IS
    'runs a shipped question as bedrock.answer does, and returns records, for BI tools: SELECT * FROM '
    'bedrock.answer_records(''Q020'') AS a (month date, model text, billed_cost numeric, tokens numeric, '
    'tokens_known_pct numeric, currency text). The column list is that of bedrock.question.answer_columns with types; '
    'another number of columns or another type is an error';
