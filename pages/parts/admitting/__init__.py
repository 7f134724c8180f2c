"""The parts of the page on accounts."""
