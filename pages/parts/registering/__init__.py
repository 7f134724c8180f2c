"""The parts of the page Register."""
