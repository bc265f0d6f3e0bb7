# ./dev check: format, the house's rules, and clang-tidy on the C++ files a change touches.

changed_cpp() { # changed against the branch point with main, or against HEAD
  local base
  base=$(git merge-base HEAD main 2>/dev/null || true)
  { git diff --name-only "${base:-HEAD}"; git diff --name-only; git ls-files -o --exclude-standard; } 2>/dev/null |
    grep -E '\.(cpp|h)$' | sort -u | xargs -r ls 2>/dev/null || true
}

run_checks() {
  local files
  mapfile -t files < <(changed_cpp)
  step "The house's rules (tools/tidy)" "Each line above names file, line and rule." tools/tidy || return
  [ ${#files[@]} = 0 ] && { say "  no C++ file changed"; return 0; }
  step "Format of ${#files[@]} files" "Type: ./dev exec clang-format-19 -i ${files[*]}" \
    clang-format-19 --dry-run --Werror "${files[@]}" || return
  configure_and_build release || return
  local sources=()
  local file
  for file in "${files[@]}"; do [[ $file == *.cpp ]] && sources+=("$file"); done
  [ ${#sources[@]} = 0 ] && return 0
  step "clang-tidy on ${#sources[@]} files" "Each warning above names file and line." \
    clang-tidy-19 -p build/release --quiet --extra-arg=-Wno-unknown-warning-option "${sources[@]}"
}
