"""What was made from what, and where personal data went."""
