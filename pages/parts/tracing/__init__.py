"""The parts of the Lineage page."""
