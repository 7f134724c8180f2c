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
from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.privacy.nouns import NoisePlace, PrivacyUnitKind
from compliance.report import wording
from compliance.report.tables import Fill, Plain, fact
from compliance.report.wording import count

MOST_FEATURES_PRINTED = 40
UNITS = {
    PrivacyUnitKind.PERSON: (mark("one person"), mark("person")),
    PrivacyUnitKind.DEVICE: (mark("one device"), mark("device")),
    PrivacyUnitKind.SITE: (mark("one site"), mark("site")),
    PrivacyUnitKind.ROW: (mark("one row"), mark("row")),
}
_TASKS = {
    Task.PROFILE: mark("what kind of customer somebody is, from earlier purchases"),
    Task.RECOMMEND: mark("which product somebody buys next"),
    Task.FORECAST: mark("how much is sold next"),
}
_MODELS = {
    ModelKind.LOGISTIC: mark("logistic regression"),
    ModelKind.LINEAR: mark("linear regression"),
    ModelKind.SOFTMAX: mark("softmax regression"),
}
_STRATEGIES = {
    Strategy.FEDAVG: mark("federated averaging"),
    Strategy.FEDSGD: mark("averaged gradients (FedSGD)"),
    Strategy.FEDADAM: mark("FedAdam"),
    Strategy.FEDYOGI: mark("FedYogi"),
    Strategy.SCAFFOLD: mark("SCAFFOLD, with a correction for each site"),
    Strategy.MEDIAN: mark("the median of the sites' updates, number by number"),
}
_SPLITS = {
    Split.IID: mark("people come to them by chance"),
    Split.SHARDS: mark("people are sorted by their answer, and each site gets two pieces"),
    Split.SIZE: mark("people come by chance to sites of very different sizes"),
}
_POISONS = {
    Poison.FLIP: mark("ten times their update, backwards"),
    Poison.NOISE: mark("a hundred times the length of their update, in any direction"),
    Poison.BROKEN: mark("numbers that are no numbers"),
}
_NOISERS = {
    NoisePlace.CENTRAL: mark("the server, once, to the sum"),
    NoisePlace.SITE: mark("each site, to its own sum"),
    NoisePlace.LOCAL: mark("each person, to the own update"),
}


def title_of(plan: Plan) -> str:
    """What was learnt, where, and whether noise protects anybody."""
    noise = _("with noise") if plan.privacy else _("without noise")
    target, sites = wording.abridged(plan.subject), wording.abridged(plan.sites_from)
    return _("{target} across {sites}, {noise}").format(target=target, sites=sites, noise=noise)


def to_plan_facts(plan: Plan, outcome: Outcome) -> list[Plain]:
    """What was asked, one fact each."""
    return [
        fact(_("Question"), question(plan), fill=Fill.NAME),
        _sites(plan),
        fact(_("Learnt from columns"), _features(outcome), fill=Fill.NAME),
        fact(
            _("Model and strategy"),
            _("{model}, {strategy}").format(
                model=model_in_words(plan), strategy=strategy_in_words(plan)
            ),
        ),
        fact(_("Training"), training_in_words(plan)),
        fact(_("Server"), server_in_words(plan)),
        *_troubles(plan),
        fact(_("Seed"), str(plan.seed)),
    ]


def question(plan: Plan) -> str:
    """What the model is to tell."""
    if plan.task in _TASKS:
        of = _(" ({target})").format(target=plan.target) if plan.target else ""
        return _(_TASKS[plan.task]) + of
    if plan.model is ModelKind.LINEAR:
        return _("how large {subject} is").format(subject=plan.subject)
    return _("which value {subject} has").format(subject=plan.subject)


def model_in_words(plan: Plan) -> str:
    """The model that travels, with its size where the plan says it."""
    match plan.model:
        case ModelKind.MLP:
            widths = wording.listed([count(width) for width in plan.hidden])
            layers = count(len(plan.hidden), "hidden layer")
            return _("neural network with {layers} of {widths}").format(
                layers=layers, widths=widths
            )
        case ModelKind.MATRIX_FACTORISATION:
            return _("matrix factorisation with {numbers} for each product").format(
                numbers=count(plan.rank, "number")
            )
        case ModelKind.TREES:
            return _("gradient-boosted trees of depth {depth}").format(depth=plan.depth)
        case _:
            return _(_MODELS[plan.model])


def strategy_in_words(plan: Plan) -> str:
    """How the server joins what the sites found."""
    share = wording.exact_percent(plan.tolerated)
    match plan.strategy:
        case _ if plan.model is ModelKind.TREES:
            return _("the sites' sums are added up")
        case Strategy.FEDPROX:
            return _("FedProx, sites held back by {proximal}").format(
                proximal=wording.formatted(plan.proximal, "g")
            )
        case Strategy.FEDAVGM:
            return _("federated averaging with momentum {momentum}").format(
                momentum=wording.formatted(plan.momentum, "g")
            )
        case Strategy.TRIMMED_MEAN:
            return _("the mean without the {share} largest and smallest of each number").format(
                share=share
            )
        case Strategy.KRUM:
            return _("the update nearest to the others (Krum), {share} tolerated").format(
                share=share
            )
        case _:
            return _(_STRATEGIES[plan.strategy])


def training_in_words(plan: Plan) -> str:
    """What is done at a site, or with noise for a protected unit, in a round."""
    whose, rate = (
        whose_rows(plan),
        _("learning rate {learning_rate}").format(
            learning_rate=wording.formatted(plan.learning_rate, "g")
        ),
    )
    if plan.model is ModelKind.TREES:
        return _("one tree per round, level by level over the rows of each {whose}, {rate}").format(
            whose=whose, rate=rate
        )
    if plan.strategy is Strategy.FEDSGD:
        return _("one step per round over all rows of each {whose}, {rate}").format(
            whose=whose, rate=rate
        )
    return _("{passes} over the rows of each {whose} per round, {rows} per step, {rate}").format(
        passes=count(plan.local_epochs, "pass", plural="passes"),
        whose=whose,
        rows=count(plan.batch, "row"),
        rate=rate,
    )


def server_in_words(plan: Plan) -> str:
    """How far the server goes, and who takes part in a round."""
    share = _("chance of each {unit} to be in a round").format(unit=whose_rows(plan))
    if plan.privacy is None:
        share = _("share of sites per round")
    elif plan.fraction == 1:
        share = _("of the {unit}s in every round").format(unit=whose_rows(plan))
    secure = (
        _("; what the sites send is masked, so that it sees the sum alone") if plan.secure else ""
    )
    return _("rate {rate}; {percent} {share}{secure}").format(
        rate=wording.formatted(plan.server_rate, "g"),
        percent=wording.exact_percent(plan.fraction),
        share=share,
        secure=secure,
    )


def whose_rows(plan: Plan) -> str:
    """Whose rows are learnt from together: a site's or, with noise, a protected unit's."""
    return _(UNITS[plan.privacy.unit][1] if plan.privacy else "site")


def noiser_in_words(plan: Plan) -> str:
    """Who adds the noise; nobody without any."""
    return _(_NOISERS[plan.privacy.place] if plan.privacy else "nobody")


def unit_in_words(plan: Plan, outcome: Outcome) -> str:
    """Whose presence the noise hides, as a phrase that says what that means."""
    unit = plan.privacy.unit if plan.privacy else PrivacyUnitKind.PERSON
    if unit is PrivacyUnitKind.SITE:
        return _("one site: adding or removing all of a site's rows")
    if unit is PrivacyUnitKind.DEVICE and plan.privacy:
        return _(
            "one device, as told apart by {column}: adding or removing all of a device's "
            "rows; somebody with several devices is protected device by device"
        ).format(column=plan.privacy.column)
    if unit is PrivacyUnitKind.ROW:
        return _("one row, as asked: somebody with several rows is protected only row by row")
    if is_row_instead(plan, outcome):
        return _(
            "one row: no column tells people apart, so somebody with several rows is "
            "protected only row by row"
        )
    return _("one person: adding or removing all of a person's rows")


def is_row_instead(plan: Plan, outcome: Outcome) -> bool:
    """Whether persons were to be protected, but no column told them apart."""
    is_person = plan.privacy is not None and plan.privacy.unit is PrivacyUnitKind.PERSON
    return is_person and outcome.unit_is_row


def bounds_in_words(plan: Plan, outcome: Outcome) -> str:
    """How much of one protected unit counts."""
    unit = plan.privacy.unit if plan.privacy else PrivacyUnitKind.PERSON
    if unit is PrivacyUnitKind.SITE:
        return _("a site counts with all its rows, in one update")
    is_row = unit is PrivacyUnitKind.ROW or outcome.unit_is_row
    most = count(MOST_ROWS_PER_PERSON, "row" if plan.target else "example")
    if is_row and plan.target:
        most = count(1, "row")
    whose = _("row" if is_row else UNITS[unit][1])
    return _("each {whose} counts at one site only, with at most {most}").format(
        whose=whose, most=most
    )


def troubles_in_words(plan: Plan) -> list[str]:
    """What went wrong on purpose, one phrase each; none where nothing did."""
    trouble = plan.trouble
    said = []
    if trouble.dropout:
        said.append(
            _("each site that is asked stays silent with {percent} chance").format(
                percent=wording.exact_percent(trouble.dropout)
            )
        )
    if trouble.stragglers:
        said.append(
            _("is slow with {percent} chance").format(
                percent=wording.exact_percent(trouble.stragglers)
            )
        )
    if trouble.quorum:
        said.append(
            _("a round counts only if {percent} of the sites answer").format(
                percent=wording.exact_percent(trouble.quorum)
            )
        )
    if trouble.poisoned:
        sites = count(trouble.poisoned, "site")
        said.append(
            _("{sites} poisoned on purpose: {how}").format(
                sites=sites, how=_(_POISONS[trouble.poison])
            )
        )
    return said


def sites_in_words(plan: Plan) -> str:
    """Where the sites come from."""
    if plan.site_column is not None:
        return _("the values of {column}").format(column=plan.site_column)
    how = _("people come by their answer, unevenly (alpha {alpha})").format(
        alpha=wording.formatted(plan.alpha, "g")
    )
    if plan.split in _SPLITS:
        how = _(_SPLITS[plan.split])
    return _("{sites} made up: {how}").format(sites=count(plan.site_count), how=how)


def _sites(plan: Plan) -> Plain:
    if plan.site_column is not None:
        return fact(_("Sites are the values of"), plan.site_column, fill=Fill.NAME)
    return fact(_("Sites"), sites_in_words(plan))


def _features(outcome: Outcome) -> str:
    names = [wording.abridged(name) for name in outcome.features[:MOST_FEATURES_PRINTED]]
    if more := len(outcome.features) - len(names):
        names.append(_("and {n} more, in evidence.json").format(n=count(more)))
    return wording.recorded(wording.enumerated(names))


def _troubles(plan: Plan) -> list[Plain]:
    said = troubles_in_words(plan)
    return [fact(_("Wrong on purpose"), wording.capital(wording.joined(said)))] if said else []
