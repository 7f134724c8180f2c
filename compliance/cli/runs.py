"""Federated runs as plain fields: whole for scripts, in short for people, a line per round."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from compliance.cli.results import Result
from compliance.federated import frontier
from compliance.federated.flower.nouns import Deployment
from compliance.federated.nouns import (
    Finding,
    Membership,
    Outcome,
    Point,
    Poisoning,
    Reading,
    Reconstruction,
    Round,
    Run,
    Siege,
)
from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.plain import to_plain
from compliance.rules.residency import Movement
from compliance.workspace.governing.residing import law_name

_LONG = 1e6  # from here on numbers are written with an exponent


def run(done: Run) -> Result:
    """A federated run, round by round."""
    outcome = done.outcome
    return {
        "id": done.id,
        "metric": outcome.metric.written,
        "rounds": [to_plain(each) for each in outcome.rounds],
        "final": _final(outcome),
        "baselines": to_plain(outcome.baselines),
        "sites": [to_plain(site) for site in outcome.sites],
        "sites_left_out": outcome.sites_left_out,
        "left_out": to_plain(outcome.left_out),
        "protected": outcome.protected,
        "unit_is_row": outcome.unit_is_row,
        "features": list(outcome.features),
        "stopped": outcome.is_stopped,
        "over_budget": outcome.is_over_budget,
    }


def run_lines(done: Run) -> Result:
    """The same in short, for people."""
    return run(done) | {
        "rounds": [
            {
                "round": each.round,
                "loss": each.loss,
                done.outcome.metric.written: each.metric,
                "clients": each.clients,
                "silent": each.silent,
                "void": each.is_void,
                "bytes_up": each.bytes_up,
                "bytes_down": each.bytes_down,
                "epsilon": each.epsilon,
            }
            for each in done.outcome.rounds
        ]
    }


def siege(found: Siege) -> Result:
    """What attacks on a run came to: errors, areas and counts."""
    plain: Result = to_plain(found)
    told = ("id", "run_id", "sight", "reading", "reconstructions", "memberships", "poisonings")
    return {name: plain[name] for name in told}


def finding_line(found: Finding) -> str:
    """One finding as a line, while attacks go on."""
    match found:
        case Reading():
            return _("{n} of {sites} sites send what a row can be read off").format(
                n=found.readable, sites=found.sites
            )
        case Reconstruction():
            return _("rows computed exactly: {n} of {tries} ({protection})").format(
                n=found.exact, tries=found.tries, protection=_(str(found.protection))
            )
        case Membership():
            noise = _("with noise") if found.is_protected else _("without noise")
            return _("who was learnt from, by {test}, {noise}: AUC {auc}").format(
                test=_(str(found.test)), noise=noise, auc=locales.number(found.auc, 3)
            )
        case Poisoning():
            return _("{n} of {sites} sites lie, {strategy}").format(
                n=found.poisoned, sites=found.sites, strategy=_(str(found.strategy))
            )


def points(tried: Sequence[Point]) -> Result:
    """What became of each value, and which of them no other beats in ε and quality."""
    best = frontier(tried)
    return {
        "points": [
            {
                "value": point.value,
                "epsilon": point.epsilon,
                "mean": point.mean,
                "standard_error": point.standard_error,
                "measured": list(point.measured),
                "bytes_up": point.bytes_up,
                "failed": point.failed,
                "reason": point.reason,
                "not_beaten": point in best,
            }
            for point in tried
        ]
    }


def round_line(done: Round, planned: int) -> str:
    """A round as one line, while the run goes on; what the metric is, its end tells."""
    parts = [
        _("round {n}/{planned}").format(n=done.round, planned=planned),
        _("loss {loss}").format(loss=_short(done.loss)),
        _("metric {metric}").format(metric=_short(done.metric)),
    ]
    if done.epsilon is not None:
        parts.append(f"ε {locales.formatted(done.epsilon, '.4g')}")
    if done.silent:
        parts.append(_("silent {n}").format(n=done.silent))
    if done.is_void:
        parts.append(_("counts for nothing: too few answered"))
    return "  ".join(parts)


def movement_lines(checked: Movement | None) -> tuple[str, ...]:
    """What each law says of the updates that would leave a country, a line each."""
    if checked is None:
        return ()
    shape = _("{origin} to {destination}, {form}: {law}: {answer}. {because}.")
    return tuple(
        shape.format(
            origin=flow.origin,
            destination=flow.destination,
            form=_(str(flow.form)),
            law=_(law_name(one.law)),
            answer=_(str(one.answer)),
            because=_(one.because),
        )
        for flow, said in checked.flows
        for one in said
    )


def _short(number: float) -> str:
    return locales.formatted(number, ".4f" if abs(number) < _LONG else ".2e")


def _final(outcome: Outcome) -> Result | None:
    if not outcome.rounds:
        return None
    last = outcome.rounds[-1]
    return {"loss": last.loss, "metric": last.metric, "epsilon": last.epsilon}


def deployment(made: Deployment, out: Path) -> Result:
    """A deployment's folder and its sites."""
    return {
        "path": str(out),
        "server": f"{made.host}:{made.port}",
        "with_rows": made.is_local,
        "code_sha256": made.code_sha256,
        "sites": [{"site": place.site, "folder": f"sites/{place.folder}"} for place in made.places],
    }
