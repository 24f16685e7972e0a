# What every room uses: messages, waiting, locks.

BASE=${DSS_STATE:-${XDG_RUNTIME_DIR:-/tmp}/deepsynthesis-$UID}

die() {
  printf 'cluster: %s\n' "$*" >&2
  exit 1
}

# Progress goes to stderr, so that `eval "$(cluster … env)"` reads exports only.
say() { printf '%s\n' "$*" >&2; }

need() {
  local program
  for program in "$@"; do
    command -v "$program" >/dev/null || die "$program is not installed"
  done
}

need_root() { ((EUID == 0)) || die "$* needs root"; }

# until_true SECONDS COMMAND…: false when the command never succeeded in time.
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || return 1
    sleep 0.1
  done
}

# The lock lives as long as this process; what stays behind must close it (`start` does) or keeps it for ever.
# Whoever held it before may have removed the file: a lock on a removed file locks nothing.
lock() {
  while :; do
    mkdir -p "$(dirname "$1")"
    exec {LOCK}>"$1"
    flock "$LOCK"
    [[ /proc/self/fd/$LOCK -ef $1 ]] && return
    exec {LOCK}>&-
  done
}

unlock() { exec {LOCK}>&-; }

# A start that fails or is interrupted takes back what it began, but keeps the logs.
undo_on_failure() {
  trap "$1" EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

succeeded() { trap - EXIT INT TERM HUP; }

export_line() { printf 'export %s=%q\n' "$1" "$2"; }
