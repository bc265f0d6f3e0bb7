# The verbs of ./dev. Each runs inside Debian 13, in the checkout, with its packages there.

build_dir=build/release

verb_help() {
  cat <<'TEXT'
./dev VERB        everything one does with Millrace's sources

  demo            build, start the simulated plant and the hub, print the address
                  [--http-port N] [--data-dir DIR] [--seed N] [--speed X]
  test            build, then every test, unit tests again under sanitizers; -- ARGS go to ctest
  build           build the binaries and the web application; ARGS are ninja targets
  run -- ARGS     the built `millrace` (hub, import, query, things …)
  edge -- ARGS    the built `millrace-edge`
  web -- ARGS     npm in web/ (run dev, run lint …)
  check           format, tidy and clang-tidy on what the change touches
  fuzz [NAME]     fuzz one target, or each for a minute
  bench           measure beside peers and write bench/BUDGETS.md; ARGS: parts (ingest, queries …)
  profile CMD     a command under perf: where its time goes
  sanitize        unit tests and fuzz corpora under ASan and UBSan
  shell           a shell where all of this happens

On Debian 13 it uses this machine; elsewhere a Debian 13 root made once in the cache directory.
Millrace itself: ./dev run -- --help
TEXT
}

# npm_at DIR: node_modules of DIR as its lock file says, once for each lock file.
npm_at() {
  local dir=$1 stamp
  stamp=$(sha256sum "$dir/package-lock.json" | cut -c1-16)
  [ "$(cat "$dir/node_modules/.millrace-stamp" 2>/dev/null)" = "$stamp" ] && return 0
  step "Install npm packages of $dir" "Check the network and npm's settings (npm ping), then run ./dev again." \
    npm ci --prefix "$dir" --ignore-scripts --no-audit --no-fund --cache "$(cache_dir)/npm" || return
  printf '%s' "$stamp" >"$dir/node_modules/.millrace-stamp"
}

ccache_settings() {
  export CCACHE_DIR=${CCACHE_DIR:-$(cache_dir)/ccache} CCACHE_BASEDIR=$MILLRACE_CHECKOUT CCACHE_NOHASHDIR=1
  export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime CCACHE_MAXSIZE=5G
}

# configure_and_build PRESET TARGET…
configure_and_build() {
  local preset=$1
  shift
  ccache_settings
  if [ ! -f "build/$preset/build.ninja" ]; then
    step "Configure ($preset)" "The message above names the CMake file and line." cmake --preset "$preset" || return
  fi
  step "Build ($preset)" "The first error above names the file and line." \
    cmake --build "build/$preset" -- "$@"
}

prepare() { npm_at deploy/duckdb && if [ -f web/package-lock.json ]; then npm_at web; fi; }

build_web() {
  [ -f web/package.json ] || return 0
  [ -f web/dist/index.html ] && [ -z "$(find web/src web/index.html web/package-lock.json web/vite.config.ts \
    api/openapi.yaml -newer web/dist/index.html -print -quit 2>/dev/null)" ] && return 0
  step "Build the web application" "The first error above names the file and line." npm --prefix web run build
}

verb_build() {
  prepare
  configure_and_build release "$@"
  [ $# -gt 0 ] || build_web
}

strip_dashes() { [ "${1:-}" = -- ] && shift; printf '%s\0' "$@"; }

# run_built BINARY ARGS…: the built binary, after a quiet build.
run_built() {
  local binary=$1
  shift
  [ "${1:-}" = -- ] && shift
  [ -x "$build_dir/$binary" ] || verb_build
  exec "$build_dir/$binary" "$@"
}

verb_run() { run_built apps/millrace "$@"; }
verb_edge() { run_built apps/millrace-edge "$@"; }

verb_demo() {
  verb_build
  exec "$build_dir/apps/millrace" demo --web-dir "$MILLRACE_CHECKOUT/web/dist" "$@"
}

verb_test() {
  [ "${1:-}" = -- ] && shift
  prepare
  npm_at tests/peers
  configure_and_build release all bench_programs
  build_web
  source tools/dev/test.sh
  run_tests "$@"
}

verb_check() { prepare && source tools/dev/check.sh && run_checks "$@"; }
verb_sanitize() {
  prepare
  source tools/dev/test.sh
  run_sanitized
}
verb_bench() {
  prepare
  configure_and_build release all bench_programs
  build_web
  python3 bench/run.py build/release "$@"
}
verb_profile() {
  perf record -o build/log/perf.data -F 499 -g --call-graph fp -- "$@"
  perf report -i build/log/perf.data --stdio --no-children -g none --percent-limit 0.5 2>/dev/null
}
verb_fuzz() { prepare && configure_and_build fuzz fuzzers && source tools/dev/fuzz.sh && run_fuzzers "$@"; }
verb_web() { [ "${1:-}" = -- ] && shift; prepare && npm --prefix web "$@"; }
verb_shell() { ccache_settings && exec bash "$@"; }
verb_exec() { ccache_settings && exec "$@"; }
