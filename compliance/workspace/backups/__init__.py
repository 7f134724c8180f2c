"""One moment of the whole workspace in one sealed file, and back."""
