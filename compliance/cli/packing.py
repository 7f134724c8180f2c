"""The rules in force, from the command line."""

from __future__ import annotations

import argparse
from argparse import Namespace

from compliance.cli import arguments, typed
from compliance.cli.adding import Kinds, group, verb
from compliance.errors import FileMissingError, UnknownLawError
from compliance.plain import one_line, to_plain
from compliance.rules import asked
from compliance.rules.nouns import Pack, PackChange, Rule
from compliance.rules.pack import LARGEST_PACK_BYTES
from compliance.workspace import Workspace

Result = dict[str, object]


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """`rules` with all that one can do with them."""
    rules = group(kinds, "rules", "look at the rules in force, bring in one's own")
    listed = verb(rules, "list", _list, "every rule in force, and the packs they come from")
    listed.add_argument("--law", metavar="ID", help="only those of one law, such as EU_GDPR")
    shown = verb(rules, "show", _show, "one rule, with what it asks and where that was read")
    shown.add_argument("rule", help="its id, such as GDPR-6-1")
    for name, does, help_ in (
        ("check", _check, "what a pack would change; nothing is kept"),
        ("keep", _keep, "bring in a pack; its version from before gives way"),
    ):
        verb(rules, name, does, help_).add_argument(
            "file", type=arguments.path, help="the pack, as YAML"
        )
    removed = verb(rules, "remove", _remove, "take a pack of one's own out of force")
    removed.add_argument("pack", help="its id")
    export = verb(rules, "export", _export, "write all rules in force to a file")
    export.add_argument(
        "--out", type=arguments.path, required=True, metavar="F.yaml", help="which file"
    )


def _list(workspace: Workspace, asked: Namespace) -> Result:
    pack = workspace.governance.packs.in_force()
    if asked.law not in (None, *pack.laws):
        raise UnknownLawError(law=asked.law[: typed.SHOWN_NAME], known=", ".join(pack.laws))
    rules = [rule for rule in pack.rules if asked.law in (None, rule.law)]
    return {
        "edition": pack.edition,
        "as_of": pack.as_of,
        "rules": [
            {
                "id": rule.id,
                "law": rule.law,
                "article": rule.ref,
                "title": rule.title,
                "entity": rule.entity,
                "severity": str(rule.severity),
                "level": str(rule.verified.level),
                "off": rule.id in pack.disabled,
            }
            for rule in rules
        ],
    }


def _show(workspace: Workspace, asked: Namespace) -> Result:
    pack, rule = workspace.governance.packs.in_force(), workspace.governance.packs.rule(asked.rule)
    return _told(pack, rule)


def _told(pack: Pack, rule: Rule) -> Result:
    source, words = rule.verified.source, asked(pack, rule)
    plain = to_plain(rule)
    return {key: plain[key] for key in ("id", "law", "ref", "title", "requirement", "entity")} | {
        "applies_where": [f"{one.word}: {one.wanted}" for one in words if one.is_condition],
        "met_where": [f"{one.word}: {one.wanted}" for one in words if not one.is_condition],
        "severity": plain["severity"],
        "evidence": rule.evidence,
        "level": plain["verified"]["level"],
        "source": pack.sources.get(source, source),
        "as_of": rule.as_of,
        "effective_from": plain["effective_from"],
        "effective_until": plain["effective_until"],
        "remedy": rule.remedy,
        "notes": rule.notes,
        "when": plain["when"],
        "asserts": plain["asserts"],
        "params": plain["params"],
        "switched_off": pack.disabled.get(rule.id),
        "edition": pack.edition,
    }


def _check(workspace: Workspace, asked: Namespace) -> Result:
    return _change(workspace.governance.packs.check(*_file(asked)), is_kept=False)


def _keep(workspace: Workspace, asked: Namespace) -> Result:
    return _change(workspace.governance.packs.keep(*_file(asked)), is_kept=True)


def _remove(workspace: Workspace, asked: Namespace) -> Result:
    workspace.governance.packs.remove(asked.pack)
    return {"removed": asked.pack, "edition": workspace.governance.packs.in_force().edition}


def _export(workspace: Workspace, asked: Namespace) -> Result:
    path = typed.destination(asked.out, workspace.settings)
    typed.write(path, workspace.governance.packs.to_file().encode())
    return {"path": str(path), "edition": workspace.governance.packs.in_force().edition}


def _change(change: PackChange, *, is_kept: bool) -> Result:
    plain: Result = to_plain(change)
    return plain | {"kept": is_kept}


def _file(asked: Namespace) -> tuple[bytes, str]:
    """The pack that was named, and what refusals call it.

    Raises:
        FileMissingError: it cannot be read.
    """
    name = one_line(asked.file.name)[: typed.SHOWN_NAME]
    try:
        with asked.file.open("rb") as file:
            return file.read(LARGEST_PACK_BYTES + 1), name
    except (OSError, ValueError):
        raise FileMissingError(name=name) from None
