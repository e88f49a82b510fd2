-- The doctor: all of them.

CREATE OR REPLACE FUNCTION bedrock_internal.doctor_findings()
    RETURNS TABLE (finding text, status text, detail text, fix text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO'
AS $$
BEGIN
    -- Findings are about all that is loaded: made from a part of it, they would be wrong.
    IF row_security_active('bedrock.fact') AND NOT bedrock_internal.sees_all(bedrock_internal.own_tokens()) THEN
        RETURN QUERY
        SELECT 'scope', 'warning',
               format('role "%s" sees a part of what is loaded or nothing, so no check can be made', current_user),
               format('SELECT * FROM bedrock.my_scope() shows what it sees. To let it see everything, have a '
                      'superuser, or a role with the scope manage, run: SELECT bedrock.grant_scope(%L, ''all'')',
                      current_user);
        RETURN;
    END IF;
    FOR part IN 1..9 LOOP
        BEGIN
            CASE part
                WHEN 1 THEN RETURN QUERY SELECT * FROM bedrock_internal.doctor_sources();
                WHEN 2 THEN RETURN QUERY SELECT * FROM bedrock_internal.doctor_time();
                WHEN 3 THEN RETURN QUERY SELECT * FROM bedrock_internal.doctor_identity();
                WHEN 4 THEN RETURN QUERY SELECT * FROM bedrock_internal.doctor_bill();
                WHEN 5 THEN RETURN QUERY SELECT * FROM bedrock_internal.doctor_schedule();
                WHEN 6 THEN RETURN QUERY SELECT * FROM bedrock_internal.doctor_logs();
                WHEN 7 THEN RETURN QUERY SELECT * FROM bedrock_internal.doctor_nodes();
                WHEN 8 THEN RETURN QUERY SELECT * FROM bedrock_internal.doctor_policies();
                ELSE
                    RETURN QUERY SELECT * FROM bedrock_internal.doctor_state();
                    RETURN QUERY SELECT * FROM bedrock_internal.doctor_refresh();
                    RETURN QUERY SELECT * FROM bedrock_internal.doctor_statements();
            END CASE;
        EXCEPTION WHEN OTHERS THEN
            RETURN QUERY SELECT 'doctor', 'error', format('a part of the checks could not be made: %s', sqlerrm),
                                'Ask for the right to read the tables of schema bedrock; otherwise this is a bug';
        END;
    END LOOP;
END
$$;
COMMENT ON FUNCTION bedrock_internal.doctor_findings() IS
    'all findings of the doctor in no order; a check that fails is a finding';

CREATE OR REPLACE FUNCTION bedrock.doctor()
    RETURNS TABLE ("check" text, status text, detail text, fix text, check_name text)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT f.finding, f.status, f.detail, f.fix, f.finding FROM bedrock_internal.doctor_findings() AS f
    ORDER BY array_position(ARRAY['error', 'warning', 'info', 'ok'], f.status), f.finding COLLATE "C",
             f.detail COLLATE "C";
END;
COMMENT ON FUNCTION bedrock.doctor() IS
    'findings about missing or wrong data, errors first, one row for each, with what to do about it. check_name: the '
    'check, also as column "check"; status: error (numbers are missing or wrong), warning (something to switch on or '
    'to check), info, ok; fix: what to do in AWS or here, NULL: nothing. Raises no error; builds bedrock.line_item '
    'again where a dropped table took it along';
