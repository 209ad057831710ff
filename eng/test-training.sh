#!/usr/bin/env bash
# Builds src/Sosia.Training/Sosia.Training.slnx here and runs its tests in a Debian 13 root, where libtorch loads (Debian 12's C++ library is too old),
# and once more here, for the tests of what is said where it does not load. Last line: "training: N passed, N failed, N skipped".
# Usage: eng/test-training.sh [--must] [ROOT]     the root is made where it is missing (default: in the user's cache directory).
# Where none can be made, the tests run here, and those that need libtorch skip and say why; with --must, or CI=true, that is a failure.
set -uo pipefail
cd "$(dirname "$0")/.."
must=; [ "${CI:-}" != true ] || must=1
[ "${1:-}" != --must ] || { must=1; shift; }
root=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/sosia/debian13}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0 failed=0 skipped=0

# Runs tests and adds their numbers; what broke before it counted is one failure.
count() {
  "$@" 2>&1 | tee "$log"
  local result=${PIPESTATUS[0]} total errors wrong left
  read -r total errors wrong left < <(sed -nE 's/.*Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+).*/\1 \2 \3 \4/p' "$log" | tail -n 1) || true
  wrong=$((${wrong:-0} + ${errors:-0}))
  [ "$wrong" -gt 0 ] || [ "$result" -eq 0 ] && [ -n "$total" ] || wrong=1
  [ "${total:-0}" -ge $((wrong + ${left:-0})) ] || total=$((wrong + ${left:-0}))
  passed=$((passed + total - wrong - ${left:-0})) failed=$((failed + wrong)) skipped=$((skipped + ${left:-0}))
}

if ! dotnet build src/Sosia.Training/Sosia.Training.slnx; then
  echo "src/Sosia.Training/Sosia.Training.slnx does not build." >&2
  failed=1
else
  tests=$PWD/artifacts/bin/Sosia.Training.Tests/debug/Sosia.Training.Tests.dll
  only_outside='*Without_a_loadable_libtorch*'
  if eng/debian13-root.sh "$root" dotnet --version >/dev/null; then
    count eng/debian13-root.sh "$root" env SOSIA_TRAINING_ROOT=1 CI="${CI:-}" NO_COLOR=1 dotnet "$tests" -method- "$only_outside"
    count env NO_COLOR=1 dotnet "$tests" -method "$only_outside"
  else
    echo "No Debian 13 root could be made or entered at $root (what failed stands above; it needs root, mounts, and a Debian mirror), so the tests that need libtorch run only if it loads here." >&2
    [ -z "$must" ] || failed=1
    count env NO_COLOR=1 dotnet "$tests"
  fi
fi
echo "training: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
