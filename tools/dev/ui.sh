# How ./dev talks: one line a step with elapsed time, the log's tail and a next step when it fails.

if [ -t 2 ]; then
  c_dim=$'\e[2m' c_red=$'\e[31m' c_green=$'\e[32m' c_bold=$'\e[1m' c_off=$'\e[0m'
else
  c_dim='' c_red='' c_green='' c_bold='' c_off=''
fi

say() { printf '%s\n' "$*" >&2; }

# say_error WHAT HINT
say_error() {
  printf '%s✗ %s%s\n' "$c_red" "$1" "$c_off" >&2
  printf '  %s\n' "$2" >&2
}

# step_progress LOG: the newest progress mark of a log (ninja's [3/80], ctest's 3/80), if any.
step_progress() { tail -c 2000 "$1" 2>/dev/null | grep -aoE '\[[0-9]+/[0-9]+\]|^ *[0-9]+/[0-9]+ ' | tail -n 1 | tr -d ' '; }

# step TITLE HINT COMMAND…: runs the command with its output in a log; on failure prints what
# failed, the log's end and the hint, and returns the command's status.
step() {
  local title=$1 hint=$2 log began status=0 next=30
  shift 2
  mkdir -p "$MILLRACE_CHECKOUT/build/log"
  log=$MILLRACE_CHECKOUT/build/log/$(printf '%s' "$title" | tr -cs 'A-Za-z0-9' '-' | tr 'A-Z' 'a-z' | sed 's,-$,,').log
  began=$SECONDS
  "$@" >"$log" 2>&1 &
  local pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    if [ -t 2 ]; then
      printf '\r\e[K  … %s %s%s s %s%s' "$title" "$c_dim" $((SECONDS - began)) "$(step_progress "$log")" "$c_off" >&2
    elif [ $((SECONDS - began)) -ge $next ]; then
      printf '  … %s: %s s %s\n' "$title" $((SECONDS - began)) "$(step_progress "$log")" >&2
      next=$((next + 30))
    fi
  done
  wait "$pid" || status=$?
  if [ -t 2 ]; then printf '\r\e[K' >&2; fi
  if [ $status = 0 ]; then
    printf '%s✓%s %s %s%s s%s\n' "$c_green" "$c_off" "$title" "$c_dim" $((SECONDS - began)) "$c_off" >&2
    return 0
  fi
  tail -n "${STEP_TAIL:-40}" "$log" | sed 's/^/    /' >&2
  say_error "$title failed after $((SECONDS - began)) s (exit $status)" "$hint"
  say "  The whole log: $log"
  return $status
}
