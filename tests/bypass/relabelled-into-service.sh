# A pod that runs without the sidecar takes on the labels of a service (Order 12 Art. 16).
pod database
kubectl label pod attack app=studio --overwrite
