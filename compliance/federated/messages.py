"""What travels in a round, name by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from compliance.federated.learners import Learner
from compliance.federated.nouns import Sent, Strategy, Tensor
from compliance.federated.secure import SecureSum
from compliance.i18n import mark


def sent(
    learner: Learner, asked: int, answering: int, masked: SecureSum | None = None
) -> tuple[Sent, ...]:
    """The model goes to all sites that were asked, contributions come from all that answered.

    Of the rows nothing goes: what travels has the same shape however many there are. Where
    contributions are masked, keys and shares of keys travel with them.
    """
    down, up = list(learner.tensors), list(learner.messages)
    if learner.plan.strategy is Strategy.SCAFFOLD:
        controls = [replace(tensor, name=f"control of {tensor.name}") for tensor in down]
        down, up = down + controls, up + controls
    times = learner.exchanges
    return (
        *(_travelling(tensor, asked * times, is_up=False) for tensor in down),
        *(_travelling(tensor, answering * times, is_up=True) for tensor in up),
        *(_with_masks(masked, times) if masked else ()),
    )


def bytes_of(travelling: tuple[Sent, ...], *, is_up: bool) -> int:
    """All copies in one direction."""
    return sum(one.bytes * one.copies for one in travelling if one.is_up is is_up)


def _with_masks(masked: SecureSum, times: int) -> Iterator[Sent]:
    """What the sites sent besides their numbers, each on average over those that sent it."""
    phases = {
        mark("keys for masks"): [seen.bytes_keys for seen in masked.seen],
        mark("sealed shares of keys"): [seen.bytes_shares for seen in masked.seen],
        mark("shares to take masks off"): [seen.bytes_answer for seen in masked.seen],
    }
    for name, sizes in phases.items():
        if copies := sum(size > 0 for size in sizes):
            size = sum(sizes) // copies
            yield Sent(name=name, shape=(size,), is_up=True, bytes=size, copies=copies * times)


def _travelling(tensor: Tensor, copies: int, *, is_up: bool) -> Sent:
    return Sent(
        name=tensor.name, shape=tensor.shape, is_up=is_up, bytes=8 * tensor.size, copies=copies
    )
