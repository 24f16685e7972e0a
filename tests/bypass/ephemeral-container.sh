# A debug container shares the pod's network and can serve or fetch past the sidecar (Order 12 Art. 16).
kubectl create -f - >/dev/null <<'POD'
apiVersion: v1
kind: Pod
metadata: {name: attack, labels: {app: studio}}
spec:
  containers:
    - {name: app, image: "app:dev"}
POD
kubectl debug attack --image=busybox --target=app -- sleep 1d >/dev/null
