#!/usr/bin/env bash
# A whole cluster on this machine, for trying and testing: PostgreSQL, Redis, two web processes
# (PORT and PORT+1) and two workers. Data, logs and process ids are in the data folder; Ctrl-C
# (or the end of this script) stops everything. CLUSTER_RESTART=1 starts again what dies.
set -euo pipefail
cd "$(dirname "$0")/.."
export PORT="${PORT:-8099}" LOCAL_MODE="${LOCAL_MODE:-1}"
export PLANDEX_DATA_DIR="${PLANDEX_DATA_DIR:-$PWD/data/cluster}"
pg_port="${CLUSTER_PG_PORT:-$((PORT + 1000))}" redis_port="${CLUSTER_REDIS_PORT:-$((PORT + 2000))}"
run="$PLANDEX_DATA_DIR/run" logs="$PLANDEX_DATA_DIR/logs" pg="$PLANDEX_DATA_DIR/postgres"
python="${PYTHON_BIN:-.venv/bin/python}" worker="${CLUSTER_WORKER:-manage.py worker}"
mkdir -p "$run" "$logs" "$PLANDEX_DATA_DIR/redis"

pg_bin="$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)"
pg_bin="${pg_bin:-$(dirname "$(command -v initdb || echo /nowhere/initdb)")}"
[ -x "$pg_bin/initdb" ] || { echo "PostgreSQL is needed (Debian: apt-get install postgresql)"; exit 1; }
command -v redis-server >/dev/null || { echo "Redis is needed (Debian: apt-get install redis-server)"; exit 1; }
# PostgreSQL refuses to run as root.
as_pg() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

# Ends processes and waits for them.
end() {
  for name in "$@"; do
    [ -f "$run/$name.pid" ] && kill "$(cat "$run/$name.pid")" 2>/dev/null || true
  done
  for name in "$@"; do
    while [ -f "$run/$name.pid" ] && kill -0 "$(cat "$run/$name.pid")" 2>/dev/null; do sleep 0.1; done
  done
}
stop() {
  trap - EXIT
  trap '' INT TERM HUP # a second one must not leave anything running
  touch "$run/stopping"
  end web-1 web-2 worker-1 worker-2
  end redis # which the workers need to hand over their runs
  wait || true
  as_pg "$pg_bin/pg_ctl" -D "$pg" -m fast stop >/dev/null 2>&1 || true
  rm -f "$run"/*.pid "$run/stopping"
}
trap stop EXIT
trap 'exit 0' INT TERM HUP

if [ ! -f "$pg/PG_VERSION" ]; then
  mkdir -p "$pg"
  if [ "$(id -u)" = 0 ]; then
    chown postgres "$pg"
    # The server's user has to reach the folder.
    as_pg test -x "$pg" || { echo "The user postgres can't reach $pg; set PLANDEX_DATA_DIR"; exit 1; }
  fi
  as_pg "$pg_bin/initdb" -D "$pg" -U plandex -A trust -E UTF8 --locale=C.UTF-8 >"$logs/initdb.log"
fi
as_pg "$pg_bin/pg_ctl" -D "$pg" -w -o "-p $pg_port -k /tmp -c listen_addresses=127.0.0.1 -c max_connections=200" \
  -l "$pg/server.log" start >"$logs/postgres.log" 2>&1 </dev/null
head -1 "$pg/postmaster.pid" >"$run/postgres.pid"
"$pg_bin/createdb" -h 127.0.0.1 -p "$pg_port" -U plandex plandex 2>/dev/null || true
# Runs one process, and keeps its id in a file. One that began while this script stops ends at once.
once() {
  local name=$1
  shift
  "$@" >>"$logs/$name.log" 2>&1 &
  echo $! >"$run/$name.pid"
  [ ! -e "$run/stopping" ] || kill $!
  wait $!
}
keep() {
  while [ ! -e "$run/stopping" ]; do
    once "$@" || true
    [ "${CLUSTER_RESTART:-0}" = 1 ] || return 0
    sleep 1
  done
}
# Each process in a group of its own: a Ctrl-C at the terminal reaches this script alone.
set -m
start() { : >"$logs/$1.log"; keep "$@" & }
# Until a web process serves; one that can't says why.
served() {
  until grep -q "^Plandex server on" "$logs/$1.log"; do
    sleep 0.2
    [ -f "$run/$1.pid" ] && ! kill -0 "$(cat "$run/$1.pid")" 2>/dev/null || continue
    tail -n 1 "$logs/$1.log"
    exit 1
  done
}

rm -f "$run/stopping" "$run"/{web,worker,redis}*.pid
start redis redis-server --port "$redis_port" --bind 127.0.0.1 --dir "$PLANDEX_DATA_DIR/redis" \
  --save "" --appendonly no

export DATABASE_URL="postgresql://plandex@127.0.0.1:$pg_port/plandex"
export REDIS_URL="redis://127.0.0.1:$redis_port/0"
export SECRET_KEY="${SECRET_KEY:-$("$python" -c 'from pathlib import Path; import os; from plandex_server.env import kept_secret; print(kept_secret(Path(os.environ["PLANDEX_DATA_DIR"]) / "secret_key"))')}"
start web-1 "$python" manage.py serve --port "$PORT"
start web-2 "$python" manage.py serve --port "$((PORT + 1))"
start worker-1 "$python" $worker
start worker-2 "$python" $worker
served web-1
served web-2
echo "Cluster on http://127.0.0.1:$PORT and http://127.0.0.1:$((PORT + 1)); logs in $logs"
wait
