# The application's own terminal (Order 12 Art. 16).
pod studio
connect 'attach?container=app&stdout=true'
