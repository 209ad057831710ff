#!/usr/bin/env bash
# Tries faults and attacks: each is known by its seed, and what must hold is a test (tests/*/Faults). `dotnet test` tries a few of each.
#   eng/faults.sh [--long] [--seed N] [--count N] [--only WHAT]
#   --long        the long run, hours; it is noted in artifacts/faults how far it came, and the next one goes on there
#   --seed N      begins with this seed: with --count 1, one fault again
#   --only WHAT   only the tests whose class has this in its name: MutatedPictures, HttpFaults
set -euo pipefail
cd "$(dirname "$0")/.."

export SOSIA_FAULTS_ASKED=1
only=""
while [ $# -gt 0 ]; do
  case "$1" in
    --long) export SOSIA_FAULTS_LONG="$PWD/artifacts/faults"; mkdir -p "$SOSIA_FAULTS_LONG" ;;
    --seed) export SOSIA_FAULTS_SEED="${2:?--seed needs a number}"; shift ;;
    --count) export SOSIA_FAULTS="${2:?--count needs a number}"; shift ;;
    --only) only="${2:?--only needs a name}"; shift ;;
    -h | --help) sed -n 's/^# \{0,1\}//p' "$0" | tail -n +2; exit 0 ;;
    *) echo "Expected --long, --seed N, --count N or --only WHAT, got '$1'." >&2; exit 2 ;;
  esac
  shift
done

failed=0
for project in Sosia.Tests Sosia.Cli.Tests; do
  dotnet build "tests/$project" -v q -clp:NoSummary
  "artifacts/bin/$project/debug/$project" -class "*Faults.$only*" || failed=1
done
exit "$failed"
