#!/usr/bin/env bash
# Makes a Debian 13 root for programs whose libraries need a newer system than this one (libtorch: GCC 13's libstdc++),
# or runs a command in it. The command sees the same files under the same paths, and .NET from outside.
# Usage: eng/debian13-root.sh DIR [COMMAND…]     needs root, and debootstrap (installed where apt-get is there)
# It comes from $DEBIAN_MIRROR, else from the mirror and through the proxy that apt uses here, else from debootstrap's own.
set -euo pipefail
[ $# -ge 1 ] || { sed -nE '2,5s/^# //p' "$0" >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || { echo "A Debian 13 root can only be made and entered by root." >&2; exit 2; }
mkdir -p "$1"; root=$(realpath "$1"); shift

# The first of apt's mirrors that has Debian 13, if any.
apt_mirror() {
  command -v apt-get >/dev/null || return 0
  apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null | sed -nE 's/^Debian (http.*)/\1/p' | sort -u |
    while read -r mirror; do
      wget -q -T 20 -t 2 -O /dev/null "${mirror%/}/dists/trixie/InRelease" && { echo "$mirror"; break; }
    done || true
}

apt_proxy() {
  local proxy=
  command -v apt-config >/dev/null && eval "$(apt-config shell proxy Acquire::http::Proxy)"
  case $proxy in '' | DIRECT) ;; *) export http_proxy=$proxy ;; esac
}

if [ ! -e "$root/.complete" ]; then
  command -v debootstrap >/dev/null || { apt-get update -qq && apt-get install -y -qq debootstrap wget >/dev/null; } >&2 ||
    { echo "debootstrap is missing and could not be installed." >&2; exit 1; }
  [ -n "${http_proxy:-}" ] || apt_proxy
  mirror=${DEBIAN_MIRROR:-$(apt_mirror)}
  # What an earlier try left is taken away; anything else that lies there is not ours.
  [ -e "$root/debootstrap" ] || [ -z "$(ls -A "$root")" ] || { echo "$root is not empty and no Debian 13 root; take another directory." >&2; exit 2; }
  rm -rf "${root:?}"
  log=$(mktemp)
  # ICU for .NET, OpenMP for libtorch, one font for plots.
  debootstrap --variant=minbase --include=ca-certificates,libicu76,libgomp1,fonts-dejavu-core trixie "$root" ${mirror:+"$mirror"} >"$log" 2>&1 ||
    { tail -n 5 "$log" >&2; rm -f "$log"; exit 1; }
  rm -f "$log"
  touch "$root/.complete"
fi
[ $# -gt 0 ] || exit 0

# The mounts live in a namespace of their own and end with the command.
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
export root dotnet from=$PWD
exec unshare --mount --propagation private bash -euc '
  share() { [ -d "$1" ] || return 0; mkdir -p "$root$1"; mount --rbind "$1" "$root$1"; }
  for directory in /proc /dev /sys /tmp "$HOME" "$dotnet" "${NUGET_PACKAGES:-}" "${SOSIA_LFW:-}"; do share "$directory"; done
  # With what lies beside the project, unless that is shared already.
  beside=$(dirname "$from")
  case $from/ in /tmp/*|"$HOME"/*) ;; *) if [ "$beside" = / ]; then share "$from"; share /shared; else share "$beside"; fi ;; esac
  ln -sf "$dotnet/dotnet" "$root/usr/bin/dotnet"
  exec chroot "$root" /bin/sh -c '\''cd "$0" && exec "$@"'\'' "$from" "$@"' bash "$@"
