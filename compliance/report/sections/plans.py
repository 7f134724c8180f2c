"""A federated plan in words: what is learnt, where, how, and what goes wrong on purpose."""

from __future__ import annotations

from compliance.federated.nouns import (
    MOST_ROWS_PER_PERSON,
    ModelKind,
    Outcome,
    Plan,
    Poison,
    Split,
    Strategy,
    Task,
)
from compliance.privacy.nouns import NoisePlace, PrivacyUnitKind
from compliance.report import wording
from compliance.report.tables import Fill, Plain, fact
from compliance.report.wording import count

MOST_FEATURES_PRINTED = 40
UNITS = {
    PrivacyUnitKind.PERSON: ("one person", "person"),
    PrivacyUnitKind.DEVICE: ("one device", "device"),
    PrivacyUnitKind.SITE: ("one site", "site"),
    PrivacyUnitKind.ROW: ("one row", "row"),
}
_TASKS = {
    Task.PROFILE: "what kind of customer somebody is, from earlier purchases",
    Task.RECOMMEND: "which product somebody buys next",
    Task.FORECAST: "how much is sold next",
}
_MODELS = {
    ModelKind.LOGISTIC: "logistic regression",
    ModelKind.LINEAR: "linear regression",
    ModelKind.SOFTMAX: "softmax regression",
}
_STRATEGIES = {
    Strategy.FEDAVG: "federated averaging",
    Strategy.FEDSGD: "averaged gradients (FedSGD)",
    Strategy.FEDADAM: "FedAdam",
    Strategy.FEDYOGI: "FedYogi",
    Strategy.SCAFFOLD: "SCAFFOLD, with a correction for each site",
    Strategy.MEDIAN: "the median of the sites' updates, number by number",
}
_SPLITS = {
    Split.IID: "people come to them by chance",
    Split.SHARDS: "people are sorted by their answer, and each site gets two pieces",
    Split.SIZE: "people come by chance to sites of very different sizes",
}
_POISONS = {
    Poison.FLIP: "ten times their update, backwards",
    Poison.NOISE: "a hundred times the length of their update, in any direction",
    Poison.BROKEN: "numbers that are no numbers",
}
_NOISERS = {
    NoisePlace.CENTRAL: "the server, once, to the sum",
    NoisePlace.SITE: "each site, to its own sum",
    NoisePlace.LOCAL: "each person, to the own update",
}


def title_of(plan: Plan) -> str:
    """What was learnt, where, and whether noise protects anybody."""
    noise = "with noise" if plan.privacy else "without noise"
    target, sites = wording.abridged(plan.subject), wording.abridged(plan.sites_from)
    return f"{target} across {sites}, {noise}"


def to_plan_facts(plan: Plan, outcome: Outcome) -> list[Plain]:
    """What was asked, one fact each."""
    return [
        fact("Question", question(plan), fill=Fill.NAME),
        _sites(plan),
        fact("Learnt from columns", _features(outcome), fill=Fill.NAME),
        fact("Model and strategy", f"{model_in_words(plan)}, {strategy_in_words(plan)}"),
        fact("Training", training_in_words(plan)),
        fact("Server", server_in_words(plan)),
        *_troubles(plan),
        fact("Seed", str(plan.seed)),
    ]


def question(plan: Plan) -> str:
    """What the model is to tell."""
    if plan.task in _TASKS:
        of = f" ({plan.target})" if plan.target else ""
        return _TASKS[plan.task] + of
    if plan.model is ModelKind.LINEAR:
        return f"how large {plan.subject} is"
    return f"which value {plan.subject} has"


def model_in_words(plan: Plan) -> str:
    """The model that travels, with its size where the plan says it."""
    match plan.model:
        case ModelKind.MLP:
            widths = wording.listed([count(width) for width in plan.hidden])
            layers = count(len(plan.hidden), "hidden layer")
            return f"neural network with {layers} of {widths}"
        case ModelKind.MATRIX_FACTORISATION:
            return f"matrix factorisation with {count(plan.rank, 'number')} for each product"
        case ModelKind.TREES:
            return f"gradient-boosted trees of depth {plan.depth}"
        case _:
            return _MODELS[plan.model]


def strategy_in_words(plan: Plan) -> str:
    """How the server joins what the sites found."""
    share = f"{100 * plan.tolerated:g}{_NBSP}%"
    match plan.strategy:
        case _ if plan.model is ModelKind.TREES:
            return "the sites' sums are added up"
        case Strategy.FEDPROX:
            return f"FedProx, sites held back by {plan.proximal:g}"
        case Strategy.FEDAVGM:
            return f"federated averaging with momentum {plan.momentum:g}"
        case Strategy.TRIMMED_MEAN:
            return f"the mean without the {share} largest and smallest of each number"
        case Strategy.KRUM:
            return f"the update nearest to the others (Krum), {share} tolerated"
        case _:
            return _STRATEGIES[plan.strategy]


def training_in_words(plan: Plan) -> str:
    """What is done at a site, or with noise for a protected unit, in a round."""
    whose, rate = whose_rows(plan), f"learning rate {plan.learning_rate:g}"
    if plan.model is ModelKind.TREES:
        return f"one tree per round, level by level over the rows of each {whose}, {rate}"
    if plan.strategy is Strategy.FEDSGD:
        return f"one step per round over all rows of each {whose}, {rate}"
    return (
        f"{count(plan.local_epochs, 'pass', plural='passes')} over the rows of each {whose} "
        f"per round, {count(plan.batch, 'row')} per step, {rate}"
    )


def server_in_words(plan: Plan) -> str:
    """How far the server goes, and who takes part in a round."""
    share = f"chance of each {whose_rows(plan)} to be in a round"
    if plan.privacy is None:
        share = "share of sites per round"
    elif plan.fraction == 1:
        share = f"of the {whose_rows(plan)}s in every round"
    secure = "; what the sites send is masked, so that it sees the sum alone" if plan.secure else ""
    return f"rate {plan.server_rate:g}; {100 * plan.fraction:g} % {share}{secure}"


def whose_rows(plan: Plan) -> str:
    """Whose rows are learnt from together: a site's or, with noise, a protected unit's."""
    return UNITS[plan.privacy.unit][1] if plan.privacy else "site"


def noiser_in_words(plan: Plan) -> str:
    """Who adds the noise; nobody without any."""
    return _NOISERS[plan.privacy.place] if plan.privacy else "nobody"


def unit_in_words(plan: Plan, outcome: Outcome) -> str:
    """Whose presence the noise hides, as a phrase that says what that means."""
    unit = plan.privacy.unit if plan.privacy else PrivacyUnitKind.PERSON
    if unit is PrivacyUnitKind.SITE:
        return "one site: adding or removing all of a site's rows"
    if unit is PrivacyUnitKind.DEVICE and plan.privacy:
        return (
            f"one device, as told apart by {plan.privacy.column}: adding or removing all of a "
            "device's rows; somebody with several devices is protected device by device"
        )
    if unit is PrivacyUnitKind.ROW:
        return "one row, as asked: somebody with several rows is protected only row by row"
    if is_row_instead(plan, outcome):
        return (
            "one row: no column tells people apart, so somebody with several rows is protected "
            "only row by row"
        )
    return "one person: adding or removing all of a person's rows"


def is_row_instead(plan: Plan, outcome: Outcome) -> bool:
    """Whether persons were to be protected, but no column told them apart."""
    is_person = plan.privacy is not None and plan.privacy.unit is PrivacyUnitKind.PERSON
    return is_person and outcome.unit_is_row


def bounds_in_words(plan: Plan, outcome: Outcome) -> str:
    """How much of one protected unit counts."""
    unit = plan.privacy.unit if plan.privacy else PrivacyUnitKind.PERSON
    if unit is PrivacyUnitKind.SITE:
        return "a site counts with all its rows, in one update"
    is_row = unit is PrivacyUnitKind.ROW or outcome.unit_is_row
    most = count(MOST_ROWS_PER_PERSON, "row" if plan.target else "example")
    if is_row and plan.target:
        most = count(1, "row")
    whose = "row" if is_row else UNITS[unit][1]
    return f"each {whose} counts at one site only, with at most {most}"


def troubles_in_words(plan: Plan) -> list[str]:
    """What went wrong on purpose, one phrase each; none where nothing did."""
    trouble = plan.trouble
    said = []
    if trouble.dropout:
        said.append(f"each site that is asked stays silent with {_percent(trouble.dropout)} chance")
    if trouble.stragglers:
        said.append(f"is slow with {_percent(trouble.stragglers)} chance")
    if trouble.quorum:
        said.append(f"a round counts only if {_percent(trouble.quorum)} of the sites answer")
    if trouble.poisoned:
        sites = count(trouble.poisoned, "site")
        said.append(f"{sites} poisoned on purpose: {_POISONS[trouble.poison]}")
    return said


def sites_in_words(plan: Plan) -> str:
    """Where the sites come from."""
    if plan.site_column is not None:
        return f"the values of {plan.site_column}"
    how = _SPLITS.get(plan.split, f"people come by their answer, unevenly (alpha {plan.alpha:g})")
    return f"{count(plan.site_count)} made up: {how}"


_NBSP = "\N{NO-BREAK SPACE}"


def _percent(share: float) -> str:
    return f"{100 * share:g}{_NBSP}%"


def _sites(plan: Plan) -> Plain:
    if plan.site_column is not None:
        return fact("Sites are the values of", plan.site_column, fill=Fill.NAME)
    return fact("Sites", sites_in_words(plan))


def _features(outcome: Outcome) -> str:
    names = [wording.abridged(name) for name in outcome.features[:MOST_FEATURES_PRINTED]]
    if more := len(outcome.features) - len(names):
        names.append(f"and {count(more)} more, in evidence.json")
    return wording.recorded(", ".join(names))


def _troubles(plan: Plan) -> list[Plain]:
    said = troubles_in_words(plan)
    return [fact("Wrong on purpose", wording.capital("; ".join(said)))] if said else []
