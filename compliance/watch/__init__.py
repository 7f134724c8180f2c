"""Watch: what is unusual in what was done."""
