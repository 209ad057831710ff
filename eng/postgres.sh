#!/usr/bin/env bash
# A PostgreSQL 17 with pgvector for tests and benchmarks: on loopback, as an ordinary user, in a Debian 13 root of its own.
# Usage: eng/postgres.sh start|alone|stop [ROOT]     needs root; the root is made where it is missing (default: that of eng/test-training.sh).
# start makes an empty server with a replica and prints the connection string for SOSIA_TEST_POSTGRES; stop ends both and deletes what they
# stored. The replica's port is the server's setting sosia.replica. alone makes none: for measuring.
set -euo pipefail
cd "$(dirname "$0")/.."
case ${1:-} in start | alone | stop) ;; *) sed -nE '2,5s/^# //p' "$0" >&2; exit 2 ;; esac
[ "$(id -u)" -eq 0 ] || { echo "Only root can make and enter a Debian 13 root; name a server of your own in SOSIA_TEST_POSTGRES." >&2; exit 2; }
root=${2:-${XDG_CACHE_HOME:-$HOME/.cache}/sosia/debian13}
bin=/usr/lib/postgresql/17/bin data=/var/lib/postgresql/sosia replica=/var/lib/postgresql/sosia-replica

# The server must not run as root; HOME is its own, or libpq looks for certificates in root's.
as_postgres() { chroot --userspec=postgres:postgres "$root" env -i HOME=/var/lib/postgresql PATH="$bin:/usr/bin:/bin" LC_ALL=C.UTF-8 "$@"; }

stop() {
  for each in "$replica" "$data"; do
    [ ! -e "$root$each/postmaster.pid" ] || as_postgres pg_ctl -D "$each" -m immediate -w stop >/dev/null || true
    rm -rf "${root:?}$each"
  done
}

if [ "$1" = stop ]; then stop; exit 0; fi
if [ ! -e "$root/.postgres" ]; then
  { eng/debian13-root.sh "$root" &&
    eng/debian13-root.sh "$root" sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      postgresql-17 postgresql-17-pgvector'; } >&2
  touch "$root/.postgres"
fi
root=$(realpath "$root")
stop
free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' 2>/dev/null ||
    echo $((20000 + RANDOM % 10000))
}
port=$(free_port) beside=$(free_port)
password=$(head -c 18 /dev/urandom | base64 | tr -d '/+=')
as_postgres sh -c 'umask 077; printf %s "$1" >"$HOME/password"' sh "$password"
as_postgres initdb -D "$data" -U sosia --auth=scram-sha-256 --pwfile=/var/lib/postgresql/password --locale=C.UTF-8 --data-checksums >/dev/null
settings="-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200"
[ "$1" = alone ] || settings="$settings -c wal_keep_size=512MB -c sosia.replica=$beside"
# What the server writes to its terminal would keep a caller waiting that reads this script's output.
as_postgres pg_ctl -D "$data" -w -l "$data/log" -o "$settings -c port=$port -c shared_buffers=512MB -c max_wal_size=4GB" start >/dev/null
if [ "$1" = start ]; then
  as_postgres env PGPASSWORD="$password" pg_basebackup -h 127.0.0.1 -p "$port" -U sosia -D "$replica" -R -c fast >/dev/null
  as_postgres pg_ctl -D "$replica" -w -l "$replica/log" -o "$settings -c port=$beside -c shared_buffers=64MB" start >/dev/null
fi
echo "Host=127.0.0.1;Port=$port;Username=sosia;Password=$password;Database=postgres"
