# A pod of a service leaves its selector while it runs, and with it every rule (Order 12 Art. 16).
pod studio
kubectl label pod attack app-
