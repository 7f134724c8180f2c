"""Who gets the data, in which country, what is sold, and what protects data that leave."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.countries import name_of
from compliance.i18n import mark
from compliance.register.nouns import Record
from compliance.rights.fulfilling.grounds import Ground, Told, or_none


def recipients(ground: Ground) -> Told:
    """Who receives the data, and who works on them."""
    says = [_recipient(ground, one) for one in ground.named("recipient", "recipients")]
    says += [_processor(ground, one) for one in _processors(ground)]
    for one in ground.of("sharing"):
        recipient = ground.words(one, "recipient") or one.name
        says.append(f"{recipient}: {ground.words(one, 'kind').lower() or mark('sharing')}")
    missing = [
        mark("Who receives data for “{name}” is not recorded.").format(name=one.name)
        for one in ground.activities
        if not {"recipients", "processors"} & set(one.values)
    ]
    bare = ground.names - {n for one in ground.activities for n in one.several("datasets")}
    missing += [
        mark("Who receives data of {name} is not recorded.").format(name=name)
        for name in _bare(ground, bare)
    ]
    if not says and not missing and ground.names:
        says.append(mark("Nobody outside receives the data."))
    return or_none(ground, says, missing)


def _bare(ground: Ground, names: frozenset[str]) -> list[str]:
    """Datasets of no activity, of which no recipient is on record either."""
    held = {
        name
        for kind in ("recipient", "processor", "sharing")
        for one in ground.of(kind)
        for name in one.several("datasets")
    }
    return sorted(names - held)


def _processors(ground: Ground) -> tuple[Record, ...]:
    """Those who work on these data, and those who work for them."""
    found = {one.id: one for one in ground.named("processor", "processors")}
    for one in list(found.values()):
        for id_ in one.several("subprocessors"):
            below = ground.register.record("processor", id_)
            if below is not None:
                found.setdefault(id_, below)
    return tuple(found.values())


def _recipient(ground: Ground, one: Record) -> str:
    parts = [ground.words(one, "category").lower(), _place(ground, one)]
    what = ground.words(one, "receives")
    purpose = ground.words(one, "purpose").lower()
    told = [
        mark("receives {what}").format(what=what) if what else "",
        mark("for {purpose}").format(purpose=purpose) if purpose else "",
    ]
    return _line(one.name, parts, told)


def _processor(ground: Ground, one: Record) -> str:
    services = ground.words(one, "services")
    return _line(
        one.name, [mark("processor"), _place(ground, one)], [services.lower() if services else ""]
    )


def _line(name: str, parts: Sequence[str], told: Sequence[str]) -> str:
    inside = ", ".join(filter(None, parts))
    after = ", ".join(filter(None, told))
    return name + (f" ({inside})" if inside else "") + (f": {after}" if after else "")


def _place(ground: Ground, one: Record) -> str:
    code = str(one.values.get("country") or "")
    if not code:
        return mark("country not recorded")
    return name_of(code) + (", " + mark("another country") if ground.third(code) else "")


def safeguards(ground: Ground) -> Told:
    """What transfers to other countries rest on."""
    says, missing = [], []
    transfers = [
        one
        for one in ground.named("transfer", "transfers")
        if ground.third(str(one.values.get("destination") or "")) and not _has_ended(one)
    ]
    for one in transfers:
        rests = next((w for f in _MECHANISMS if (w := ground.words(one, f))), "")
        place = name_of(str(one.values.get("destination")))
        if rests:
            says.append(f"{one.name} ({place}): {rests}")
        else:
            missing.append(
                mark("What “{name}” ({place}) rests on is not recorded.").format(
                    name=one.name, place=place
                )
            )
    covered = {str(one.values.get(field) or "") for one in transfers for field in _TO}
    for one in (*ground.named("recipient", "recipients"), *_processors(ground)):
        code = str(one.values.get("country") or "")
        if code and ground.third(code) and one.id not in covered:
            missing.append(
                mark("What protects data at {name} ({code}) is not recorded.").format(
                    name=one.name, code=name_of(code)
                )
            )
    if not says and not missing:
        says.append(mark("No data leave for another country."))
    return says, missing


_MECHANISMS = (
    "mechanism",
    "derogation",
    "cn_mechanism",
    "br_mechanism",
    "jp_ground",
    "sg_mechanism",
    "kr_ground",
)
_TO = ("recipient", "processor")


def _has_ended(one: Record) -> bool:
    return isinstance(one.values.get("ended_at"), str)


def third_parties(ground: Ground) -> Told:
    """Which kinds of others get the data."""
    found = ground.named("recipient", "recipients")
    says = [ground.words(one, "category") for one in found]
    says += [mark("Processor")] * bool(_processors(ground))
    bare = [one.name for one in found if not one.values.get("category")]
    missing = [
        mark("Which kind of recipient {name} is, is not recorded.").format(name=name)
        for name in bare
    ]
    if not says and not missing:
        return recipients(ground)
    return list(dict.fromkeys(filter(None, says))), missing


def sold(ground: Ground) -> Told:
    """What is sold or shared, and to whom."""
    shared = ground.of("sharing")
    if shared:
        return [_shared(ground, one) for one in shared], []
    organisation = ground.register.record("org", "org")
    sells = None if organisation is None else organisation.values.get("sells_or_shares")
    if sells is False:
        return [mark("Nothing is sold or shared.")], []
    return [], [mark("Whether data are sold or shared, and to whom, is not recorded.")]


def _shared(ground: Ground, one: Record) -> str:
    what, who = ground.words(one, "kind") or "Sharing", ground.words(one, "recipient") or one.name
    return f"{what} to {who}: {', '.join(sorted(ground.names & set(one.several('datasets'))))}"


def disclosed(ground: Ground) -> Told:
    """What is handed on for business, by kind."""
    says, missing = [], []
    for one in ground.named("recipient", "recipients"):
        what = ground.words(one, "receives")
        if what:
            says.append(f"{ground.words(one, 'category') or one.name}: {what}")
        else:
            missing.append(
                mark("Which kinds of data {name} receives is not recorded.").format(name=one.name)
            )
    for one in _processors(ground):
        held = sorted(ground.names & set(one.several("datasets")))
        what = ground.words(one, "services")
        says.append(
            mark("Processor ({services}): {held}").format(
                services=what.lower() or mark("works for us"),
                held=", ".join(held) or mark("as needed"),
            )
        )
    if not says and not missing:
        return recipients(ground)
    return says, missing
