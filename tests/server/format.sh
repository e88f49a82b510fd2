#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# C++ is laid out as .clang-format has it, and no line of C++ or SQL has more than 120 characters: format.sh SOURCE_DIR
# tests/server/long_lines.tsv has the files that still do, and how many lines of them: none may get more, and one that
# has fewer gets its new number, so that the list only shrinks. SQL of tests is free: pg_regress prints it once more.
set -euo pipefail
cd "$1"
fail() { printf '%s\n' "$@"; exit 1; }
list() { # list SUFFIX...: the files of the project; without git, or in another user's checkout, what lies there.
    local names=() suffix
    for suffix; do names+=(-o -name "*.$suffix"); done
    git ls-files "${@/#/*.}" 2>/dev/null ||
        find . -type f \( "${names[@]:1}" \) -not -path './.run/*' -not -path './build/*' | sed 's,^\./,,'
}

# One version for everybody: others lay some lines out differently. Debian 12 and 13 both have this one.
command -v clang-format-19 >/dev/null ||
    fail "there is no clang-format-19, which lays out the C++ of the project: ./run test installs it (Debian package clang-format-19)"
sources=$(list cpp hpp)
[ "$(wc -l <<<"$sources")" -gt 100 ] || fail "no C++ to look at"
xargs clang-format-19 --dry-run -Werror <<<"$sources" || fail "lay these out: clang-format-19 -i FILE..."

export LC_ALL=C.UTF-8
found=$({ echo "$sources"; list sql | grep -v '^tests/'; } | sort | xargs grep -cE '^.{121}' /dev/null | grep -v ':0$' | tr : '\t' || true)
changed=$(diff <(grep -v '^#' tests/server/long_lines.tsv) <(printf '%s\n' "$found") || true)
[ -z "$changed" ] || fail "lines of more than 120 characters (<: tests/server/long_lines.tsv, >: found):" "$changed"
echo "format: $(wc -l <<<"$sources") files of C++, $(awk '{ n += $2 } END { print n + 0 }' <<<"$found") lines of more than 120 characters left"
