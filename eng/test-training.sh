#!/usr/bin/env bash
# Builds src/Sosia.Training/Sosia.Training.slnx here and runs its tests in a Debian 13 root, where libtorch loads (Debian 12's C++ library is too old),
# and once more here, for the tests of what is said where it does not load. Last line: "training: N passed, N failed, N skipped".
# Usage: eng/test-training.sh [ROOT]     the root is made where it is missing (default: in the user's cache directory)
set -uo pipefail
cd "$(dirname "$0")/.."
root=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/sosia/debian13}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
fail() { echo "$1" >&2; echo "training: 0 passed, 1 failed, 0 skipped"; exit 1; }

eng/debian13-root.sh "$root" || fail "The Debian 13 root could not be made in $root, so training is not tested; see what debootstrap says above."
dotnet build src/Sosia.Training/Sosia.Training.slnx || fail "src/Sosia.Training/Sosia.Training.slnx does not build."
tests=$PWD/artifacts/bin/Sosia.Training.Tests/debug/Sosia.Training.Tests.dll
eng/debian13-root.sh "$root" env SOSIA_TRAINING_ROOT=1 CI="${CI:-}" SOSIA_LFW="${SOSIA_LFW:-}" NO_COLOR=1 dotnet "$tests" 2>&1 | tee "$log"
result=${PIPESTATUS[0]}

sum() { sed -nE "s/.*Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+).*/\\$1/p" "$log" | tail -n 1; }
total=$(sum 1) errors=$(sum 2) failed=$(sum 3) skipped=$(sum 4)
failed=$((${failed:-0} + ${errors:-0}))
if [ -z "$total" ] || { [ "$failed" -eq 0 ] && [ "$result" -ne 0 ]; }; then failed=$((failed + 1)); fi
passed=$((${total:-0} - failed - ${skipped:-0}))
[ "$passed" -ge 0 ] || passed=0

# Outside the root libtorch may not load; what is said then is a test too.
if dotnet "$tests" -method "*Without_a_loadable_libtorch*" 2>&1 | tee "$log"; then
  [ "$(sum 4)" = 1 ] || { passed=$((passed + 1)); skipped=$((${skipped:-1} - 1)); } # it was the one skipped in the root
else
  failed=$((failed + 1))
fi
echo "training: $passed passed, $failed failed, ${skipped:-0} skipped"
[ "$failed" -eq 0 ]
