# Another image for the first init container of a live pod (Order 12 Art. 18).
kubectl create -f - >/dev/null <<'POD'
apiVersion: v1
kind: Pod
metadata: {name: attack, labels: {app: studio}}
spec:
  initContainers:
    - {name: own, image: "app:dev", restartPolicy: Always}
  containers:
    - {name: app, image: "app:dev"}
POD
kubectl patch pod attack --type json -p '[{"op":"replace","path":"/spec/initContainers/0/image","value":"busybox"}]'
