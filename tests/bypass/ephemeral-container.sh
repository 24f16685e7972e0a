# A debug container shares the pod's network and can serve or fetch past the sidecar (Order 12 Art. 16).
pod studio
kubectl debug attack --image=busybox --target=app -- sleep 1d >/dev/null
