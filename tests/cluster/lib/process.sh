# Programs that outlive this one. A room sets STATE (its folder) and RUN (the words to put before a command).

# start NAME COMMAND…
start() {
  local name=$1
  shift
  mkdir -p "$STATE/log" "$STATE/run"
  # setsid: the caller's Ctrl-C and its end are not theirs.
  setsid "${RUN[@]}" "$@" </dev/null >"$STATE/log/$name.log" 2>&1 {LOCK}>&- &
  echo $! >"$STATE/run/$name.pid"
  disown
}

# Process numbers are used again: ours name the state folder among their arguments.
alive() {
  local pid
  pid=$(cat "$STATE/run/$1.pid" 2>/dev/null) && grep -qsF "$STATE/" "/proc/$pid/cmdline"
}

# await NAME SECONDS COMMAND…: blames the named program when the command does not succeed.
await() {
  local name=$1 end=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    alive "$name" || blame "$name" "has ended"
    ((SECONDS < end)) || blame "$name" "is not ready in time"
    sleep 0.1
  done
}

blame() {
  say "cluster: $1 $2; the end of $STATE/log/$1.log:"
  tail -n 20 "$STATE/log/$1.log" >&2
  exit 1
}

# At once: what a test cluster holds is thrown away, and kube-apiserver takes its time to say goodbye.
stop() {
  local name
  for name in "$@"; do
    until_true 5 ended "$name" || die "$name does not end"
  done
}

ended() {
  alive "$1" || return 0
  kill -9 "$(cat "$STATE/run/$1.pid")"
  return 1
}
