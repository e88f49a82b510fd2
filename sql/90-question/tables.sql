-- Questions as data: documentation, test and contract of a report in one row.

CREATE TABLE bedrock.question (
    question_id text NOT NULL CHECK (question_id ~ '^[A-Za-z][A-Za-z0-9_.-]*$'),
    question text NOT NULL CHECK (btrim(question) <> ''),
    persona text,
    section text,
    level text,
    sql text NOT NULL CHECK (btrim(sql) <> ''),
    answer_columns jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(answer_columns) = 'array'),
    parameters jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(parameters) = 'object'),
    keywords text NOT NULL DEFAULT '',
    builtin boolean NOT NULL DEFAULT false,
    PRIMARY KEY (question_id, builtin)
);
SELECT pg_extension_config_dump('bedrock.question', 'WHERE NOT builtin');
COMMENT ON TABLE bedrock.question IS
    'the catalogue of questions, one row for each: who asks, the SQL that answers it, and the meaning of its columns. '
    'bedrock.ask finds one by words, bedrock.answer runs a shipped one; of two rows with one id bedrock.ask shows the '
    'user''s';
COMMENT ON COLUMN bedrock.question.question_id IS 'id: Q001; shipped ids never change their meaning';
COMMENT ON COLUMN bedrock.question.question IS 'the question in the words of its asker';
COMMENT ON COLUMN bedrock.question.persona IS
    'who asks: Product Owner, Portfolio Manager, FinOps Leader, Cloud Engineer, Finance, Executive, Security, BI '
    'analyst, All; NULL: not stated';
COMMENT ON COLUMN bedrock.question.section IS 'subject; NULL: not stated';
COMMENT ON COLUMN bedrock.question.level IS
    'how basic the question is: essential, common or advanced; NULL: not stated';
COMMENT ON COLUMN bedrock.question.sql IS
    'one SELECT, ready to run with the defaults of its parameters; with parameters its first line is WITH arg AS '
    '(SELECT ... AS period) and nothing else';
COMMENT ON COLUMN bedrock.question.answer_columns IS
    'columns of the answer in order: [{"name": ..., "meaning": ..., "unit": "money"}]; without unit: not an amount of '
    'money, or the price of a unit';
COMMENT ON COLUMN bedrock.question.parameters IS
    'parameters: name -> {"type": ..., "default": an SQL expression, "meaning": ...}; types: month (any day of it), '
    'date, integer, numeric, boolean, text, text[], jsonb';
COMMENT ON COLUMN bedrock.question.keywords IS
    'further words by which bedrock.ask finds it, and after each | another way to ask it';
COMMENT ON COLUMN bedrock.question.builtin IS 'true: shipped, replaced by every update; false: a row of the user';
