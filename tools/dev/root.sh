# Debian 13 for everyone. Natively there the machine is used; elsewhere mmdebstrap makes a root
# once, cached outside the checkout under the hash of its package list, and bubblewrap runs each
# verb inside it with the host's network. Without root rights mmdebstrap works in a user
# namespace; tests that need capabilities then skip with a printed reason.

cache_dir() { printf '%s' "${MILLRACE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/millrace}"; }

inside_debian13() {
  [ "${MILLRACE_ROOT:-}" = inside ] && return 0
  [ -r /etc/os-release ] && [ "$(. /etc/os-release && printf '%s %s' "$ID" "${VERSION_ID:-}")" = 'debian 13' ]
}

# export_shared: where the data sets are that several checkouts share, unless MILLRACE_SHARED says.
export_shared() {
  local shared
  shared=$(readlink -f "${MILLRACE_SHARED:-$MILLRACE_CHECKOUT/../shared}" || true)
  if [ -d "$shared" ]; then export MILLRACE_SHARED=$shared; fi
}

# packages SECTION…: the names of deploy/packages.txt in these sections, one a line.
packages() {
  awk -v want=" $* " '/^\[/ { s = substr($0, 2, length($0) - 2) } /^[a-z0-9]/ && index(want, " " s " ")' \
    "$MILLRACE_CHECKOUT/deploy/packages.txt"
}

# sections VERB: which groups of packages a verb needs.
sections() {
  case $1 in
    bench | profile) echo run build test bench ;;
    *) echo run build test ;;
  esac
}

# provide_packages VERB: on a native Debian 13, installs what is missing (as root) or says how.
provide_packages() {
  [ "${MILLRACE_ROOT:-}" = inside ] && return 0
  local missing=() name
  # shellcheck disable=SC2046
  for name in $(packages $(sections "$1")); do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
  done
  [ ${#missing[@]} = 0 ] && return 0
  if [ "$(id -u)" != 0 ]; then
    say_error "${#missing[@]} Debian packages are missing" "Type: sudo apt-get install --no-install-recommends ${missing[*]}"
    exit 69
  fi
  step "Install ${#missing[@]} Debian packages" "Check the network and apt's sources, then run ./dev again." \
    sh -c 'apt-get update && apt-get install -y --no-install-recommends "$@"' apt "${missing[@]}"
}

# need_host_tools: mmdebstrap and bubblewrap on the host.
need_host_tools() {
  local missing=()
  command -v mmdebstrap >/dev/null || missing+=(mmdebstrap)
  command -v bwrap >/dev/null || missing+=(bubblewrap)
  [ ${#missing[@]} = 0 ] && return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    say_error "${missing[*]} is needed to make the Debian 13 root" \
      "Type: sudo apt-get install ${missing[*]}   (or use the Containerfile in deploy/)"
    exit 69
  fi
  step "Install ${missing[*]}" "Check the network and apt's sources, then run ./dev again." \
    sh -c 'apt-get update && apt-get install -y "$@"' apt "${missing[@]}"
}

# make_root DIR PACKAGES: a root in DIR, complete or not there at all.
make_root() {
  local dir=$1 list=$2 part
  part=$(mktemp -d "$(dirname "$dir")/part.XXXXXX")
  chmod 755 "$part"
  if [ "$(id -u)" = 0 ]; then
    mmdebstrap --variant=apt --include="$list" trixie "$part"
  else
    mmdebstrap --mode=unshare --variant=apt --include="$list" trixie "$part.tar"
    tar -C "$part" --exclude='./dev/*' -xf "$part.tar"
    rm -f "$part.tar"
  fi
  rm -rf "$part/var/cache/apt" "$part/var/lib/apt/lists" "$part/etc/resolv.conf"
  mkdir -p "$part/var/cache/apt" "$part/var/lib/apt/lists" "$part/etc/ssl/certs"
  touch "$part/etc/resolv.conf" "$part/etc/npmrc" "$part/etc/pip.conf" # mount points
  mv "$part" "$dir"
}

# ensure_root VERB: prints the root's directory, after making it where it is not there yet.
ensure_root() {
  local list hash dir
  # shellcheck disable=SC2046
  list=$(packages $(sections "$1") | paste -sd,)
  hash=$(printf 'trixie %s' "$list" | sha256sum | cut -c1-16)
  dir=$(cache_dir)/roots/$hash
  mkdir -p "$(cache_dir)/roots"
  exec 9>"$(cache_dir)/roots/$hash.lock"
  flock 9
  if [ ! -d "$dir" ]; then
    need_host_tools
    step "Make the Debian 13 root ($(packages $(sections "$1") | wc -l) packages, once)" \
      "Check the network, then run ./dev again; nothing half-made is kept." make_root "$dir" "$list" || exit 69
  fi
  command -v bwrap >/dev/null || need_host_tools
  exec 9>&-
  printf '%s' "$dir"
}

# enter_root VERB ARGS…: this script again, inside.
enter_root() {
  local root shared=${MILLRACE_SHARED:-} cache binds=() file
  root=$(ensure_root "$1")
  cache=$(cache_dir)
  mkdir -p "$cache/home"
  [ -d "$shared" ] && binds+=(--ro-bind "$shared" "$shared")
  for file in .npmrc .config/pip .gitconfig; do
    [ -e "$HOME/$file" ] && binds+=(--ro-bind "$HOME/$file" "$HOME/$file")
  done
  for file in /etc/resolv.conf /etc/hosts /etc/ssl/certs /etc/npmrc /etc/pip.conf "${SSL_CERT_FILE:-}"; do
    [ -n "$file" ] && [ -e "$file" ] && binds+=(--ro-bind "$(readlink -f "$file")" "$file")
  done
  # Folders on the way to the checkout, open to the accounts that peers of ./dev bench run under.
  local parent=$MILLRACE_CHECKOUT parents=()
  while parent=$(dirname "$parent") && [ "$parent" != / ]; do parents=(--perms 0755 --dir "$parent" "${parents[@]}"); done
  [ -n "${MILLRACE_BIND:-}" ] && binds+=(--bind "$MILLRACE_BIND" "$MILLRACE_BIND")
  # A data directory named on the command line lives on the host.
  local previous='' argument
  for argument in "$@"; do
    [[ $argument == --data-dir=* ]] && previous=--data-dir
    if [ "$previous" = --data-dir ]; then
      mkdir -p "${argument#--data-dir=}"
      binds+=(--bind "$(readlink -f "${argument#--data-dir=}")" "$(readlink -f "${argument#--data-dir=}")")
    elif [ -e "$argument" ] && [[ $argument == /* ]]; then
      binds+=(--bind "$argument" "$argument")
    fi
    previous=$argument
  done
  exec bwrap --tmpfs / --ro-bind "$root/usr" /usr --ro-bind "$root/etc" /etc --ro-bind "$root/var" /var \
    --symlink usr/bin /bin --symlink usr/sbin /sbin --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
    --dev /dev --proc /proc --bind /sys /sys --tmpfs /run --perms 1777 --tmpfs /tmp --perms 1777 --tmpfs /var/tmp \
    "${parents[@]}" --bind "$cache/home" "$HOME" --bind "$cache" "$cache" --bind "$MILLRACE_CHECKOUT" "$MILLRACE_CHECKOUT" \
    "${binds[@]}" --setenv MILLRACE_ROOT inside --setenv PATH /usr/sbin:/usr/bin:/sbin:/bin \
    --setenv LANG C.UTF-8 --setenv npm_config_nodedir /usr --chdir "$MILLRACE_CHECKOUT" \
    --unshare-pid --die-with-parent ./dev "$@"
}
