#!/usr/bin/env bash
# Tries faults and attacks: each is known by its seed, and what must hold is a test (tests/*/Faults, docs/promises.md). `dotnet test` tries a
# few of each.
#   eng/faults.sh [--long] [--seed N] [--count N] [--only WHAT]
#   --long        the long run, hours; how far it came is noted in artifacts/faults, and the next one goes on there
#   --seed N      begins with this seed: with --count 1, one fault again
#   --count N     so many of each; with --long, so many more of each
#   --only WHAT   only the tests whose class begins with this: Killed, PowerLoss, FullDisk, BitFlips, MutatedPictures, Hostile, HttpFaults,
#                 Soak, TwoProcesses, OddMachines, KilledWorkers, ServerFault
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
for folder in tests/*/Faults; do
  project=$(basename "$(dirname "$folder")")
  ls "$folder/$only"*Tests.cs >/dev/null 2>&1 || continue
  dotnet build "tests/$project" -v q -clp:NoSummary
  dotnet "artifacts/bin/$project/debug/$project.dll" -class "*Faults.$only*" -showLiveOutput || failed=1
done
exit "$failed"
