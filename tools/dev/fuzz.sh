# ./dev fuzz [NAME] [SECONDS]: libFuzzer on one target (or on each in turn), starting from its corpus.
# What it finds stays in build/fuzz/found/NAME; a fixed finding moves to tests/corpus/NAME.

run_fuzzers() {
  local only=${1:-} seconds=${2:-60} binary name
  for binary in $(find build/fuzz -type f -name 'fuzz_*' -executable | sort); do
    name=${binary##*/fuzz_}
    [ -n "$only" ] && [ "$name" != "$only" ] && continue
    mkdir -p "build/fuzz/found/$name" "build/fuzz/corpus/$name"
    step "Fuzz $name for $seconds s" "The input that fails stands in build/fuzz/found/$name." \
      "$binary" -max_total_time="$seconds" -rss_limit_mb=2048 -artifact_prefix="build/fuzz/found/$name/" \
      "build/fuzz/corpus/$name" "tests/corpus/$name" || return
  done
}
