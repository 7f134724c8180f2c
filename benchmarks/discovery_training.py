"""Train the small model of discovery on invented columns, and write it with its figures.

Run with `make train-discovery`; needs scikit-learn and Faker. Learns from the one half of Faker's
lists and is measured on the other (see discovery_columns.py). No data set is read.
"""

from __future__ import annotations

import html.entities
import sys
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml
from babel import Locale
from faker import Faker
from scipy import sparse
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from discovery_columns import LANGUAGES, WORDS, Half

from compliance.discovery import model

ROOM = Path(model.__file__).resolve().parent
SEED = 20261126
_POOL = 700  # values drawn for each kind and country, before they are halved
_COLUMNS = 5  # per kind, country and half
_SINGLE = 15  # single values per kind and country, to learn what one value alone looks like
_OTHER_COUNTRIES = (
    "nl_NL", "pl_PL", "sv_SE", "da_DK", "no_NO", "fi_FI", "cs_CZ", "tr_TR", "ru_RU", "en_IN",
    "en_AU", "en_CA", "fr_CA", "de_AT", "de_CH", "fr_CH", "es_CO", "es_AR", "zh_TW", "hu_HU",
    "ro_RO", "id_ID", "vi_VN",
)  # fmt: skip
_EAST_ASIAN = ("zh_CN", "zh_TW", "ja_JP", "ko_KR")
Pool = list[str]


def main() -> None:
    """Train, measure, write model.npz and the figures of model.yaml."""
    learn, held_out = (list(_examples(half)) for half in Half)
    x, y = _matrix(learn)
    fitted = LogisticRegression(C=60.0, max_iter=300)
    fitted.fit(x, y)
    _write(fitted)
    figures = _measured(held_out)
    _write_card(figures)
    print(yaml.safe_dump(figures, sort_keys=False, allow_unicode=True))


def _examples(half: Half) -> Iterator[tuple[str, list[str]]]:
    """Columns of 12 to 150 values with their kind, and single values where the model learns."""
    rng = np.random.default_rng(SEED + half.value)
    locales = [*(name for group in LANGUAGES.values() for name in group), *_OTHER_COUNTRIES]
    for locale in locales:
        for kind, draw in _draws(locale, rng).items():
            pool = [v for v in {draw() for _ in range(_POOL)} if v and _half_of(v) is half]
            yield from _columns(kind.split("/")[0], pool, rng, half)
    for kind, pool in _fixed_pools(rng):
        mine = [value for value in pool if _half_of(value) is half]
        for _ in range(6):
            yield from _columns(kind, mine, rng, half)


def _columns(
    kind: str, pool: Pool, rng: np.random.Generator, half: Half
) -> Iterator[tuple[str, list[str]]]:
    if len(pool) < 8:
        return
    pool = sorted(pool)
    for _ in range(_COLUMNS):
        size = int(min(len(pool), rng.integers(12, 150)))
        restyle = _style(rng)
        chosen = rng.choice(len(pool), size, replace=False)
        yield kind, [restyle(pool[n]) for n in chosen]
    if half is Half.LEARN:
        for n in rng.choice(len(pool), min(_SINGLE, len(pool)), replace=False):
            yield kind, [_style(rng)(pool[n])]


def _style(rng: np.random.Generator) -> Callable[[str], str]:
    """A whole column is in capitals or small letters now and then."""
    return (str.upper, str.lower, *(str,) * 6)[int(rng.integers(0, 8))]


def _half_of(value: str) -> Half:
    return Half(zlib.crc32(value.encode()) % 2)


def _draws(locale: str, rng: np.random.Generator) -> dict[str, Callable[[], str]]:
    """Values of one country by kind; what stands behind a “/” tells sources of one kind apart."""
    fake = Faker(locale)
    fake.seed_instance(SEED)

    def one_of(*draws: Callable[[], str]) -> str:
        return " ".join(draws[int(rng.integers(0, len(draws)))]().split())

    def initials() -> str:
        return f"{fake.first_name()[0]}. {fake.last_name()}"

    is_east_asian = locale in _EAST_ASIAN
    full = lambda: f"{fake.first_name()} {fake.last_name()}"  # noqa: E731
    joined = lambda: f"{fake.last_name()}{fake.first_name()}"  # noqa: E731
    turned = lambda: f"{fake.last_name()}, {fake.first_name()}"  # noqa: E731
    middle = lambda: f"{fake.first_name()} {fake.first_name()[0]}. {fake.last_name()}"  # noqa: E731
    kinds: dict[str, Callable[[], str]] = {
        "person_name": joined if is_east_asian else full,
        "person_name/prose": fake.name,
        "given_name": fake.first_name,
        "family_name": fake.last_name,
        "street_address": lambda: one_of(fake.street_address),
        "street_address/whole": lambda: one_of(fake.address),
        "city": fake.city,
        "postal_code": fake.postcode,
        "username": fake.user_name,
        "occupation": fake.job,
        "other/company": fake.company,
        "other/words": lambda: one_of(lambda: _phrase(fake, rng)),
        "other/title": lambda: one_of(lambda: _phrase(fake, rng).title()),
        "other/sentence": lambda: one_of(lambda: fake.sentence(6)),
        "other/mixed": lambda: one_of(lambda: f"{_phrase(fake, rng)} {rng.integers(1, 999)}"),
        "other/sized": lambda: f"{_phrase(fake, rng)} {rng.integers(1, 99)} {_unit(rng)}",
        "other/list": lambda: ", ".join(_sized(fake, rng) for _ in range(rng.integers(2, 5))),
        "other/joined": lambda: "".join(fake.words(int(rng.integers(1, 4)))),
        "other/listed": lambda: "、".join(fake.words(int(rng.integers(2, 5)))),
        "other/counted": lambda: f"{rng.integers(1, 9)} x {_phrase(fake, rng)}",
        "other/colour": fake.color_name,
        "other/file": fake.file_name,
        "other/domain": fake.domain_word,
        "other/slug": fake.slug,
        "other/url": fake.uri_path,
    }
    if not is_east_asian:
        kinds |= {
            "person_name/turned": turned,
            "person_name/middle": middle,
            "person_name/short": initials,
        }
    return kinds


def _phrase(fake: Faker, rng: np.random.Generator) -> str:
    return " ".join(fake.words(int(rng.integers(1, 5))))


def _unit(rng: np.random.Generator) -> str:
    return str(rng.choice(["cm", "mm", "ml", "kg", "g", "L", "W", "pcs", "x", "%"]))


def _sized(fake: Faker, rng: np.random.Generator) -> str:
    """Some words, often with a measure and without blanks where the language has none."""
    glue = "" if rng.random() < 0.4 else " "
    text = glue.join(fake.words(int(rng.integers(1, 4))))
    size = ("", f" {rng.integers(1, 99)}", f" {rng.integers(1, 99)} {_unit(rng)}", "")
    return f"{text}{size[int(rng.integers(0, 4))]}"


def _fixed_pools(rng: np.random.Generator) -> Iterator[tuple[str, Pool]]:
    """Texts about things: names of currencies, languages and signs, codes, measures."""
    codes = Locale("en")
    for tag in ("en", "de", "fr", "es", "pt", "it", "zh", "ja", "ko", "nl", "pl", "sv"):
        locale = Locale(tag)
        yield "other", [str(name) for name in locale.currencies.values()]
        yield "other", [str(name) for name in locale.languages.values()]
        yield "other", [str(name) for name in locale.territories.values()]
        yield "other", [str(name) for name in locale.scripts.values()]
    signs = [unicodedata.name(chr(n), "").split(" WITH ")[0] for n in range(0x2000, 0x2BFF)]
    yield "other", [sign.title() for sign in signs if sign]
    yield "other", [sign.lower() for sign in signs if sign]
    yield "other", list(html.entities.html5)
    yield "other", [f"{code}{n}" for code in codes.currencies for n in range(1, 4)]
    for pattern in WORDS["codes"]:
        yield "other", [_filled(pattern, rng) for _ in range(900)]


def _filled(pattern: str, rng: np.random.Generator) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    pools = {"#": "0123456789", "?": letters.upper(), "%": letters}
    return "".join(
        pools[c][int(rng.integers(0, len(pools[c])))] if c in pools else c for c in pattern
    )


def _matrix(
    examples: list[tuple[str, list[str]]],
) -> tuple[sparse.csr_array, npt.NDArray[np.str_]]:
    rows = [
        sparse.csr_array(model.column_features(model.features(values))[None, :])
        for _, values in examples
    ]
    return sparse.vstack(rows, format="csr"), np.array([kind for kind, _ in examples])


def _write(fitted: LogisticRegression) -> None:
    """The weights in a byte each, as shares of the largest of their type."""
    weights = fitted.coef_.T
    scale = np.abs(weights).max(axis=0) / 127
    np.savez_compressed(
        ROOM / "model.npz",
        types=np.array(fitted.classes_, dtype=np.str_),
        weights=np.round(weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=fitted.intercept_.astype(np.float32),
    )
    model._model.cache_clear()


def _measured(examples: list[tuple[str, list[str]]]) -> dict[str, object]:
    """Per kind, how many held-out columns get their name, no name, and a wrong one."""
    counts: dict[str, list[int]] = {}
    for kind, values in examples:
        found = model.guess(values)
        said = found.type if found else model.OTHER
        row = counts.setdefault(kind, [0, 0, 0])
        row[0 if said == kind else 1 if said == model.OTHER else 2] += 1
    return {
        kind: {"columns": sum(row), "right": row[0], "silent": row[1], "wrong": row[2]}
        for kind, row in sorted(counts.items())
    }


def _write_card(figures: dict[str, object]) -> None:
    place = ROOM / "model.yaml"
    head = place.read_text("utf-8").split("\nheld_out:")[0]
    shown = yaml.safe_dump({"held_out": figures}, sort_keys=False, default_flow_style=None)
    place.write_text(f"{head}\n{shown}", "utf-8")


if __name__ == "__main__":
    main()
