#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# What docs/architecture.md names is there: its files, and behind "FILE: " their functions. architecture.sh SOURCE_DIR
set -euo pipefail
cd "$1"
fail() { printf '%s\n' "$@"; exit 1; }
page=docs/architecture.md

paths=$(grep -oE '(src|extension|sql|control|tests|bench|docs)/[A-Za-z0-9_/.-]*' "$page" | sed 's/[.]$//' | sort -u)
[ "$(wc -l <<<"$paths")" -ge 30 ] || fail "$page names hardly a file"
for path in $paths; do [ -e "$path" ] || fail "$page names $path, which is not there"; done

# FILE: function, Type::function   what is said of it
stops=$(grep -oE '[a-z]+/[A-Za-z0-9_/-]+\.(cpp|hpp|sql): [A-Za-z_:]+(, [A-Za-z_:]+)*' "$page")
[ "$(wc -l <<<"$stops")" -ge 20 ] || fail "$page names hardly a function"
while IFS= read -r stop; do
    file=${stop%%: *}
    for name in $(tr -d ',' <<<"${stop#*: }"); do
        grep -qw -- "${name##*::}" "$file" || fail "$page: there is no $name in $file"
    done
done <<<"$stops"
echo "architecture: $(wc -l <<<"$paths") paths, $(wc -l <<<"$stops") stops"
