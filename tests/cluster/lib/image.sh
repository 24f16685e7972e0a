# An image of one static program, without a container daemon: a docker archive is a tar of tars and two JSON files.
# The same program gives the same bytes.

image_build() {
  local binary='' name='' out='' user=65532:65532 entrypoint='' arch=amd64
  while (($#)); do
    [[ -n ${2:-} ]] || die "$1 wants a value"
    case $1 in
      --binary) binary=$2 ;;
      --name) name=$2 ;;
      --out) out=$2 ;;
      --user) user=$2 ;;
      --entrypoint) entrypoint=$2 ;;
      --arch) arch=$2 ;;
      *) die "unknown option: $1" ;;
    esac
    shift 2
  done
  [[ -f $binary ]] || die "--binary: no such file: $binary"
  [[ $name == *:* ]] || die "--name wants NAME:TAG"
  [[ -n $out ]] || die "--out is missing"
  [[ $user =~ ^[0-9]+(:[0-9]+)?$ ]] || die "--user wants numbers: runAsNonRoot cannot judge a name"
  # Where the loader cannot say what a program needs, it is not one of this machine's dynamic ones.
  ! ldd "$binary" 2>/dev/null | grep -q '=>' || die "$binary is not static, and the image holds nothing else"
  # A subshell, so that its folder goes whatever happens.
  (
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    image_assemble "$work" "$binary" "$name" "$user" "${entrypoint:-/$(basename "$binary")}" "$arch"
    mkdir -p "$(dirname "$out")"
    image_tar "$work/image" >"$out.partial"
    mv "$out.partial" "$out"
  )
}

image_assemble() {
  local work=$1 binary=$2 name=$3 user=$4 entrypoint=$5 arch=$6 layer config
  local root=$work/root image=$work/image
  mkdir -p "$root/etc" "$root/tmp" "$image"
  install -m 755 "$binary" "$root/$(basename "$binary")"
  printf '%s\n' root:x:0:0:root:/:/sbin/nologin nonroot:x:65532:65532:nonroot:/:/sbin/nologin >"$root/etc/passwd"
  printf '%s\n' root:x:0: nonroot:x:65532: >"$root/etc/group"
  chmod 755 "$root" "$root/etc"
  chmod 644 "$root/etc/passwd" "$root/etc/group"
  chmod 1777 "$root/tmp"
  image_tar "$root" >"$work/layer"
  layer=$(digest "$work/layer")
  mv "$work/layer" "$image/$layer.tar"
  printf '{"architecture":"%s","os":"linux","created":"1970-01-01T00:00:00Z","config":{"User":"%s","Entrypoint":["%s"],"Env":["PATH=/"],"WorkingDir":"/"},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
    "$arch" "$user" "$entrypoint" "$layer" >"$work/config"
  config=$(digest "$work/config")
  mv "$work/config" "$image/$config.json"
  printf '[{"Config":"%s.json","RepoTags":["%s"],"Layers":["%s.tar"]}]' "$config" "$name" "$layer" >"$image/manifest.json"
}

image_tar() {
  tar -C "$1" --format ustar --sort name --mtime @0 --owner 0 --group 0 --numeric-owner -c $(cd "$1" && LC_ALL=C ls)
}

digest() { sha256sum "$1" | cut -c1-64; }
