# ./dev test: every test on the release build, the web application's own, then unit tests and fuzz
# corpora a second time under ASan and UBSan. Arguments go to ctest on the release build alone.
# ./dev sanitize: the last of these.

# ctest_at DIR ARGS…
ctest_at() {
  local dir=$1
  shift
  ctest --test-dir "$dir" --output-on-failure --no-tests=error -j "$(nproc)" --timeout 600 "$@"
}

# print_results DIR LOG: what ctest counted there, and what was skipped and why. A program says
# "SKIP: reason"; GoogleTest says "file:line: Skipped" and the reason on the next line.
print_results() {
  local reasons
  reasons=$(awk '/: Skipped$/ { place = $1; getline; print "SKIP: " $0 " (" place ")"; next } /^SKIP: /' \
    "$1/Testing/Temporary/LastTest.log")
  say "  $(printf '%s' "$reasons" | grep -c . || true) tests skipped"
  [ -z "$reasons" ] || printf '%s\n' "$reasons" | sort | uniq -c | sed 's/^/  /' >&2
  grep -hE 'tests passed|Total Test time' "$2" | sed 's/^/  /' >&2 || true
}

run_tests() {
  if [ $# -gt 0 ]; then
    ctest_at build/release "$@"
    return
  fi
  local hint="Run one alone: ./dev test -R NAME"
  STEP_TAIL=80 step "Tests" "$hint" ctest_at build/release || return
  if [ -f web/package.json ]; then
    step "Tests of the web application" "Run them alone: ./dev web -- test" npm --prefix web test || return
  fi
  print_results build/release build/log/tests.log
  run_sanitized
}

run_sanitized() {
  configure_and_build dev unit_tests fuzz_replay || return
  STEP_TAIL=80 step "Unit tests under ASan and UBSan" "Run one alone: ctest --test-dir build/dev -R NAME" \
    ctest_at build/dev -L unit || return
  print_results build/dev build/log/unit-tests-under-asan-and-ubsan.log
}
