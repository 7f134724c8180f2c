"""Rows invented by OpenDP's MST and AIM, which need the optional group `synthetic`."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from importlib.metadata import version
from importlib.util import find_spec

import numpy as np
import numpy.typing as npt

from compliance.errors import MissingGroupError
from compliance.privacy.nouns import SynthesisEvent
from compliance.privacy.nouns.synthesis import Algorithm, SynthesisPlan

_Codes = npt.NDArray[np.int64]
_HEADROOM = 1 - 1e-6  # its own split of the loss overshoots in the last digits (opendp#2789)


def check_installed() -> None:
    """Refuse where the optional group is absent; asked before anything is reserved.

    Raises:
        MissingGroupError: it is.
    """
    if find_spec("mbi") is None or find_spec("polars") is None:
        raise MissingGroupError(what="Inventing rows", group="synthetic")


def invent(
    codes: Sequence[_Codes], sizes: Sequence[int], plan: SynthesisPlan, event: SynthesisEvent
) -> list[_Codes]:
    """Invented codes per column. Every call is a new draw and must be paid for.

    Args:
        codes: per column the codes of the rows that count, of one length.
        sizes: per column how many codes there are.
    """
    check_installed()
    import opendp.prelude as dp
    import polars as pl
    from opendp.extras import mbi

    dp.enable_features("contrib")
    names = [f"c{place}" for place in range(len(codes))]
    context = dp.Context.compositor(
        data=pl.DataFrame(dict(zip(names, codes, strict=True))).lazy(),
        privacy_unit=dp.unit_of(contributions=plan.max_rows),
        privacy_loss=dp.loss_of(rho=float(event.rho) * _HEADROOM),
        split_evenly_over=1,
    )
    algorithm = mbi.MST() if plan.algorithm is Algorithm.MST else mbi.AIM()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the libraries below, about themselves
        table = (
            context.query()
            .select(*names)
            .contingency_table(
                keys={name: list(range(size)) for name, size in zip(names, sizes, strict=True)},
                algorithm=algorithm,
            )
            .release()
        )
        invented = table.synthesize(rows=plan.rows)
    return [
        np.nan_to_num(invented[name].cast(pl.Float64).to_numpy(), nan=-1).astype(np.int64)
        for name in names
    ]


def libraries() -> dict[str, str]:
    """What draws the noise and invents the rows, with versions, for the disclosure."""
    return {name: version(name) for name in ("opendp", "mbi", "polars")}
