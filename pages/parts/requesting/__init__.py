"""What the page of requests is made of."""
