#!/usr/bin/env bash
# Makes the packages: Sosia, Sosia.Models, Sosia.Vectors, Sosia.Postgres, and the command as a .NET tool, one package for each platform.
# Usage: eng/pack.sh FOLDER [--since EARLIER] [PLATFORM…]
#   EARLIER   a folder with the packages of the last version: what a library had then it must still have
#   PLATFORM  the tool for these platforms only, such as linux-x64 (default: all)
set -euo pipefail
out=$(realpath -m "${1:?Name the folder that the packages are to be laid in.}"); shift
earlier=; if [ "${1:-}" = --since ]; then earlier=$(realpath -e "${2:?Name the folder with the packages of the last version.}"); shift 2; fi
cd "$(dirname "$0")/.."
platforms=$(IFS=';'; echo "$*")
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
pack() { dotnet pack "$@" --nologo -v q -p:EveryPlatform=true -p:ArtifactsPath="$build" -o "$out"; }
for library in Sosia.Vectors Sosia Sosia.Models Sosia.Postgres; do
  before=${earlier:+$(find "$earlier" -maxdepth 1 -name "$library.[0-9]*.nupkg" -print -quit)}
  pack "src/$library" ${before:+"-p:PackageValidationBaselinePath=$before"}
done
pack src/Sosia.Cli ${platforms:+"-p:ToolPlatforms=\"$platforms\""}
ls -l "$out"/*.nupkg
