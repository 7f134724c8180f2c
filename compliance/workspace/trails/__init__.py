"""The trail of the desk's own records: read, verified, signed, proved."""
