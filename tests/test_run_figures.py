"""What the charts of a run's sites and attacks show."""

from __future__ import annotations

import plotly.graph_objects as go

from compliance.federated.nouns import (
    Membership,
    MembershipTest,
    Reconstruction,
    Shield,
    SiteResult,
)
from pages.parts.figures.fairness import memberships, reconstructions, sites

WORDS = ("Common", "Worst tenth", "Alone")


def site(name: str, rows: int, federated: float | None, local: float | None = 0.5) -> SiteResult:
    return SiteResult(
        site=name,
        rows=rows,
        bytes_up=0,
        bytes_down=0,
        bytes_home=0,
        metric_federated=federated,
        metric_local=local,
    )


def of_sites(found: list[SiteResult]) -> go.Figure:
    """The chart of sites, as Plotly reads it."""
    return go.Figure(sites(found, ("Sites", "AUC"), WORDS).to_dict())


def test_sites_stand_by_size_and_the_worst_tenth_apart() -> None:
    figure = of_sites([site("small", 5, 0.9), site("large", 50, 0.6), site("unmeasured", 9, None)])
    alone, common, worst = figure.data

    assert [one.name for one in figure.data] == ["Alone", "Common", "Worst tenth"]
    assert (list(worst.x), list(worst.y)) == ([1], [0.6])
    assert (list(common.x), list(common.y)) == ([2], [0.9])
    assert list(alone.x) == [1, 2]
    assert list(figure.layout.xaxis.ticktext) == ["large", "small"]
    assert worst.marker.symbol != common.marker.symbol != alone.marker.symbol


def test_a_thousand_sites_are_numbered_and_a_hundred_of_them_are_the_worst() -> None:
    figure = of_sites([site(f"{n}", n, n / 1000) for n in range(1000)])

    assert figure.layout.xaxis.ticktext is None
    assert len(figure.data[2].x) == 100


def test_no_site_at_all_is_an_empty_chart() -> None:
    assert [len(one.x) for one in of_sites([]).data] == [0, 0, 0]


def test_tests_stand_beside_each_other_with_intervals_and_the_bound() -> None:
    found = [
        Membership(
            test=MembershipTest.LOSS,
            is_protected=is_protected,
            people_in=10,
            people_out=10,
            auc=0.75,
            low=0.5,
            high=0.875,
            found=0.0,
            at_most=0.9 if is_protected else None,
        )
        for is_protected in (False, True)
    ]
    figure = memberships(
        found, {MembershipTest.LOSS: "Loss"}, ("Without", "With", "Bound", "Guessing"), "AUC"
    )
    without, with_, bound = figure.data

    assert (list(without.y), list(with_.y), list(bound.y)) == ([0.75], [0.75], [0.9])
    assert list(without.error_y.array) == [0.125]
    assert list(without.error_y.arrayminus) == [0.25]
    assert without.marker.pattern.shape != with_.marker.pattern.shape
    assert figure.layout.shapes[0].y0 == 0.5


def test_rows_computed_are_shares_with_their_error() -> None:
    found = [
        Reconstruction(protection=Shield.NONE, records=1, sites=1, tries=4, exact=3, error=1e-15),
        Reconstruction(protection=Shield.NOISE, records=1, sites=1, tries=4, exact=0, error=1.2),
    ]
    (bars,) = reconstructions(found, ["none", "noise"], ("Sites, %", "error")).data

    assert list(bars.y) == [75, 0]
    assert list(bars.text) == ["error 1e-15", "error 1"]
