"""The parts of the Trail page."""
