"""Watch: what is unusual in what was done."""

from compliance.watch.watching import cannot_tell, watch

__all__ = ["cannot_tell", "watch"]
