# SPDX-License-Identifier: PostgreSQL
# Sourced by tests that run or compare what README and docs show: the fenced blocks of a page, with the marks before
# them. docs.sh says what the marks mean.

# blocks_of PAGE DIR: writes the text of block 1, 2, ... to DIR/1, DIR/2, ... and prints a line a block, its fields set
# apart by \x1f: number, line of the page, language, and the marks "not run", "as", "fails", "before".
blocks_of() {
    awk -v OFS='\037' -v dir="$2" -v page="$1" '
        function complain(what) { print page ":" NR ": " what >"/dev/stderr"; bad = 1; exit 1 }
        function forget_marks() { delete marks; marked = 0 }
        inside && /^ *```$/ {
            close(file); inside = 0
            print n, line, language, marks["not run"], marks["as"], marks["fails"], marks["before"]
            forget_marks(); next
        }
        inside { sub("^ {0," indent "}", ""); print >file; next }
        /^ *```/ {
            indent = index($0, "`") - 1; language = substr($0, indent + 4)
            if (language == "") complain("a block without a language; what is neither run nor compared is text")
            line = NR; inside = 1; file = dir "/" ++n; printf "" >file; next
        }
        /^ *<!-- (not run|as|fails|before): .* -->$/ {
            key = $0; sub(/^ *<!-- /, "", key); sub(/:.*/, "", key)
            value = $0; sub(/^[^:]*: /, "", value); sub(/ -->$/, "", value)
            marks[key] = value; marked = 1; next
        }
        /^<!-- begins: / { next }
        /<!--/ { complain("a mark that nobody knows") }
        marked && !/^ *$/ { complain("a mark that stands before no block") }
        END { if (!bad && (inside || marked)) complain("the page ends within a block, or behind a mark") }' "$1"
}

# same_output EXPECTED PRINTED: whether a page shows what was printed. A line "..." stands for any number of lines.
same_output() {
    awk 'function trimmed(s) { sub(/[ \t\r]+$/, "", s); return s }
        FNR == NR { shown[++wanted] = trimmed($0); next }
        { printed[++count] = trimmed($0) }
        END {
            while (count > 0 && printed[count] == "") count--
            for (i = 1; i <= wanted; i++) {
                if (shown[i] == "...") { skip = 1; continue }
                do { at++ } while (skip && at <= count && printed[at] != shown[i])
                if (at > count || printed[at] != shown[i]) {
                    print "shown: " shown[i] "\nprinted: " (at > count ? "nothing" : printed[at]); exit 1
                }
                skip = 0
            }
            if (!skip && at < count) { print "printed, but not shown: " printed[at + 1]; exit 1 }
        }' "$1" "$2"
}

# loader_role NAME: what makes the loader of docs/security.md, by another name and without a table of a bill.
loader_role() {
    local statements
    statements=$(sed -n '/^CREATE ROLE nightly/,/^```/p' "$SOURCE_DIR/docs/security.md" |
        grep -v '^```\|your_cur_table' | sed "s/\<nightly\>/$1/")
    grep -q 'GRANT bedrock_loader' <<<"$statements" || { echo 'docs/security.md has no loader' >&2; return 1; }
    echo "SELECT bedrock.create_roles(); $statements"
}
