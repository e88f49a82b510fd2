SELECT bedrock_internal.copy_comments('bedrock.hierarchy_level', 'bedrock.budget');
SELECT bedrock_internal.copy_comments('bedrock.budget', 'bedrock.budget_status');
