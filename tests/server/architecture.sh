#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# The files that docs/ names are there, its links lead somewhere, and of docs/architecture.md the functions behind
# "FILE: ", too. architecture.sh SOURCE_DIR
set -euo pipefail
cd "$1"
fail() { printf '%s\n' "$@"; exit 1; }
page=docs/architecture.md

# Neither a pattern nor a name that stands for others: NEW, OLD.
paths_of() {
    grep -ohE '(src|extension|sql|control|tests|bench|docs)/[A-Za-z0-9_/.-]*' "$1" | sed 's/[.]$//' |
        grep -vE 'OLD|NEW' | sort -u || true
}
for named in docs/*.md; do
    [ "$named" != docs/reference.md ] || continue
    for path in $(paths_of "$named"); do [ -e "$path" ] || fail "$named names $path, which is not there"; done
    for link in $(grep -oE '\]\([^)#]+' "$named" | sed 's/^](//' | grep -v '^http'); do
        [ -e "docs/$link" ] || fail "$named links to $link, which is not there"
    done
done
paths=$(paths_of "$page")
[ "$(wc -l <<<"$paths")" -ge 30 ] || fail "$page names hardly a file"

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
