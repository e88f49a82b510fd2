-- SPDX-License-Identifier: PostgreSQL
-- The role that chargeback_mail.py connects as, and the table in which it notes what was sent. Run it as a superuser:
--     psql -v ON_ERROR_STOP=1 -f role.sql
-- It reads statements, what would be posted, and months of the bill; it sees all of them, and nothing else. It may be
-- run again.
BEGIN;
SELECT bedrock.create_roles();
SELECT 'CREATE ROLE chargeback_mailer LOGIN' WHERE to_regrole('chargeback_mailer') IS NULL \gexec
GRANT bedrock_reader TO chargeback_mailer;
GRANT SELECT ON bedrock.statement, bedrock.statement_row TO chargeback_mailer;
GRANT EXECUTE ON FUNCTION bedrock.chargeback(date, text) TO chargeback_mailer;
SELECT bedrock.grant_scope('chargeback_mailer', 'all');

CREATE SCHEMA IF NOT EXISTS chargeback_mail;
CREATE TABLE IF NOT EXISTS chargeback_mail.sent (
    billing_period date NOT NULL,
    payer_by text NOT NULL,
    payer text NOT NULL,
    version integer NOT NULL,
    recipient text NOT NULL,
    message_id text NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    PRIMARY KEY (billing_period, payer_by, payer, version)
);
COMMENT ON TABLE chargeback_mail.sent IS
    'mails of chargeback_mail.py: one for each period, payer and version of its statement (0: before one was posted). '
    'sent_at NULL: handed over or not, a run was cut off there: look into the log of the mail server';
GRANT USAGE ON SCHEMA chargeback_mail TO chargeback_mailer;
GRANT SELECT, INSERT, DELETE, UPDATE (sent_at) ON chargeback_mail.sent TO chargeback_mailer;
COMMIT;
