"""What verbs give back: nouns as the plain fields that scripts rely on, one function per noun."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from compliance.dataset.nouns import Dataset
from compliance.discovery.nouns import Discovery, Share
from compliance.plain import to_plain
from compliance.privacy.attacks import Trial
from compliance.privacy.disclosure import to_document
from compliance.privacy.honesty import GroupError
from compliance.privacy.nouns import BudgetState, Preview, Price, Prices, Release
from compliance.privacy.nouns.disclosure import Disclosure
from compliance.privacy.nouns.planning import Planned, Proposal
from compliance.privacy.nouns.question import Query
from compliance.privacy.nouns.synthesis import Synthesis
from compliance.privacy.selfaudit import SelfAudit
from compliance.rules.nouns import Assessment

Result = dict[str, Any]

_RESERVED = ("statistic", "cell", "value", "margin", "low", "high", "relative", "clarity")


def dataset_line(dataset: Dataset) -> Result:
    """A dataset in a list of datasets."""
    return {
        "id": dataset.id,
        "name": dataset.name,
        "version": dataset.version,
        "rows": dataset.rows,
        "columns": len(dataset.columns),
        "sha256": dataset.sha256,
        **({"kept": to_plain(dataset.kept)} if dataset.kept else {}),
    }


def dataset(found: Dataset) -> Result:
    """A dataset, whole."""
    return dataset_line(found) | {
        "sources": [to_plain(source) for source in found.sources],  # first: there may be hundreds
        "columns": [
            {"name": c.name, "type": str(c.type), "missing": c.missing, "distinct": c.distinct}
            for c in found.columns
        ],
        "cleaning": [to_plain(step) for step in found.cleaning],
        "description": to_plain(found.description),
        "population": found.population,
    }


def labels(found: Discovery) -> Result:
    """What each column holds; without the masked examples, which only the screen shows."""
    return {
        **({"sampled_rows": found.sampled_rows} if found.sampled_rows else {}),
        "columns": [
            {
                "name": label.column,
                "semantic_type": label.semantic_type,
                "identifier_class": str(label.identifier_class),
                "confidence": label.confidence,
                "evidence": list(label.evidence),
                "special_category": label.special_category,
                "status": str(label.status),
                "legal_classes": [str(one) for one in label.legal_classes],
                "share": _share(label.matching),
                "form": str(label.form),
                "parts": [
                    {"semantic_type": part.semantic_type, **(_share(part.share) or {})}
                    for part in label.parts
                ],
            }
            for label in found.labels
        ],
        "rare": [
            {
                "column": rare.column,
                "semantic_type": rare.semantic_type,
                "values": rare.count,
                "rows": rare.rows,
                **(_share(rare.share) or {}),
            }
            for rare in found.rare
        ],
        "texts": {
            column: {
                "texts": one.texts,
                "touched": one.touched,
                "spans": {str(kind).upper(): count for kind, count in one.counts.items()},
            }
            for column, one in found.texts.items()
        },
    }


def _share(share: Share | None) -> Result | None:
    """A share of values, with its interval at 95 %."""
    if share is None:
        return None
    return {"share": share.share, "low": share.low, "high": share.high}


def preview(query: Query, seen: Preview) -> Result:
    """The table that would be published, with margins in place of numbers."""
    return {
        "asked": to_plain(seen.asked),
        "table": [
            _keyed(query, row.keys)
            | {
                "statistic": row.statistic,
                **({"cell": row.cell} if row.cell else {}),
                "margin": row.margin,
                "relative": row.relative,
                "clarity": str(row.clarity),
            }
            for row in seen.rows
        ],
        "curve": [to_plain(point) for point in seen.curve],
        "withheld_groups": seen.withheld_groups,
        "threshold": seen.threshold,
        "attacker_percent": seen.attacker_percent,
        "dropped": to_plain(seen.dropped),
    }


def planned(found: Planned) -> Result:
    """The smallest loss, how it is divided, and how far it reaches."""
    return {
        "epsilon": float(found.asked.epsilon),
        "delta": float(found.asked.delta),
        "shares": {name: str(share) for name, share in found.shares.items()},
        "reached": [to_plain(reached) for reached in found.reached],
    }


def proposal(found: Proposal, left: Price) -> Result:
    """The bounds, what the look cost and what is left."""
    return {
        "id": found.id,
        "max_groups": found.max_groups,
        "max_rows_per_group": found.max_rows_per_group,
        "most_periods": found.most_periods,
        "ranges": [
            {"column": r.column, "lower": float(r.lower), "upper": float(r.upper)}
            for r in found.ranges
        ],
        "spent": _price(found.price),
        "left": _price(left),
    }


def synthesis(done: Synthesis, left: Price) -> Result:
    """The dataset of invented rows, what it cost and what is left."""
    return {
        "id": done.id,
        "dataset": done.made,
        "algorithm": str(done.plan.algorithm),
        "spent": _price(done.price),
        "left": _price(left),
        "libraries": dict(done.libraries),
    }


def self_audit(done: SelfAudit) -> Result:
    """Every check; `ok` decides the exit code."""
    return {
        "id": done.id,
        "ok": done.passed,
        "checks": [to_plain(check) for check in done.checks],
        "draws": done.draws,
        "false_alarm": done.alarm,
        "libraries": dict(done.libraries),
        "desk_version": done.desk_version,
    }


def trial(done: Trial) -> Result:
    """How often each attack came true, before and after noise, and what the guarantee allows."""
    return {
        "id": done.id,
        "targets": done.targets,
        "asked": to_plain(done.asked),
        "attacks": [
            {
                "attack": attack.name,
                "statistic": attack.statistic or None,
                "exact": attack.before.share,
                "with_noise": attack.after.share,
                "interval": list(attack.after.interval()),
                "guess": attack.guess.share if attack.guess else None,
                "false_alarm": attack.false_alarm.share if attack.false_alarm else None,
                "at_most": attack.at_most,
            }
            for attack in done.attacks
        ],
        "auc": to_plain(done.ranking),
        "internal": True,
    }


def errors(query: Query, found: Sequence[GroupError]) -> Result:
    """Per number what noise and bounds do to it; as shares of the number, where it is not 0."""
    return {
        "errors": [
            _keyed(query, e.keys)
            | {"statistic": e.statistic}
            | ({"cell": e.cell} if e.cell else {})
            | {"clipping": e.clipping, "dropping": e.dropping, "margin": e.margin}
            | {"total": e.total, "relative": e.total / abs(e.truth) if e.truth else None}
            for e in found
        ],
        "internal": True,
    }


def release(published: Release, left: Price, told: Disclosure | None = None) -> Result:
    """What was published, what it cost and what is left; with all that is told about it."""
    query = published.query
    return {
        "id": published.id,
        "values": [
            _keyed(query, value.keys)
            | {"statistic": value.statistic}
            | ({"cell": value.cell} if value.cell else {})
            | {"value": value.value, "margin": value.margin}
            | ({} if value.low is None else {"low": value.low, "high": value.high})
            for value in published.values
        ],
        "spent": _price(published.price),
        "prices": None if published.prices is None else _prices(published.prices),
        "left": _price(left),
        "dropped": to_plain(published.dropped),
        "mechanism": str(query.mechanism),
        "disclosure": _short_disclosure(published) | (disclosure(told) if told else {}),
    }


def disclosure(told: Disclosure) -> Result:
    """All that is told about a release, in the form of `disclosure.schema.json`."""
    return to_document(told)


def disclosure_file(told: Disclosure) -> bytes:
    """The same as a JSON file."""
    return msgspec.json.format(msgspec.json.encode(disclosure(told))) + b"\n"


def disclosure_lines(told: Disclosure) -> Result:
    """The same in short, for people."""
    document = disclosure(told)
    return {
        "release": told.release_id,
        "title": told.title,
        "tiers": [{"tier": tier} | counts for tier, counts in document["tiers"].items()],
        "not_recorded": document["not_recorded"],
        "hazards": [
            {"state": hazard.state.value, "hazard": hazard.title, "evidence": hazard.evidence}
            for hazard in told.hazards
        ],
        "beside_others": [found.says for found in told.yardsticks],
    }


def budget(state: BudgetState, prices: Prices) -> Result:
    """A population's budget, what every accountant makes of it, and every line of its ledger."""
    total, since = state.total, state.since_beginning
    return {
        "population": state.population,
        "decided": state.is_decided,
        "total": {"epsilon": float(total.epsilon), "delta": float(total.delta)},
        "spent": _price(state.spent) | {"share": round(state.share_spent, 6)},
        "prices": _prices(prices),
        "left": _price(state.left),
        "period": {
            "kind": str(state.period),
            "starts": to_plain(state.starts),
            "ends": to_plain(state.ends),
        },
        "since_beginning": None if since is None else _price(since),
        "caps": [
            {
                "actor": cap.actor,
                "epsilon": float(cap.epsilon),
                "spent": float(cap.spent.epsilon),
                "left": float(cap.left),
            }
            for cap in state.caps
        ],
        "entries": [to_plain(spend) for spend in state.spends],
    }


def assessment(found: Assessment) -> Result:
    """Every verdict with its evidence."""
    return {
        "verdicts": [
            {
                "rule": verdict.rule,
                "law": verdict.law,
                "article": verdict.article,
                "subject": verdict.subject,
                "state": str(verdict.state),
                "evidence": verdict.evidence,
                "severity": str(verdict.severity),
                "remedy": verdict.remedy,
                "because": verdict.because,
                "level": str(verdict.level),
                "due": None if verdict.due is None else verdict.due.isoformat(),
            }
            for verdict in found.verdicts
        ],
        "score": found.score,
        "rules": found.pack,
    }


def _keyed(query: Query, keys: tuple[str, ...]) -> Result:
    """A group's keys by column; a column named like another field gets `key_` before it."""
    names = [f"key_{column}" if column in _RESERVED else str(column) for column in query.by]
    return dict(zip(names, keys, strict=True))


def _price(price: Price) -> Result:
    return {
        "epsilon": float(price.epsilon),
        "delta": float(price.delta),
        "rho": None if price.rho is None else float(price.rho),
    }


def _prices(prices: Prices) -> Result:
    tightest = prices.tightest
    return {
        "delta": float(prices.delta),
        "tightest": None if tightest is None else str(tightest.accountant),
        "quotes": [
            {
                "accountant": str(quote.accountant),
                "epsilon": None if quote.epsilon is None else float(quote.epsilon),
                "reason": quote.reason,
            }
            for quote in prices.quotes
        ],
    }


def _short_disclosure(published: Release) -> Result:
    query = published.query
    return {
        "dataset": published.dataset_id,
        "population": published.population,
        "privacy_unit": query.unit,
        "neighbouring": "one person added or removed, with all rows",
        "max_groups": query.groups_per_unit,
        "max_rows_per_group": query.max_rows_per_group,
        "group_keys": "public" if query.has_public_keys else "private, over a threshold",
        "epsilon": str(published.price.epsilon),
        "delta": str(published.price.delta),
        "events": to_plain(published.events),
        "libraries": dict(published.libraries),
        "released_at": published.released_at.isoformat(),
        "not_protected": "the numbers under “dropped” are exact and not for publication",
    }
