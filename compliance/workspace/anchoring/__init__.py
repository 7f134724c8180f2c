"""What places outside saw of the trail."""
