# Takes the sidecar's mark off a live pod, so that nobody counts it any more (Order 12 Art. 18).
pod studio
kubectl label pod attack deepsynthesis.dev/service=other --overwrite
