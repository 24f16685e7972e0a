# A shell in the application's container reaches it behind the sidecar (Order 12 Art. 16).
pod studio
connect 'exec?container=app&command=curl&command=http://127.0.0.1:8080/&stdout=true'
