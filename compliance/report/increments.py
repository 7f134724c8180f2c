"""What was added to a PDF behind what was signed, and whether it may be."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Any

from compliance.report.opening import read

_KEYS_OF_FORMS = {"/AcroForm", "/Perms", "/Extensions", "/Version", "/Annots"}


def adds_only_itself(report: bytes) -> bool:
    """Whether the only signature on `report` was all that was added to the file it is on.

    Whoever signs can put other pages over those that were there. So of what was there, only lists
    of forms and of what lies on a page may differ, and what now lies there must not show.
    """
    reader = read(report)
    xrefs, trailer = reader.xrefs, reader.trailer
    if _written(trailer.flatten(0).raw_get("/Root")) != _written(trailer.raw_get("/Root")):
        return False
    added = set().union(*map(xrefs.explicit_refs_in_revision, range(1, xrefs.total_revisions)))
    changed = [each for each in added if not xrefs.get_introducing_revision(each)]
    pairs = [(reader.get_object(each, revision=0), reader.get_object(each)) for each in changed]
    return all(_differ_in_forms_alone(old, new) for old, new in pairs)


def _differ_in_forms_alone(old: Any, new: Any) -> bool:
    if not isinstance(old, dict) or not isinstance(new, dict) or hasattr(new, "data"):
        return False
    keys = (old.keys() | new.keys()) - _KEYS_OF_FORMS
    if any(_entry(old, key) != _entry(new, key) for key in keys):
        return False
    there = {_written(each) for each in _raw(old.get("/Annots", ()))}
    laid = [each for each in _raw(new.get("/Annots", ())) if _written(each) not in there]
    return all(_is_hidden_seal(each.get_object()) for each in laid)


def _is_hidden_seal(annotation: Any) -> bool:
    return annotation.get("/FT") == "/Sig" and not shows(annotation)


def _entry(found: Any, key: str) -> bytes:
    return _written(found.raw_get(key) if key in found else None)


def _raw(found: Any) -> list[Any]:
    return [found.raw_get(place) for place in range(len(found))] if found else []


def _written(found: Any) -> bytes:
    to = BytesIO()
    if found is not None:
        found.write_to_stream(to, None)
    return to.getvalue()


def adds_only_signatures(status: Any) -> bool:
    """Whether what came after a signature, checked with `additions`, was further ones alone."""
    from pyhanko.sign.diff_analysis import ModificationLevel

    level = status.modification_level
    return bool(status.docmdp_ok) and level is not None and level <= ModificationLevel.FORM_FILLING


def shows(field: Any) -> bool:
    """Whether a signature's field takes room on a page; where that is not plain, it does."""
    kids = field.get("/Kids")
    widgets = [each.get_object() for each in kids] if kids else [field]
    boxes = [[float(side) for side in widget.get("/Rect", (0, 0, 0, 0))] for widget in widgets]
    return any(len(box) != 4 or (box[0] != box[2] and box[1] != box[3]) for box in boxes)


@cache
def additions() -> Any:
    """What may be added: signatures, and what readers add to these; no forms are filled in.

    A signature that shows is told apart after that (`shows`), as it is allowed by the standard.
    """
    from pyhanko.sign.diff_analysis import (
        DEFAULT_DIFF_POLICY,
        FormUpdatingRule,
        SigFieldCreationRule,
        SigFieldModificationRule,
        StandardDiffPolicy,
    )

    rule: Any = SigFieldCreationRule
    created = rule(allow_new_visible_after_certify=True)
    forms = FormUpdatingRule(field_rules=[created, SigFieldModificationRule()])
    policy: Any = StandardDiffPolicy(DEFAULT_DIFF_POLICY.global_rules, forms)
    return policy
