# A pod that runs without the sidecar takes on the labels of a service (Order 12 Art. 16).
kubectl create -f - >/dev/null <<'POD'
apiVersion: v1
kind: Pod
metadata: {name: attack, labels: {app: database}}
spec:
  containers:
    - {name: app, image: "app:dev"}
POD
kubectl label pod attack app=studio --overwrite
