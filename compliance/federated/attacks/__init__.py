"""Attacks on a run: what its messages and its model give away, and what protection does."""

from compliance.federated.attacks.reconstruction import reconstructions

__all__ = ["reconstructions"]
