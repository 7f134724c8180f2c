"""Rows moved out of what is used, and back."""
