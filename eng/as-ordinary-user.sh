#!/usr/bin/env bash
# Runs a command in this folder as an ordinary user, also where root starts it, so that nothing comes to need root unnoticed.
# Usage: eng/as-ordinary-user.sh COMMAND…
# For root the user "sosia-tests" is made where it is missing. It owns this folder as long as the command runs, and reaches the package
# registries as root does. Where it can't run dotnet, root runs the command, and says so.
set -euo pipefail
[ $# -ge 1 ] || { sed -nE '2,5s/^# //p' "$0" >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || exec "$@"

user=sosia-tests
id "$user" >/dev/null 2>&1 || useradd --create-home --shell /bin/bash "$user"
home=$(getent passwd "$user" | cut -d: -f6)

# What root's package clients are told; the rest of the environment goes along.
give() { [ ! -f "$1" ] || install -m 600 -o "$user" -g "$user" "$1" "$2"; }
install -d -o "$user" -g "$user" "$home/.nuget" "$home/.nuget/NuGet"
give "$HOME/.nuget/NuGet/NuGet.Config" "$home/.nuget/NuGet/NuGet.Config"
give "$(npm config get userconfig)" "$home/.npmrc"
ordinary=(setpriv "--reuid=$user" "--regid=$user" --init-groups
  env -u XDG_CACHE_HOME -u XDG_CONFIG_HOME -u XDG_DATA_HOME -u XDG_RUNTIME_DIR -u TMPDIR -u NUGET_PACKAGES -u npm_config_cache
  "HOME=$home" "USER=$user" "LOGNAME=$user" "DOTNET_CLI_HOME=$home" "npm_config_userconfig=$home/.npmrc")

if ! why=$(cd / && "${ordinary[@]}" dotnet --version 2>&1 >/dev/null); then
  echo "Root runs this: $user can't run $(command -v dotnet) (${why%%$'\n'*})." >&2
  exec "$@"
fi

owner=$(stat -c %u:%g .)
trap 'chown -R "$owner" .' EXIT
chown -R "$user:" .
if "${ordinary[@]}" test -r "$PWD/eng/as-ordinary-user.sh"; then
  "${ordinary[@]}" "$@"
else
  # A folder above is closed to the user (/root is), so what lies beside this one is seen from the user's home. The mount ends with the command.
  install -d "$home/beside"
  unshare --mount --propagation private bash -euc 'mount --rbind "$(dirname "$PWD")" "$0" && cd "$0/$(basename "$PWD")" && exec "$@"' \
    "$home/beside" "${ordinary[@]}" "$@"
fi
