"""What the page of impact assessments is made of."""
