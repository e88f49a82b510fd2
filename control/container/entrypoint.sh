#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# Entry point of the server's image. It makes the cluster on the volume, once; brings passwords, roles, schedule and the
# extension up to date, at each start; then it becomes the server. Variables:
#   POSTGRES_DB         database of the extension (bedrock): letters, digits, _ and -, the first a letter or _
#   LOADER_PASSWORD     of the role loader, a member of bedrock_loader; without it there is no such role
#   DASHBOARD_PASSWORD  of the role dashboard, a member of bedrock_finance; without it there is no such role
#   REFRESH_SCHEDULE    when the role loader refreshes the bill, as cron writes it (17 3 * * *); empty: never
# Each password may stand in a file: LOADER_PASSWORD_FILE=/run/secrets/... The superuser, postgres, has none: psql inside
# the container is its way in.
set -Eeuo pipefail
shopt -s inherit_errexit

[ "${1:-postgres}" = postgres ] || exec "$@"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
etc=${BEDROCK_ETC:-/etc/bedrock_cost}
database=${POSTGRES_DB:-bedrock}
. "$here/progress.sh"

[ "$(id -u)" != 0 ] || die "the server does not run as root: leave the image its user (no --user 0)"

# It goes through a shell, and psql takes x=y for more than a name. What is in a template is in every database made later.
if [[ ! $database =~ ^[a-zA-Z_][a-zA-Z0-9_-]{0,62}$ ]] || [[ $database == template[01] ]]; then
    die "POSTGRES_DB: $(printf '%q' "$database") is no name for the database: letters, digits, _ and -, the first a letter or _, at most 63, and neither template0 nor template1"
fi

secret() { # secret NAME: what NAME says, or the file that NAME_FILE names
    local name=$1 file=${1}_FILE text
    file=${!file:-}
    if [ -z "$file" ]; then
        printf '%s' "${!name:-}"
        return
    fi
    [ -z "${!name:-}" ] || die "$name and ${name}_FILE are both set: one of them, please"
    [ -r "$file" ] || die "${name}_FILE: $file cannot be read by $(id -un) (uid $(id -u))"
    text=$(<"$file")
    [ -n "$text" ] || die "${name}_FILE: $file is empty"
    printf '%s' "$text"
}
password_LOADER=$(secret LOADER_PASSWORD)
password_DASHBOARD=$(secret DASHBOARD_PASSWORD)
# No session of the server inherits them.
unset LOADER_PASSWORD DASHBOARD_PASSWORD
[ -z "${REFRESH_SCHEDULE:-}" ] || [ -n "$password_LOADER" ] ||
    die "REFRESH_SCHEDULE needs the role loader, which refreshes: set LOADER_PASSWORD_FILE (or LOADER_PASSWORD) too"

stop() {
    trap '' TERM INT
    [ -z "$child" ] || kill "$child" 2>/dev/null || true
    pg_ctl -D "$PGDATA" -m fast -w stop >/dev/null 2>&1 || true
    exit 143
}
trap stop TERM INT

# ---- the cluster, once ------------------------------------------------------------------------------------------------

volume=$(dirname "$PGDATA")
[ -w "$volume" ] || die "$volume cannot be written by $(id -un): let the volume belong to uid $(id -u)"
program=$(postgres --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/')
if [ -s "$PGDATA/PG_VERSION" ]; then
    held=$(<"$PGDATA/PG_VERSION")
    [ "$held" = "$program" ] ||
        die "the volume is of PostgreSQL $held, this image has $program: dump with the image of $held, restore into a new volume"
elif [ -e "$PGDATA" ] && [ -n "$(ls -A "$PGDATA")" ]; then
    die "$PGDATA has files and is no cluster of PostgreSQL"
else
    step "making a cluster of PostgreSQL $program in $PGDATA"
    # It has its name when it is complete.
    rm -rf "$PGDATA.new"
    run_child initdb -D "$PGDATA.new" -U postgres -E UTF8 --locale=C.UTF-8 --data-checksums --auth-local=peer \
        --auth-host=scram-sha-256 >/dev/null
    rm -rf "$PGDATA"
    mv -T "$PGDATA.new" "$PGDATA"
fi

# ---- what it holds, at each start -------------------------------------------------------------------------------------

settings=(-c "config_file=$etc/postgresql.conf" -c "hba_file=$etc/pg_hba.conf" -c "cron.database_name=$database")
socket=$(sed -n "s/^unix_socket_directories = '\(.*\)'/\1/p" "$etc/postgresql.conf")
# Nobody from outside comes in, and no password goes into a log.
step "starting, to bring the database $database up to date"
run_child pg_ctl -D "$PGDATA" -w -t 86400 -s start -o "${settings[*]} -c listen_addresses= -c log_statement=none \
    -c log_min_duration_statement=-1 -c log_min_error_statement=panic -c log_duration=off" ||
    die "the server does not start (above)"
export PGHOST=$socket PGUSER=postgres PGOPTIONS='-c client_min_messages=warning' PSQL_PAGER=
sql() { run_child psql -X -q -v ON_ERROR_STOP=1 "$@"; }
# It may be in more than one database.
databases=$(psql -X -At -d postgres -c 'SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate') ||
    die "the databases of the cluster cannot be listed (above)"
while IFS= read -r name <&5; do
    version="SELECT extname || ' ' || extversion FROM pg_extension WHERE extname IN ('bedrock_cost', 'pg_cron')"
    held=$(PGDATABASE=$name psql -X -At -v ON_ERROR_STOP=1 -c "$version")
    for extension in bedrock_cost pg_cron; do
        [[ $held == *"$extension "* ]] || continue
        PGDATABASE=$name sql -c "ALTER EXTENSION $extension UPDATE" ||
            die "database $name has $(grep "^$extension" <<<"$held"), which cannot become what this image has (above): use the image it was of, or a newer one"
    done
    now=$(PGDATABASE=$name psql -X -At -v ON_ERROR_STOP=1 -c "$version")
    [ "$now" = "$held" ] || step "$name: updated from $(paste -sd, <<<"$held") to $(paste -sd, <<<"$now")"
done 5<<<"$databases"
password_LOADER=$password_LOADER password_DASHBOARD=$password_DASHBOARD \
    schedule=${REFRESH_SCHEDULE-17 3 * * *} sql -d postgres -o /dev/null -v database="$database" -f "$here/setup.sql" ||
    die "the database $database could not be set up (above)"
unset password_LOADER password_DASHBOARD PGHOST PGUSER PGOPTIONS
run_child pg_ctl -D "$PGDATA" -m fast -w -s stop
trap - TERM INT

shift || true
exec postgres -D "$PGDATA" "${settings[@]}" "$@"
