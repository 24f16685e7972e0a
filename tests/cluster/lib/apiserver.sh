# etcd and kube-apiserver, as both tiers run them, and the certificates and kubeconfigs around them.

SERVICES=10.96.0.0/16
ISSUER=https://kubernetes.default.svc.cluster.local

# make_authority ADDRESS: a new authority, the server's certificate, and the key that signs tokens.
make_authority() {
  local pki=$STATE/pki
  mkdir -p "$pki"
  openssl_quiet req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 \
    -subj /CN=deepsynthesis-test -keyout "$pki/ca.key" -out "$pki/ca.crt"
  openssl_quiet ecparam -genkey -name prime256v1 -noout -out "$pki/service-account.key"
  openssl_quiet ec -in "$pki/service-account.key" -pubout -out "$pki/service-account.pub"
  certificate apiserver /CN=kube-apiserver \
    "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,IP:127.0.0.1,IP:10.96.0.1,IP:$1"
  certificate admin /O=system:masters/CN=admin
}

# certificate NAME SUBJECT [ALTERNATIVE-NAMES]
certificate() {
  local pki=$STATE/pki usage=clientAuth names=''
  [[ -z ${3:-} ]] || { usage=serverAuth names="subjectAltName=$3"; }
  openssl_quiet req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$2" -keyout "$pki/$1.key" -out "$pki/$1.csr"
  openssl_quiet x509 -req -in "$pki/$1.csr" -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -CAcreateserial -days 365 -out "$pki/$1.crt" \
    -extfile <(printf 'extendedKeyUsage=%s\n%s\n' "$usage" "$names")
  rm "$pki/$1.csr"
}

openssl_quiet() {
  local message
  message=$(openssl "$@" 2>&1) || die "openssl: $message"
}

# kubeconfig CERTIFICATE URL FILE: self-contained, so that it can be copied.
kubeconfig() {
  local pki=$STATE/pki
  (umask 077 && cat >"$3") <<EOF
apiVersion: v1
kind: Config
clusters: [{name: test, cluster: {server: "$2", certificate-authority-data: $(base64 -w0 "$pki/ca.crt")}}]
users: [{name: $1, user: {client-certificate-data: $(base64 -w0 "$pki/$1.crt"), client-key-data: $(base64 -w0 "$pki/$1.key")}}]
contexts: [{name: test, context: {cluster: test, user: $1}}]
current-context: test
EOF
}

# start_etcd CLIENT-PORT PEER-PORT
start_etcd() {
  local client=http://127.0.0.1:$1 peer=http://127.0.0.1:$2
  start etcd "$(tool etcd)" --name test --data-dir "$STATE/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls "$client" --advertise-client-urls "$client" \
    --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "test=$peer"
}

# start_apiserver ADDRESS PORT ETCD-PORT [FLAG…]
start_apiserver() {
  local address=$1 port=$2 etcd=$3 pki=$STATE/pki
  shift 3
  cat >"$STATE/audit-policy.yaml" <<'EOF'
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules: [{level: Metadata}]
EOF
  start kube-apiserver "$(tool kube-apiserver)" --etcd-servers "http://127.0.0.1:$etcd" \
    --bind-address "$address" --advertise-address "$address" --secure-port "$port" \
    --service-cluster-ip-range "$SERVICES" --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction \
    --tls-cert-file "$pki/apiserver.crt" --tls-private-key-file "$pki/apiserver.key" --client-ca-file "$pki/ca.crt" \
    --service-account-issuer "$ISSUER" --api-audiences "$ISSUER" \
    --service-account-key-file "$pki/service-account.pub" --service-account-signing-key-file "$pki/service-account.key" \
    --audit-policy-file "$STATE/audit-policy.yaml" --audit-log-path "$STATE/log/audit.log" \
    --allow-privileged --profiling=false "$@"
}

# Admission that lies on the API server's disk (KEP-5793): every .yaml in these folders, read again when it changes. Prints
# the flag; versions that know of no such folders get none.
static_admission() {
  ((${1%%.*} > 1 || ${1#*.} >= 37)) || return 0
  mkdir -p "$STATE/static/validating" "$STATE/static/mutating"
  sed "s#/etc/kubernetes/static-admission#$STATE/static#" "$HERE/../../config/static/admission-configuration.yaml" \
    >"$STATE/admission-configuration.yaml"
  printf -- '--admission-control-config-file=%s\n' "$STATE/admission-configuration.yaml"
}

kubectl() { "${RUN[@]}" "$(tool kubectl)" --kubeconfig "$STATE/admin.kubeconfig" "$@"; }

apiserver_ready() { kubectl get --raw /readyz --request-timeout 2s >/dev/null 2>&1; }
