"""What is slow to load, loaded before it is needed."""

from __future__ import annotations

from decimal import Decimal

from compliance.privacy import loss_of, price_of
from compliance.privacy.nouns import SampledGaussianEvent


def load_libraries() -> None:
    """Load what draws and prices noise; nothing is drawn or spent. About a second, once."""
    from compliance.privacy import mechanisms

    mechanisms.libraries()
    sampled = SampledGaussianEvent(sampling_rate=0.1, noise_multiplier=1.0, rounds=1)
    price_of(loss_of([sampled]), Decimal("1e-5"))  # loads dp-accounting
