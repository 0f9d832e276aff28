#!/bin/bash
# Begins as the image pgvector/pgvector does: makes a cluster in an empty volume as the POSTGRES_ variables say, runs what is in
# /docker-entrypoint-initdb.d once, and becomes the server. Root prepares the folder and is root no more.
set -eo pipefail

[ "${1#-}" = "$1" ] || set -- postgres "$@"
if [ "$1" != postgres ]; then
    exec "$@"
fi
if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA"
    chown -R postgres "$PGDATA"
    chmod 700 "$PGDATA"
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

make_cluster() {
    local user=${POSTGRES_USER:-postgres} method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
    local database=${POSTGRES_DB:-$user} password=()
    local ask=(psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$user" --no-password)
    if [ -n "$POSTGRES_PASSWORD" ]; then
        password=(--pwfile /dev/stdin)
    elif [ "$method" != trust ]; then
        echo 'Error: there is no database yet and no password for it: give POSTGRES_PASSWORD, or POSTGRES_HOST_AUTH_METHOD=trust' >&2
        exit 1
    fi
    initdb --username "$user" "${password[@]}" --auth-local trust --auth-host "$method" --no-instructions \
        <<<"$POSTGRES_PASSWORD"
    echo "host all all all $method" >>"$PGDATA/pg_hba.conf"
    pg_ctl --wait start --options "-c listen_addresses=''"
    if [ "$database" != postgres ]; then
        echo 'CREATE DATABASE :"name"' | "${ask[@]}" --dbname postgres --set name="$database"
    fi
    for each in /docker-entrypoint-initdb.d/*; do
        case $each in
            *.sh) bash "$each" ;;
            *.sql) "${ask[@]}" --dbname "$database" --file "$each" ;;
        esac
    done
    pg_ctl --wait --mode fast stop
}

[ -s "$PGDATA/PG_VERSION" ] || make_cluster
exec "$@"
