# Takes the sidecar's mark off a live pod, so that nobody counts it any more (Order 12 Art. 18).
kubectl create -f - >/dev/null <<'POD'
apiVersion: v1
kind: Pod
metadata: {name: attack, labels: {app: studio}}
spec:
  containers:
    - {name: app, image: "app:dev"}
POD
kubectl label pod attack deepsynthesis.dev/service=other --overwrite
