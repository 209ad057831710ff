#!/usr/bin/env bash
# Makes the packages: Sosia, Sosia.Models, Sosia.Vectors, Sosia.Postgres, and the command as a .NET tool, one package for each platform.
# Usage: eng/pack.sh FOLDER [PLATFORM…]     the tool for these platforms only, such as linux-x64 (default: all)
set -euo pipefail
out=$(realpath -m "${1:?Name the folder that the packages are to be laid in.}")
cd "$(dirname "$0")/.."
shift
platforms=$(IFS=';'; echo "$*")
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
pack() { dotnet pack "$@" --nologo -v q -p:EveryPlatform=true -p:ArtifactsPath="$build" -o "$out"; }
for library in Sosia.Vectors Sosia Sosia.Models Sosia.Postgres; do pack "src/$library"; done
pack src/Sosia.Cli ${platforms:+"-p:ToolPlatforms=\"$platforms\""}
ls -l "$out"/*.nupkg
