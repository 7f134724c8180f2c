"""What can be typed about texts, images and anonymised tables."""

from __future__ import annotations

import argparse

from compliance.anonymise.nouns.record import ItemOrder
from compliance.cli import anonymising, arguments
from compliance.cli.adding import Kinds, group, named, verb
from compliance.discovery.text import LOCALES

_path = arguments.path


def scanning(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """Verbs about texts and images."""
    text = verb(kinds, "discover-text", anonymising.discover_text, "personal data in a text file")
    text.add_argument("file", type=_path, help="the text")
    text.add_argument("--redact", type=_path, metavar="OUT", help="write it without them")
    text.add_argument("--replace", type=_path, metavar="OUT", help="write it with invented ones")
    text.add_argument("--locale", choices=LOCALES, default="en_US", help="of invented data")
    image = verb(kinds, "redact-image", anonymising.redact_image, "blacken text, faces, codes")
    image.add_argument("file", type=_path, metavar="IN", help="the image")
    image.add_argument("out", type=_path, metavar="OUT", help="the copy")
    image.add_argument(
        "--only-personal", action="store_true", help="leave text that holds no personal data"
    )


def anonymisation(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """Verbs that measure a table, plan for it, and make it safe."""
    risk = verb(kinds, "risk", anonymising.risk, "how well a dataset protects people as it is")
    single = verb(kinds, "singling-out", anonymising.singling_out, "what tells people apart")
    for added, is_needed in ((risk, True), (single, False)):
        named(added)
        added.add_argument(
            "--quasi", type=arguments.columns, required=is_needed, metavar="A,B", help="columns"
        )
    risk.add_argument("--sensitive", default="", metavar="S", help="sensitive columns")
    risk.add_argument("--population", default="", metavar="NAME", help="who they were drawn from")
    risk.add_argument(
        "--sampling-fraction", type=arguments.share, metavar="F", help="rows per person of them"
    )
    propose = verb(kinds, "propose-plan", anonymising.propose, "a plan that fits a dataset")
    named(propose)
    propose.add_argument("--out", type=_path, metavar="P.yaml", help="write it there")
    grown = verb(
        kinds, "hierarchy", anonymising.hierarchy, "write a plan's hierarchy as ARX has it"
    )
    named(grown)
    grown.add_argument("--plan", type=_path, required=True, metavar="P.yaml", help="which")
    grown.add_argument("--column", required=True, metavar="COL", help="of which column")
    grown.add_argument("--out", type=_path, required=True, metavar="F.csv", help="where")
    make = verb(kinds, "anonymise", anonymising.anonymise, "make a dataset safe to hand on")
    named(make)
    make.add_argument("--plan", type=_path, required=True, metavar="P.yaml", help="what must hold")
    _output(make)


def anonymised(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """Verbs about what was anonymised before, and about purchase histories."""
    recipe = group(kinds, "recipe", "keep, list and apply anonymisations")
    keep = verb(recipe, "keep", anonymising.recipe_keep, "keep how a dataset was anonymised last")
    again = verb(recipe, "apply", anonymising.recipe_apply, "do it again, unless data drifted")
    verb(recipe, "list", anonymising.recipe_list, "list all recipes")
    for added in (keep, again):
        named(added)
        added.add_argument("--recipe", required=True, metavar="R", help="what it is called")
    siege = verb(
        kinds, "attack-table", anonymising.attack_table, "attack a released table; internal"
    )
    named(siege)
    siege.add_argument("--released", required=True, metavar="NAME", help="what is handed on")
    siege.add_argument("--known", required=True, metavar="A,B", help="what the attacker knows")
    siege.add_argument("--sensitive", default="", metavar="S", help="what is to stay hidden")
    _output(again)
    _histories(kinds)
    again.add_argument("--accept-drift", action="store_true", help="somebody looked at the alarms")
    reveal = verb(kinds, "reveal", anonymising.reveal, "open the vault behind pseudonyms")
    named(reveal)
    reveal.add_argument("--column", required=True, metavar="COL", help="where they stand")
    reveal.add_argument(
        "--pseudonym", required=True, action="append", metavar="P", help="once for each"
    )
    reveal.add_argument("--reason", required=True, help="why; it is kept in the trail")


def _histories(kinds: Kinds[argparse.ArgumentParser]) -> None:
    shop = verb(kinds, "baskets", anonymising.baskets, "make purchase histories safe to hand on")
    named(shop)
    shop.add_argument("--person", required=True, metavar="COL", help="who bought")
    shop.add_argument("--item", required=True, metavar="COL", help="what was bought")
    shop.add_argument("--k", type=arguments.count, default=5, metavar="K", help="people; else 5")
    shop.add_argument(
        "--m", type=int, choices=(1, 2, 3), default=2, help="items an attacker knows; else 2"
    )
    shop.add_argument(
        "--order",
        choices=list(ItemOrder),
        default="demand",
        help="what is put together; else demand",
    )
    shop.add_argument("--description", metavar="COL", help="describes items, for that order")
    shop.add_argument("--hierarchy", type=_path, metavar="F.csv", help="of items, instead of it")
    shop.add_argument("--keep-all", action="store_true", help="leave no rare item out")
    _output(shop)


def _output(added: argparse.ArgumentParser) -> None:
    added.add_argument("--out", type=_path, metavar="F.csv", help="write the output there too")
    added.add_argument("--into", default="", metavar="NAME", help="the output’s name")
