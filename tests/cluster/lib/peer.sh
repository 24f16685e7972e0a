# The peers that benches/ compare with, built from the modules that peers/ pins. Each is cached by its own pin: a newer
# one makes neither another peer nor the cluster's programs be built again.

peer_options() {
  PEER=${1:-} PEER_MODULE=$HERE/peers/${1:-}
  [[ $PEER =~ ^[a-z]+$ && -f $PEER_MODULE/go.mod ]] || die "which peer? $(cd "$HERE/peers" && echo *)"
  PEER_PACKAGE=$(awk '$1 == "tool" { print $2 }' "$PEER_MODULE/go.mod")
  PEER_FOLDER=$(dirname "$TOOLS")/$PEER-$(cd "$PEER_MODULE" && sha256sum go.mod go.sum | sha256sum | cut -c1-64)
}

# Prints where the program is.
peer_build() {
  peer_options "$@"
  if [[ ! -x $PEER_FOLDER/$PEER ]]; then
    lock "$PEER_FOLDER.lock"
    # Its own folder instead of the cluster's.
    [[ -x $PEER_FOLDER/$PEER ]] || TOOLS=$PEER_FOLDER build_program "$PEER"
    unlock
  fi
  echo "$PEER_FOLDER/$PEER"
}

# Prints where the peer's own files are (its CRDs, its chart): the source of the pinned module.
peer_source() {
  peer_options "$@"
  need go
  local module
  module=$(awk -v package="$PEER_PACKAGE/" '{ sub(/^require /, "") } $2 ~ /^v/ && index(package, $1 "/") == 1 { print $1 "@" $2 }' \
    "$PEER_MODULE/go.mod")
  (cd "$PEER_MODULE" && go mod download "$module")
  echo "$(go env GOMODCACHE)/$module"
}

compile_peer() {
  need go
  (cd "$PEER_MODULE" && CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w' -o "$1" "$PEER_PACKAGE")
}
