# A tunnel to the loopback address, where the application listens (Order 12 Art. 16).
pod studio
connect 'portforward?ports=8080'
