# ./dev test: every test on the release build, then the web application's own. Arguments go to ctest.
# ./dev sanitize: unit tests and fuzz corpora again under ASan and UBSan.

# ctest_at DIR ARGS…
ctest_at() {
  local dir=$1
  shift
  ctest --test-dir "$dir" --output-on-failure --no-tests=error -j "$(nproc)" --timeout 600 "$@"
}

# print_skips LOG…: what was skipped and why; a skip without a reason is a defect.
print_skips() {
  local count
  count=$(cat "$@" 2>/dev/null | grep -c 'Skipped$' || true)
  say "  $count tests skipped$([ "$count" = 0 ] || echo ':')"
  cat "$@" 2>/dev/null | grep -E 'Skipped$|^SKIP: ' | sed 's/^/    /' | sort -u >&2 || true
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
  print_skips build/log/tests.log
  tail -n 30 build/log/tests.log | grep -E 'tests passed|Total Test time' || true
}

run_sanitized() {
  STEP_TAIL=80 step "Unit tests under ASan and UBSan" "Run one alone: ctest --test-dir build/dev -R NAME" \
    ctest_at build/dev -L unit
}
