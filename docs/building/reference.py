"""The reference: one page for each table of data, read where the desk itself reads it."""

from __future__ import annotations

import ast
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from compliance import errors
from compliance.errors import ComplianceError
from compliance.rules.pack import desk_pack
from compliance.settings import SETTINGS
from docs.building.commands import commands
from docs.building.tables import Page, anchor, code, sentence, table

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "compliance"
COUNTING = ROOT / "pages" / "parts" / "serving" / "counting.py"
HOW_CHECKED = {
    "text": "read in the law",
    "secondary": "read in what regulators and law firms say of it",
    "memory": "not looked up; a lawyer must read it first",
    "policy": "what an organisation asks of itself",
}


def pages() -> list[Page]:
    """All pages of the reference that are made, in the order of the menu."""
    made = [commands(), settings(), limits(), roles(), acts(), rules(), rights(), register()]
    return [*made, detectors(), treatments(), noise(), alarms(), refusals(), metrics()]


def settings() -> Page:
    rows = [(code(s.name), code(s.default) or "empty", s.meaning) for s in SETTINGS]
    text = f"""# Settings

Environment variables that an administrator sets before the desk is started. Each can be in a file
instead: the same name with `_FILE` at its end and the file's path as its value.

{table(("environment variable", "default", "meaning"), rows)}"""
    return Page(path="reference/settings.md", title="Settings", text=text)


def limits() -> Page:
    """Constants with what stands beside or above each; a constant's value is said as written."""
    path = CODE / "settings" / "limits.py"
    said = _comments(path)
    rows = [
        (code(name), code(value), sentence(said.get(line) or said.get(line - 1, "")))
        for name, value, line in _constants(path)
    ]
    text = f"""# Limits

What is larger is refused in a sentence that names the limit. The last ones are no limits: they hold
until an officer decides otherwise.

{table(("name", "value", "meaning"), rows)}"""
    return Page(path="reference/limits.md", title="Limits", text=text)


def roles() -> Page:
    """Who may do what: rights by role, then verbs of the workspace by right."""
    permissions, doors = _data("access/permissions.yaml"), _data("access/doors.yaml")
    kinds = sorted({role for group in permissions["groups"] for role in group["roles"]})
    rows = [
        (g["says"], *("✓" if k in g["roles"] else "–" for k in kinds), _codes(g["may"]))
        for g in permissions["groups"]
    ]
    verbs = [
        (area, code(right), _codes(names.split()))
        for area, rights in doors.items()
        if isinstance(rights, dict)
        for right, names in rights.items()
        if isinstance(names, str)
    ]
    opened = [
        (area, code(name), why)
        for area, rights in doors.items()
        if isinstance(rights, dict)
        for name, why in (rights.get("open") or {}).items()
    ]
    text = f"""# Roles and rights

What each role may do. A right is named as the act in the trail; one that ends in `.see` is a look.
Somebody with several roles may do what each of them may. What stands nowhere here, nobody may.
[Accounts](../accounts.md) says what roles are for.

{table(("what", *kinds, "rights"), rows)}
## What the desk does by itself

{_codes(permissions["by_itself"])}

## What each verb asks for

Before a verb of the workspace begins, it asks for its right.

{table(("area", "right", "verbs"), verbs)}
## Open to everybody who was let in

{table(("area", "verb", "why"), opened)}"""
    return Page(path="reference/roles.md", title="Roles and rights", text=text)


def acts() -> Page:
    """Every act of the trail, what it looks at and who may do it."""
    told = _data("privacy/disclosure/acts.yaml")
    may = defaultdict(set)
    for group in _data("access/permissions.yaml")["groups"]:
        for right in group["may"]:
            may[right].update(group["roles"])
    rows = [
        (code(a["act"]), sentence(a["does"]), a["looks"], ", ".join(sorted(may[a["act"]])))
        for a in sorted(told["acts"], key=lambda row: row["act"])
    ]
    text = f"""# Acts of the trail

Every change is one of these acts, and an entry of the trail. *Looks* says whether it looked at
values of a dataset: *exact* for internal use, *noisy* paid from the budget, or *none*.
{told["untold"]}.

{table(("act", "what was done", "looks", "who may"), rows)}"""
    return Page(path="reference/acts.md", title="Acts of the trail", text=text)


def rules() -> Page:
    """Every duty by its law, with article, severity and how well it was checked."""
    pack = desk_pack()
    own = sum(r.law == "POLICY" for r in pack.rules)
    text = [f"# Rules\n\n{len(pack.rules) - own} duties of laws, and {own} that the desk asks. "]
    text += ["How well each was checked:\n"]
    text += [table(("level", "meaning"), [(code(k), v) for k, v in HOW_CHECKED.items()])]
    text += ["`rules show RULE` tells the rest: facts asked for, source, remedy, fine. "]
    text += ["This is a tool, no legal advice. See [rules and packs](../rules.md).\n"]
    by_law = sorted(pack.rules, key=lambda r: list(pack.laws).index(r.law))
    for law, of in groupby(by_law, key=lambda r: r.law):
        said = pack.laws[law]
        rows = [
            (code(r.id), r.ref, f"**{r.title}.** {r.requirement}", r.severity, r.verified.level)
            for r in of
        ]
        text.append(f"\n## {said.short} {{ #{anchor(law)} }}\n\n{said.name}.\n")
        text.append(table(("rule", "article", "duty", "severity", "checked"), rows))
    return Page(path="reference/rules.md", title="Rules", text="\n".join(text))


def rights() -> Page:
    """What people may ask for, by law."""
    data = _data("rights/requests/rights.yaml")
    names = desk_pack().laws
    text = ["# Rights of people\n\nWhat each law gives, and the rule whose clock counts the days. "]
    text.append("[Requests](../requests.md) says how one is answered.\n")
    for law, said in data["laws"].items():
        rows = [
            (right, one["title"], one.get("article"), code(one.get("clock")), one.get("level"))
            for right, one in said["rights"].items()
        ]
        title = names[law].short if law in names else law
        text.append(f"\n## {title} {{ #{anchor(law)} }}\n")
        heads = ("as typed", "right", "article", "clock", "how sure of who asks")
        text.append(table(heads, rows))
    return Page(path="reference/rights.md", title="Rights of people", text="\n".join(text))


def register() -> Page:
    """Kinds of record with all fields; a field's id is the fact that rules ask for."""
    data = _data("register/kinds.yaml")
    text = ["# Kinds of record\n\nWhat the register can hold. A field's id is the fact that rules "]
    text.append("ask for. [The register](../register.md) says how cells are written.\n")
    for kind, said in data["kinds"].items():
        rows = [
            (code(field), f["label"], f["type"], f.get("help"), ", ".join(f.get("laws", ())))
            for fields in said["groups"].values()
            for field, f in fields.items()
        ]
        text.append(f"\n## {said['singular']} {{ #{anchor(kind)} }}\n\n`{kind}`: {said['help']}\n")
        text.append(table(("field", "label", "type", "what it means", "laws that ask"), rows))
    return Page(path="reference/register.md", title="Kinds of record", text="\n".join(text))


def detectors() -> Page:
    """What a column can mean, and which patterns find personal data in texts."""
    columns, texts = _data("discovery/types.yaml"), _data("discovery/text/patterns.yaml")
    laws = [
        (code(law["id"]), f"{law['law']}, {law['article']}", law["covers"], law["as_of"])
        for law in columns["laws"]
    ]
    kinds = [
        (code(t["id"]), t["title"], t["identifier_class"], _codes(t.get("legal", ())),
         code(t.get("validator")), t.get("shape"), t.get("source"))
        for t in columns["types"]
    ]  # fmt: skip
    patterns = [
        (code(p["id"]), p["type"], code(p.get("check")), p["score"], _codes(p.get("context", ())),
         p.get("source"))
        for p in texts["patterns"]
    ]  # fmt: skip
    heads = ("kind", "what it is", "class", "legal classes", "check of values", "shape", "source")
    text = f"""# Detectors

## Legal classes

{table(("class", "law", "covers", "as of"), laws)}
## Kinds of columns

{len(kinds)} kinds. *Class* says whether such a column points to a person directly, together with
others (*quasi*), is *sensitive*, or none of these. A check counts check digits, or looks values up.
[How columns are judged](../discovery.md).

{table(heads, kinds)}
## Patterns in texts

{len(patterns)} patterns. A find below {texts["threshold"]} is dropped; a word of context beside it
raises the score.
[Personal data in free text](../free-text.md).

{table(("pattern", "finds", "check", "score", "context", "source"), patterns)}"""
    return Page(path="reference/detectors.md", title="Detectors", text=text)


def treatments() -> Page:
    rows = [
        (code(k["id"]), k["title"], k["does"], k["protects"], k["leaves"], k["source"])
        for k in _data("anonymise/treatments/kinds.yaml")["kinds"]
    ]
    heads = ("treatment", "title", "what happens", "protects against", "leaves", "source")
    text = (
        f"# Treatments\n\n[Which one for which column](../treatments.md).\n\n{table(heads, rows)}"
    )
    return Page(path="reference/treatments.md", title="Treatments", text=text)


def noise() -> Page:
    """Hazards of releases, and which federated plans no theorem covers."""
    hazards = [
        (code(h["id"]), h["title"], h["to_do"], "; ".join(h["sources"]))
        for h in _data("privacy/disclosure/hazards.yaml")["hazards"]
    ]
    cases = [
        (code(c["id"]), c["sentence"], c.get("source"))
        for c in _data("privacy/theorems.yaml")["cases"]
    ]
    text = f"""# Noise: hazards and refusals

## Hazards of a release

What can go wrong although the noise is right. The disclosure of each release says of every hazard
whether it is guarded against, exposed, or not known.

{table(("hazard", "what", "what to do", "sources"), hazards)}
## Federated plans that no theorem covers

A plan with noise that asks for one of these is refused.

{table(("case", "why", "source"), cases)}"""
    return Page(path="reference/noise.md", title="Noise: hazards and refusals", text=text)


def alarms() -> Page:
    rows = [
        (code(t["id"]), t["value"], t["meaning"], t["source"])
        for t in _data("watch/thresholds.yaml")
    ]
    text = f"""# Thresholds of alarms

By which figures [watching](../watching.md) tells what is unusual.

{table(("threshold", "value", "meaning", "source"), rows)}"""
    return Page(path="reference/alarms.md", title="Thresholds of alarms", text=text)


def refusals() -> Page:
    """The tree of errors, each with when it is shown and what it says."""
    rows = [
        (f"{'&emsp;' * depth}`{kind.__name__}`", f"{_first(kind)} {_sentence(kind)}")
        for depth, kind in _tree()
    ]
    text = f"""# Refusals

Whatever the desk refuses, it refuses in one sentence that says what happened, the limit, and what
to do; on the command line with exit code 2. None holds a value of the data.
`privacy_desk_refusals_total` counts them by these names. Words in italics are facts of
the case.

{table(("refusal", "when, or what it says"), rows)}"""
    return Page(path="reference/refusals.md", title="Refusals", text=text)


def metrics() -> Page:
    """What `/metrics` tells, read off the module that counts it."""
    rows = []
    for node in ast.walk(ast.parse(COUNTING.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) > 1:
            kind, (name, about) = node.func.id, node.args[:2]
            if kind in _METRICS and isinstance(about, ast.Constant):
                rows.append((code(_METRICS[kind].format(ast.literal_eval(name))), about.value))
    text = f"""# Numbers at /metrics

In Prometheus's text form, beside those of the process (`process_…`) and one count of records for
each kind (`privacy_desk_datasets`, `_releases`, `_runs`, `_reports`).
[How to watch a server](../server.md).

{table(("number", "meaning"), rows)}"""
    return Page(path="reference/metrics.md", title="Numbers at /metrics", text=text)


# In C where it is there: ten times as quick.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_METRICS = {
    "Counter": "{}_total",
    "Gauge": "{}",
    "Histogram": "{}",
    "_one": "privacy_desk_{}",
}


def _data(path: str) -> Any:
    return yaml.load((CODE / path).read_bytes(), Loader=_LOADER)  # noqa: S506 - a safe one


def _codes(names: Any) -> str:
    return ", ".join(code(name) for name in names)


def _tree(of: type[ComplianceError] = ComplianceError, depth: int = 0) -> Iterator[tuple[int, Any]]:
    yield depth, of
    public = [kind for kind in of.__subclasses__() if hasattr(errors, kind.__name__)]
    for kind in sorted(public, key=lambda one: one.__name__):
        yield from _tree(kind, depth + 1)


def _sentence(kind: type[ComplianceError]) -> str:
    """Its own sentence, with the names of its blanks; nothing where another class says it."""
    own = str(vars(kind).get("sentence", ""))
    return "" if own == "{reason}" else re.sub(r"{(\w+)[^}]*}", r"*\1*", own)


def _first(kind: type) -> str:
    return " ".join((kind.__doc__ or "").strip().split("\n\n")[0].split())


def _constants(path: Path) -> Iterator[tuple[str, str, int]]:
    """Name, value as written, and line of each constant of a module."""
    source = path.read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, ast.get_source_segment(source, node.value) or "", node.lineno


def _comments(path: Path) -> dict[int, str]:
    """What comments say, by their line."""
    with tokenize.open(path) as lines:
        found = tokenize.generate_tokens(lines.readline)
        return {t.start[0]: t.string.lstrip("# ") for t in found if t.type == tokenize.COMMENT}
