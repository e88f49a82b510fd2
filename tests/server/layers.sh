#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# The layers, read off the includes: layers.sh SOURCE_DIR
set -euo pipefail
cd "$1"
fail() { printf '%s\n' "$@"; exit 1; }

found=$(grep -rnE '#include *[<"](postgres|fmgr|utils/|funcapi|libpq|access/|catalog/|pg/|[^"]*pg\.hpp)' src || true)
[ -z "$found" ] || fail "the core knows PostgreSQL:" "$found"

found=$(grep -rnE '#include *[<"]bedrock_cost/' extension | grep -vE '<bedrock_cost/(base|bill|invocation|lines|price|vocabulary).hpp>' || true)
[ -z "$found" ] || fail "the binding looks past the wall header:" "$found"

found=$(grep -rnwE 'try|catch|throw|new|std::string|std::vector|std::unique_ptr' extension --include='*.cpp' --include='*.hpp' |
    grep -vE ':[0-9]+: *(//|\*)' || true)
[ -z "$found" ] || fail "the binding owns something or catches something:" "$found"

found=$(grep -rlwE 'catch' src | grep -v 'src/base/fault' || true)
[ -z "$found" ] || fail "only src/base/fault may catch:" "$found"

# A later version's table has columns more. What a function inserts whole rows of, the test conventions looks at.
found=$(grep -rnE 'INSERT INTO [^ (]+( AS [a-z_]+)? *((SELECT|VALUES|TABLE|DEFAULT|WITH)[ (]|$)' sql | grep -vE 'SELECT [a-z]+\.\*;$' || true)
[ -z "$found" ] || fail "an INSERT that names no columns:" "$found"

# Without git, or in another user's checkout, what lies there is what is looked at.
files=$(git ls-files '*.sql' '*.cpp' '*.hpp' '*.sh' 'run' '*.md' 2>/dev/null ||
    find . -type f \( -name '*.sql' -o -name '*.[ch]pp' -o -name '*.sh' -o -name run -o -name '*.md' \) -not -path './.run/*' -not -path './build/*')
[ "$(wc -l <<<"$files")" -gt 50 ] || fail "no files to look at"
found=$(xargs grep -nE '(^|[^a-zA-Z0-9_.])/(home|root|work)/[a-z]' <<<"$files" || true)
[ -z "$found" ] || fail "a path of one machine:" "$found"

# grep -q ends at what it finds, and what still writes to it then fails by SIGPIPE: now and then under pipefail, and what !
# stands before can never fail.
found=$(grep '\.sh$\|^run$\|^\./run$' <<<"$files" | xargs grep -nE '[^|]\| *grep -[a-zA-Z]*q' || true)
[ -z "$found" ] || fail 'grep -q behind a pipe (write: grep -q ... <<<"$(...)"):' "$found"
echo "layers: clean"
