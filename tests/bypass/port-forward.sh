# A tunnel to the loopback address, where the application listens (Order 12 Art. 16).
kubectl create -f - >/dev/null <<'POD'
apiVersion: v1
kind: Pod
metadata: {name: attack, labels: {app: studio}}
spec:
  containers:
    - {name: app, image: "app:dev"}
POD
# As kubectl asks for it, once a pod runs.
namespace=$(kubectl config view --minify -o 'jsonpath={.contexts[0].context.namespace}')
said=$(kubectl create --raw "/api/v1/namespaces/$namespace/pods/attack/portforward?ports=8080" -f /dev/null 2>&1 || true)
# Without a node this is as far as it gets; a refusal would have come before.
grep -q 'does not have a host assigned' <<<"$said" || { echo "$said" >&2; exit 1; }
