#!/usr/bin/env bash
# Private PostgreSQL and Redis for the tests, in a folder of their own and on free ports.
# Sourced by scripts/test.sh: services_start FOLDER, services_stop FOLDER. Never touches a server it did not start.

free_port() {
    node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'
}

# PostgreSQL refuses to run as root, so root hands it to the user of Debian's package.
as_postgres() {
    if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

services_start() {
    local folder=$1 pg_bin pg_port redis_port
    pg_bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    pg_port=$(free_port)
    redis_port=$(free_port)

    mkdir -p "$folder/pg" "$folder/redis"
    [ "$(id -u)" -ne 0 ] || chown postgres "$folder/pg"
    chmod 755 "$folder"
    (
        cd "$folder/pg"
        as_postgres "$pg_bin/initdb" -D "$folder/pg/data" -U exodus --auth=trust --encoding=UTF8 --locale=C >/dev/null
        as_postgres "$pg_bin/pg_ctl" -D "$folder/pg/data" -l "$folder/pg/log" -w start \
            -o "-p $pg_port -k $folder/pg -c listen_addresses=127.0.0.1 -c max_connections=300" >/dev/null
    )
    redis-server --port "$redis_port" --bind 127.0.0.1 --dir "$folder/redis" --save "" --appendonly no \
        --daemonize yes --pidfile "$folder/redis/pid" --logfile "$folder/redis/log" >/dev/null

    export EXODUS_TEST_POSTGRES_URL="postgres://exodus@127.0.0.1:$pg_port/postgres"
    export EXODUS_TEST_REDIS_URL="redis://127.0.0.1:$redis_port"
    local tries
    for tries in $(seq 100); do
        redis-cli -p "$redis_port" ping >/dev/null 2>&1 && return 0
        sleep 0.1
    done
    echo "The private Redis did not start: see $folder/redis/log" >&2
    return 1
}

services_stop() {
    local folder=$1 pg_bin redis_pid tries
    pg_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
    [ ! -f "$folder/pg/data/postmaster.pid" ] || (cd "$folder/pg" && as_postgres "$pg_bin/pg_ctl" -D "$folder/pg/data" -m immediate stop >/dev/null) || true
    [ -f "$folder/redis/pid" ] || return 0
    redis_pid=$(cat "$folder/redis/pid")
    # Redis writes to its folder until it is gone: whoever deletes the folder must come after that.
    for tries in $(seq 100); do
        kill "$redis_pid" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -9 "$redis_pid" 2>/dev/null || true
}

# Ends one of the two as a power cut would: services_kill FOLDER postgres|redis.
services_kill() {
    case $2 in
    postgres) (cd "$1/pg" && as_postgres "$(pg_ctl_of_newest)" -D "$1/pg/data" -m immediate stop >/dev/null) ;;
    redis) kill -9 "$(cat "$1/redis/pid")" ;;
    esac
}

# Starts what services_kill ended, on the same port and, for PostgreSQL, with the same data.
services_revive() {
    case $2 in
    # A restart takes the options of the start before.
    postgres) (cd "$1/pg" && as_postgres "$(pg_ctl_of_newest)" -D "$1/pg/data" -l "$1/pg/log" -w restart >/dev/null) ;;
    redis)
        redis-server --port "${EXODUS_TEST_REDIS_URL##*:}" --bind 127.0.0.1 --dir "$1/redis" --save "" --appendonly no \
            --daemonize yes --pidfile "$1/redis/pid" --logfile "$1/redis/log" >/dev/null
        ;;
    esac
}

pg_ctl_of_newest() {
    ls -d /usr/lib/postgresql/*/bin/pg_ctl | sort -V | tail -n 1
}
