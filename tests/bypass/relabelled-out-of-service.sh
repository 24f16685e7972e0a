# A pod of a service leaves its selector while it runs, and with it every rule (Order 12 Art. 16).
kubectl create -f - >/dev/null <<'POD'
apiVersion: v1
kind: Pod
metadata: {name: attack, labels: {app: studio}}
spec:
  containers:
    - {name: app, image: "app:dev"}
POD
kubectl label pod attack app-
