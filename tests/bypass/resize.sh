# Starves the first native sidecar: what is not proven any more may be anything (Order 12 Art. 18).
kubectl create -f - >/dev/null <<'POD'
apiVersion: v1
kind: Pod
metadata: {name: attack, labels: {app: studio}}
spec:
  initContainers:
    - {name: own, image: "app:dev", restartPolicy: Always, resources: {requests: {cpu: 20m, memory: 32Mi}}}
  containers:
    - {name: app, image: "app:dev"}
POD
kubectl patch pod attack --subresource resize --type json \
  -p '[{"op":"replace","path":"/spec/initContainers/0/resources/requests/cpu","value":"1m"}]'
