"""What a request asks for, done on the data itself."""
