"""The schema of OpenLineage's events as JSON Schema, from the classes that OpenLineage publishes.

The specification's schema files come with no package; the classes of openlineage-python are
generated from them, one for each `$defs` entry, and carry its address. What the files allow
beside what they name is refused here: the desk has no words of its own.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
import types
import typing
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import Enum
from typing import Any

import attr
import jsonschema
from openlineage.client import generated
from openlineage.client.generated.base import BaseFacet, RunEvent

# Those of jsonschema's own are no checks where other packages are missing.
_FORMATS = jsonschema.FormatChecker(["uuid"])
_FORMATS.checks("date-time", raises=ValueError)(
    lambda said: "T" in said and datetime.fromisoformat(said).tzinfo is not None
)
_FORMATS.checks("uri")(lambda said: bool(re.match(r"[a-z][a-z0-9+.-]*:\S+\Z", said)))

FORMATS = {"eventTime": "date-time", "runId": "uuid", "producer": "uri", "_schemaURL": "uri"}


def complaints(event: Mapping[str, Any]) -> list[str]:
    """What is wrong with an event, facets included; nothing where it follows the schema."""
    return [f"{list(error.path)}: {error.message}" for error in _validator().iter_errors(event)] + [
        f"{facet['_schemaURL']}: {error.message} at {list(error.path)}"
        for facet in facets_of(event)
        for error in _of_facet(facet["_schemaURL"]).iter_errors(facet)
    ]


def facets_of(told: object) -> Iterator[dict[str, Any]]:
    """Every facet, wherever it stands."""
    if isinstance(told, dict):
        if "_schemaURL" in told:
            yield told
        for inner in told.values():
            yield from facets_of(inner)
    elif isinstance(told, list):
        for inner in told:
            yield from facets_of(inner)


@functools.cache
def _validator() -> jsonschema.Draft202012Validator:
    return _checked(_object(RunEvent))


@functools.cache
def _of_facet(url: str) -> jsonschema.Draft202012Validator:
    (cls,) = [one for one in _facets() if one._get_schema() == url]
    return _checked(_object(cls))


def _checked(schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=_FORMATS)


@functools.cache
def _facets() -> tuple[type[BaseFacet], ...]:
    found: dict[type[BaseFacet], None] = {}
    for module in pkgutil.iter_modules(generated.__path__):
        loaded = importlib.import_module(f"{generated.__name__}.{module.name}")
        for cls in vars(loaded).values():
            if isinstance(cls, type) and issubclass(cls, BaseFacet):
                found[cls] = None
    return tuple(found)


def _object(cls: Any) -> dict[str, Any]:
    module = importlib.import_module(cls.__module__)
    hints = typing.get_type_hints(cls, {**vars(typing), **vars(module)})
    fields = list(attr.fields(cls))
    return {
        "type": "object",
        "properties": {f.name: _field(f.name, hints[f.name]) for f in fields},
        "required": [f.name for f in fields if f.default is attr.NOTHING]
        + [name for name in ("producer", "schemaURL", "_producer", "_schemaURL") if name in hints],
        "additionalProperties": False,
    }


def _field(name: str, hint: Any) -> dict[str, Any]:
    found = _type(hint)
    return found | {"format": FORMATS[name]} if name in FORMATS else found


def _type(hint: Any) -> dict[str, Any]:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        (one,) = [each for each in inner if each is not type(None)]
        return _type(one)
    if origin is list:
        return {"type": "array", "items": _type(inner[0])}
    if origin is dict:
        if isinstance(inner[1], type) and issubclass(inner[1], BaseFacet):
            needed = ["_producer", "_schemaURL"]  # each is checked by its own class as well
            return {"type": "object", "additionalProperties": {"required": needed}}
        return {"type": "object", "additionalProperties": _type(inner[1])}
    if attr.has(hint):
        return _object(hint) if hint.__name__ != "SchemaDatasetFacetFields" else _schema_field()
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"enum": [one.value for one in hint]}
    names = {str: "string", int: "integer", float: "number", bool: "boolean"}
    return {"type": names[hint]}


def _schema_field() -> dict[str, Any]:
    """A column; it may hold others, which the desk never tells."""
    return {
        "type": "object",
        "required": ["name"],
        "additionalProperties": False,
        "properties": {
            "name": {"type": "string"},
            "type": {"type": "string"},
            "ordinal_position": {"type": "integer"},
            "fields": {"type": "array", "maxItems": 0},
        },
    }
