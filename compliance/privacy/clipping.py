"""A clip that follows the updates, paid for with part of the run's noise.

Beside its update, each drawn unit adds one bit: whether its update was within the clip. The
server learns a noisy share of such units and moves the clip towards a quantile.

*One Gaussian sum.* Count the bit as ±1/2, not as 0 or 1, so that one unit more or fewer moves
the sum of bits by exactly 1/2. Divide the updates by their noise, z_Δ clips, and the bits by
theirs, σ_b. Then one unit moves the joint vector by at most √(z_Δ⁻² + (2σ_b)⁻²), against noise of
deviation 1 in every place. This is one Gaussian sum of noise multiplier z, where z⁻² = z_Δ⁻² +
(2σ_b)⁻², over the same Poisson sample. So with z_Δ of `split_noise` a round with an adaptive
clip costs what a round of z costs. The clip of a round depends on earlier noisy sums only, so it
costs nothing more.

*On the grid.* Bits count ±`UNITS_PER_CLIP`/2 steps and have noise σ_b·`UNITS_PER_CLIP` steps, as
fine as the updates; noise on the bare bits would be too coarse for the price of a sampled sum.

Source: Andrew et al. 2021, arXiv:1905.03871, theorem 1 and algorithm 1.
"""

from __future__ import annotations

import math
from fractions import Fraction

from compliance.errors import PrivacyParameterError

_LEAST, _MOST = 1e-6, 1e6  # a clip stays within these, as in a plan


def split_noise(noise_multiplier: float, count_noise: float) -> float:
    """The noise multiplier z_Δ of the updates, so that with the bits a round costs that of z.

    Args:
        noise_multiplier: z, which the ledger is told; above 0.
        count_noise: σ_b, standard deviation of the noise on the sum of bits, in units.

    Raises:
        PrivacyParameterError: the bits alone cost as much as the whole round may, or more. It
            happens where few take part, because σ_b is usually a twentieth of their number.
    """
    if not 0 < noise_multiplier < math.inf or not 0 < count_noise < math.inf:
        raise PrivacyParameterError(
            name="The noise", given=min(noise_multiplier, count_noise), reason="it lies above 0"
        )
    left = Fraction(noise_multiplier) ** -2 - (2 * Fraction(count_noise)) ** -2
    if left <= 0:
        raise PrivacyParameterError(
            name="The noise multiplier of a run with an adaptive clip",
            given=f"{noise_multiplier:g}",
            reason=(
                f"it lies below {2 * count_noise:g}, twice the noise on the number of clipped "
                "updates; take less noise, let more take part, or keep the clip fixed"
            ),
        )
    found = 1 / math.sqrt(left)
    while Fraction(found) ** -2 > left:  # never less noise than was paid for
        found = math.nextafter(found, math.inf)
    return found


def next_clip(clip: float, noisy_share_below: float, quantile: float, rate: float) -> float:
    """The clip of the next round: smaller where too many updates are within it.

    Spends nothing: it depends on what is already noisy.

    Args:
        clip: of this round.
        noisy_share_below: the noisy sum of the bits ±1/2 over the constant number expected, plus
            1/2; may lie below 0 or above 1, because noise does.
        quantile: the share of updates that the clip shall leave as they are, 0–1.
        rate: how fast the clip moves; 0.2 is usual.

    Returns:
        clip · e^{−rate·(share − quantile)}, within the clips that a plan may ask for.
    """
    if not math.isfinite(noisy_share_below):
        raise ValueError("a share of updates is a number")
    step = max(min(-rate * (noisy_share_below - quantile), 50.0), -50.0)
    return min(max(clip * math.exp(step), _LEAST), _MOST)
