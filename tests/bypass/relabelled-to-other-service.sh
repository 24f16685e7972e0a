# A pod of one service moves into another, which was filed for something else (Order 12 Art. 16).
pod studio
kubectl label pod attack app=second --overwrite
