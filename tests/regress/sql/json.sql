-- try_jsonb gives what jsonb would give, or NULL where jsonb would raise.
SELECT n, bedrock.try_jsonb(t) FROM (VALUES
    (1, '{"iamPrincipal/team":"ds"}'), (2, ' { "a" : [1, -2.5e+3, true, null] } '), (3, '""'), (4, '"\u00e4 \ud83d\ude00"'),
    (5, '{{"a":"b"}'), (6, '{“a”:“b”}'), (7, '{"a":"b",}'), (8, ''), (9, '{"a":"\u0000"}'), (10, '"\ud83d"'), (11, '01'), (12, '1e99999'),
    (13, 'NULL'), (14, '{"a"'), (15, E'"a\tb"'), (16, '{"a":"b"} x'), (17, repeat('[', 100000))) v(n, t) ORDER BY n;
SELECT bedrock.try_jsonb(NULL) IS NULL AS absent;
