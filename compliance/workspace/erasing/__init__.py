"""People erased from every version and copy, whole or not at all."""
