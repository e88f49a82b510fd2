-- What the tables have in common is said once.
SELECT bedrock_internal.copy_comments('bedrock.hierarchy_level', 'bedrock.anomaly_feedback');
