-- The shipped questions are made anew by every update; each subject has a file of its own, named after it.
DELETE FROM bedrock.question WHERE builtin;
