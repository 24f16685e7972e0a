# What both benches use: a control plane that nobody else has, our chart and our operator on it, and their end.

ROOT=$(readlink -f "$HERE/../..")
CLUSTER=$ROOT/tests/cluster/cluster
PROGRAMS=${PROGRAMS:-$CARGO_TARGET_DIR/release}
OPERATOR=$PROGRAMS/deepsynthesis-operator
LOAD=$PROGRAMS/examples/admission-load
SYSTEM=deepsynthesis-system
OBJECTS=$HERE/objects
PROCESSES=()

say() { printf '    %s\n' "$*" >&2; }

die() {
  printf 'bench: %s\n' "$*" >&2
  exit 1
}

# Everything is thrown away, also after a failure; KEEP=1 leaves it up.
begin() {
  WORK=$(mktemp -d)
  export DSS_STATE=$WORK/cluster
  trap finish EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  "$CLUSTER" control-plane up
  "$CLUSTER" build helm
  eval "$("$CLUSTER" control-plane env)"
  SERVER=$(cat "$DSS_STATE/control-plane/run/kube-apiserver.pid")
}

finish() {
  local code=$?
  if [[ -n ${KEEP:-} ]]; then
    say "left up: $WORK"
    return
  fi
  # Waited for, so that bash does not report each death.
  { kill -9 "${PROCESSES[@]}" && wait "${PROCESSES[@]}"; } 2>/dev/null || true
  "$CLUSTER" control-plane down
  # 2 says that it was measured and a goal is short.
  if ((code == 0 || code == 2)); then rm -rf "$WORK"; else say "logs: $WORK/*.log"; fi
}

# launch NAME COMMAND…: its process is then in PID.
launch() {
  local name=$1
  shift
  "$@" </dev/null >"$WORK/$name.log" 2>&1 &
  PID=$!
  PROCESSES+=("$PID")
}

# await SECONDS WHAT COMMAND…
await() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || die "not in time: $what"
    [[ -z ${PID-} ]] || kill -0 "$PID" 2>/dev/null || die "ended before: $what"$'\n'"$(tail -qn 3 "$WORK"/*.log)"
    sleep 0.2
  done
}

free_port() {
  local port
  while :; do
    port=$((20000 + SRANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

# fill_in FILE NAME VALUE…: the file with @NAME@ replaced by the value.
fill_in() {
  local text
  text=$(<"$1")
  shift
  while (($#)); do
    text=${text//"@$1@"/"$2"}
    shift 2
  done
  printf '%s\n' "$text"
}

apply() { kubectl apply --server-side --force-conflicts -f "$@" >/dev/null; }

# Our CRDs; what the bench creates before the webhooks are there needs them.
install_kinds() {
  "$CLUSTER" control-plane namespace "$SYSTEM" 2>/dev/null
  apply "$ROOT/crds"
  kubectl wait --for condition=Established crd --all --timeout 30s >/dev/null
}

# Our chart for an operator that runs as a process.
install_chart() {
  PORT=$(free_port) HEALTH=$(free_port)
  helm template deepsynthesis "$ROOT/charts/deepsynthesis-operator" -n "$SYSTEM" \
    --set "crds.install=false,operator.enabled=false,operator.username=admin,webhook.url=https://127.0.0.1:$PORT" | apply -
}

# One replica with the flags that the chart gives it.
launch_operator() {
  launch "$1" "$OPERATOR" run --namespace "$SYSTEM" --identity "$1" \
    --listen "127.0.0.1:$PORT" --health-listen "127.0.0.1:$HEALTH" \
    --service-name deepsynthesis-operator --certificate-name 127.0.0.1 \
    --workloads-webhook deepsynthesis-operator-workloads --records-webhook deepsynthesis-operator-records \
    --sidecar-image deepsynthesis-sidecar:dev --operator-service-account admin
}

operator_ready() { curl -sf --max-time 2 "http://127.0.0.1:$HEALTH/readyz"; }
