"""Models trained across sites whose rows stay at home."""
