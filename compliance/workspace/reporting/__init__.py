"""Reports: evidence gathered at one moment, built, signed, stored, checked."""
