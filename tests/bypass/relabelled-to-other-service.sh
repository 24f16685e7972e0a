# A pod of one service moves into another, which was filed for something else (Order 12 Art. 16).
kubectl create -f - >/dev/null <<'POD'
apiVersion: v1
kind: Pod
metadata: {name: attack, labels: {app: studio}}
spec:
  containers:
    - {name: app, image: "app:dev"}
POD
kubectl label pod attack app=second --overwrite
