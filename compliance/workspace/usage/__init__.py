"""Which rows may be used for a purpose."""
