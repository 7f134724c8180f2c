"""Local recoding of Adult, beside what ARX keeps of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from benchmarks.local import adult, outcome
from compliance.anonymise.local import recode_locally
from compliance.anonymise.losses import losses_of
from compliance.anonymise.nouns import Criterion, Model
from compliance.dataset.nouns import ColumnName

pytestmark = pytest.mark.realdata


def test_adult_keeps_more_detail_than_arx_and_loses_nobody(shared_data: Path) -> None:
    """ARX 3.9.2 keeps 0.9096 at k = 5 and loses 4 rows; the issue asks for 0.91."""
    problem = adult(shared_data, Criterion(model=Model.K_ANONYMITY, value=5))

    recoding = outcome(recode_locally(problem))

    shown = zip(
        *(
            np.array(names, dtype=object)[codes].tolist()
            for names, codes in zip(recoding.names, recoding.codes, strict=True)
        ),
        strict=True,
    )
    assert min(Counter(shown).values()) >= 5
    assert not recoding.suppressed.any()
    assert losses_of(problem, recoding).granularity >= 0.94


def test_occupations_of_adult_stay_as_mixed_as_asked(shared_data: Path) -> None:
    job = ColumnName("occupation")
    k = Criterion(model=Model.K_ANONYMITY, value=5)
    problem = adult(shared_data, k, Criterion(model=Model.ENTROPY_L, value=3, column=job))

    recoding = outcome(recode_locally(problem))

    cells = np.stack(recoding.codes, axis=1)
    _, of = np.unique(cells, axis=0, return_inverse=True)
    counts = np.zeros((of.max() + 1, problem.sensitive[0].values))
    np.add.at(counts, (of, problem.sensitive[0].codes), 1)
    shares = counts / counts.sum(axis=1, keepdims=True)
    logs = np.log(shares, where=shares > 0, out=np.zeros_like(shares))
    assert np.exp(-(shares * logs).sum(axis=1)).min() >= 3 - 1e-9
    assert losses_of(problem, recoding).granularity >= 0.94
