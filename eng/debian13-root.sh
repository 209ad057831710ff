#!/usr/bin/env bash
# Makes a Debian 13 root for programs whose libraries need a newer system than this one (libtorch: GCC 13's libstdc++),
# or runs a command in it. The command sees the same files under the same paths, and .NET from outside.
# Usage: eng/debian13-root.sh DIR [COMMAND…]     needs root, and debootstrap (installed where apt-get is there)
set -euo pipefail
[ $# -ge 1 ] || { sed -nE '2,4s/^# //p' "$0" >&2; exit 2; }
mkdir -p "$1"; root=$(realpath "$1"); shift
[ "$(id -u)" -eq 0 ] || { echo "A Debian 13 root can only be made and entered by root." >&2; exit 2; }

if [ ! -e "$root/.complete" ]; then
  command -v debootstrap >/dev/null || { apt-get update -qq && apt-get install -y -qq debootstrap >/dev/null; } >&2
  rm -rf "${root:?}"
  # ICU for .NET, OpenMP for libtorch, one font for plots.
  debootstrap --variant=minbase --include=ca-certificates,libicu76,libgomp1,fonts-dejavu-core trixie "$root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >&2
  touch "$root/.complete"
fi
[ $# -gt 0 ] || exit 0

# The mounts live in a namespace of their own and end with the command.
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
export root dotnet from=$PWD
exec unshare --mount --propagation private bash -euc '
  share() { [ -e "$1" ] || return 0; mkdir -p "$root$1"; mount --rbind "$1" "$root$1"; }
  share /proc; share /dev; share /sys; share /tmp; share "$HOME"; share "$dotnet"
  # With what lies beside the project, unless that is shared already.
  case $from/ in /tmp/*|"$HOME"/*) ;; *) share "$(dirname "$from")" ;; esac
  ln -sf "$dotnet/dotnet" "$root/usr/bin/dotnet"
  exec chroot "$root" /bin/sh -c '\''cd "$0" && exec "$@"'\'' "$from" "$@"' bash "$@"
