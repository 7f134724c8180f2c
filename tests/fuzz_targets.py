"""What reads bytes from outside, each as one function, with files to begin from.

A target may give anything back or refuse with a `ComplianceError`; all else is a defect. The tests
try each with a few hundred changed files, `make bench-fuzz` for as long as it is told.
"""

from __future__ import annotations

import functools
import gzip
import io
import json
import random
import shutil
import sqlite3
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from compliance.anonymise import read_hierarchy
from compliance.anonymise import to_plan as to_anonymising
from compliance.cli.persons import _pairs
from compliance.dataset import RawFile, read
from compliance.dataset.cleaning import clean
from compliance.dataset.nouns import ColumnName
from compliance.discovery.images import find_in_image, redact_image
from compliance.discovery.text import find_spans
from compliance.errors import (
    ComplianceError,
    MalformedPlanError,
    MalformedQueryError,
    MalformedRecipeError,
)
from compliance.federated import to_plan
from compliance.impact.exchange import from_document, to_document
from compliance.lineage.openlineage.reading import read_events
from compliance.plain import from_yaml
from compliance.privacy import to_query
from compliance.privacy.conditions import to_conditions
from compliance.privacy.synthesis import to_synthesis
from compliance.register.reading import read_records
from compliance.report.nouns import ReportKind
from compliance.rights.consents import read_consents
from compliance.rights.requests.files import read_requests
from compliance.rules.pack.joining import join
from compliance.rules.pack.reading import read_part
from compliance.rules.pack.shipped import shipped
from compliance.settings import Settings
from compliance.trail import verify_trail
from compliance.workspace import Workspace
from tests.openlineage_events import dataset as event_dataset
from tests.openlineage_events import event, lines
from tests.rule_cases import OWN
from tests.walked_shop import SAID, orders

LONGEST_SENTENCE = 6_000
NOW = datetime(2026, 3, 1, tzinfo=UTC)
NAMES = ("name", "born", "city", "amount", "note")
ROWS: list[tuple[object, ...]] = [
    ("Anna Muster", "1980-02-29", "Bonn", 12.5, "calls back"),
    ("Li Wei", "1999-12-31", "上海", -3.0, '=1+1, "quoted"'),
    ("O'Neil", "", "Zürich", None, "line\nbreak"),
] * 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One way in.

    Attributes:
        take: reads the bytes.
        seeds: files that it takes, to begin from.
        slow: takes tens of milliseconds each, so fewer are tried.
    """

    take: Callable[[bytes], object]
    seeds: Callable[[], Sequence[bytes]]
    slow: bool = False


# Files to begin from


def csv_files() -> list[bytes]:
    text = ",".join(NAMES) + "\n" + "\n".join(_csv_row(row) for row in ROWS)
    wide = "a;b\n" + "1.234,50;2,5\n" * 9
    return [text.encode(), text.encode("utf-16"), wide.encode("cp1252"), b"a\tb\n1\t2\n\n3\t4\n"]


def _csv_row(row: Sequence[object]) -> str:
    return ",".join('"' + str("" if v is None else v).replace('"', '""') + '"' for v in row)


def workbooks() -> list[bytes]:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (NAMES, *ROWS):
        sheet.append(row)
    sheet.append((datetime(2024, 1, 5), date(2024, 1, 5), True, 1e300, "=SUM(D2:D4)"))
    out = io.BytesIO()
    book.save(out)
    return [out.getvalue()]


def parquet_files() -> list[bytes]:
    table = pa.table({name: [row[place] for row in ROWS] for place, name in enumerate(NAMES)})
    nested = pa.table({"a": [{"b": [1, None]}] * 3, "c": [b"\xff"] * 3, "d": [NOW] * 3})
    found = []
    for one, packed in ((table, "snappy"), (nested, "none"), (table, "zstd")):
        out = io.BytesIO()
        pq.write_table(one, out, compression=packed)
        found.append(out.getvalue())
    return found


def json_files() -> list[bytes]:
    rows = [dict(zip(NAMES, row, strict=True)) for row in ROWS]
    deep = [{"a": {"b": {"c": [1, {"d": None}]}}, "e": 1e5, "f": True}]
    return [
        "\n".join(json.dumps(row) for row in rows).encode(),
        json.dumps(rows, ensure_ascii=False).encode(),
        json.dumps(deep).encode(),
    ]


def sqlite_files() -> list[bytes]:
    connection = sqlite3.connect(":memory:")
    connection.execute("create table people (name, born, city, amount, note)")
    connection.executemany("insert into people values (?, ?, ?, ?, ?)", ROWS)
    connection.commit()
    found = connection.serialize()
    connection.close()
    return [found]


def archives() -> list[bytes]:
    found = []
    for packing in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", packing) as archive:
            archive.writestr("people.csv", csv_files()[0])
            archive.writestr("__MACOSX/._people.csv", b"x")
        found.append(out.getvalue())
    return [*found, gzip.compress(csv_files()[0])]


def queries() -> list[bytes]:
    return _yaml(
        {
            "unit": "name",
            "max_groups": 3,
            "by": [
                "city",
                {"column": "born", "per": "month"},
                {"column": "amount", "edges": [0, 5]},
            ],
            "public_keys": {"city": ["Bonn", "上海"], "born": ["2024-01"]},
            "statistics": [
                {"count": "rows"},
                {"sum": {"column": "amount", "lower": 0, "upper": 50, "unit": "cents"}},
                {"median": {"column": "amount", "lower": 0, "upper": 50, "step": 1}},
                {"histogram": {"column": "amount", "edges": [0, 5, 10]}},
                {"top": {"groups": 5, "of": "units"}},
            ],
            "where": 'amount > 0 and city != "Bonn"',
            "join": [{"dataset": "profiles", "unit": "id"}],
            "period": {"column": "born", "per": "month", "most": 3},
            "shares": {"count_rows": 0.5},
        },
        {"unit": "name", "statistics": [{"count": "units"}], "mechanism": "laplace"},
    )


def plans() -> list[bytes]:
    return _yaml(
        {
            "sites": {"column": "store"},
            "target": "returned",
            "rounds": 3,
            "model": "logistic",
            "seed": 7,
            "privacy": {
                "noise_multiplier": 1.1,
                "clip": 1.0,
                "place": "site",
            },
        },
        {"sites": {"count": 5, "alpha": 0.5}, "target": "x", "rounds": 1},
    )


def recipes() -> list[bytes]:
    return _yaml(
        {
            "quasi_identifiers": {
                "born": {"build": "dates", "levels": ["month", "year"], "lowest": 1},
                "city": {"build": "categories", "groups": {"West": ["Bonn"]}},
            },
            "k": 3,
            "sensitive": {"note": {"l": {"kind": "distinct", "value": 2}}},
            "columns": {
                "name": {"pseudonym": {}},
                "amount": [{"top_bottom": {"lower": 5, "upper": 100}}, {"round": {"base": 10}}],
            },
            "suppression_limit": 0.1,
        }
    )


def syntheses() -> list[bytes]:
    return _yaml(
        {
            "unit": "name",
            "columns": ["city", {"column": "amount", "edges": [0, 5, 9]}],
            "public_keys": {"city": ["Bonn"]},
            "where": "amount > 0",
        }
    )


def packs() -> list[bytes]:
    return [OWN.encode()]


def hierarchies() -> list[bytes]:
    return ["Bonn;West;*\nJena;East;*\n上海;Asia;*\n".encode(), b"1,1-5,*\n2,1-5,*\n", b"a\n"]


def consents() -> list[bytes]:
    rows = [
        {"email": "a@b.example", "purpose": "news", "given_at": "2024-01-01", "method": "checkbox"},
        {"email": "c@d.example", "purpose": "news", "given_at": "2024-01-01T10:00:00+02:00"},
    ]
    table = "email,purpose,given_at,withdrawn_at\na@b.example,news,2024-01-01,2024-02-01\n"
    return [table.encode(), json.dumps(rows).encode()]


def requests() -> list[bytes]:
    rows = [
        {"law": "EU_GDPR", "right": "access", "received_on": "2024-01-01", "email": "a@b.example"},
        {"law": "CN_PIPL", "right": "erasure", "received_on": "2024-01-01", "phone": "+4930123"},
    ]
    table = "law,right,received_on,email\nEU_GDPR,access,2024-01-01,a@b.example\n"
    return [table.encode(), json.dumps(rows).encode()]


def register_files() -> list[bytes]:
    rows = [{"kind": "vendor", "id": "v1", "name": "Mailer", "values": {"country": "DE"}}]
    return [b"id,name,record_kind,country\nv1,Mailer,vendor,DE\n", json.dumps(rows).encode()]


def events() -> list[bytes]:
    return [lines(event(inputs=[event_dataset("a")], outputs=[event_dataset("b")]))]


@functools.cache
def _desk() -> Workspace:
    """A desk on which things were done, in a folder that ends with the process."""
    folder = tempfile.mkdtemp(prefix="fuzz-")
    import atexit

    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    desk = Workspace(Settings.from_environment({}, home=Path(folder) / "desk"))
    desk.add_files([RawFile(name="orders.csv", data=orders())], "orders", SAID)
    desk.discover("orders")
    return desk


@functools.cache
def trail_files() -> list[bytes]:
    log = _desk().proof.log
    checkpoint = log.checkpoint()
    place = Path(tempfile.mkdtemp(prefix="fuzz-")) / "checkpoint.json"
    place.write_text(checkpoint, encoding="utf-8")
    found = [log.prove(2), log.prove_since(place), checkpoint, "".join(log.export())]
    shutil.rmtree(place.parent)
    return [text.encode() for text in found]


@functools.cache
def impacts() -> list[bytes]:
    from tests.impact_cases import complete

    return [json.dumps(to_document(complete())).encode()]


@functools.cache
def reports() -> list[bytes]:
    desk = _desk()
    report = desk.build_report(ReportKind.AUDIT)
    return [desk.proof.reports.hand_out(report)]


def pictures() -> list[bytes]:
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (160, 60), "white")
    ImageDraw.Draw(picture).text((5, 20), "a@b.example 4711", fill="black")
    found = []
    for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"):
        out = io.BytesIO()
        picture.save(out, kind)
        found.append(out.getvalue())
    return found


def texts() -> list[bytes]:
    return [
        "Anna Muster, geboren 29.02.1980, 53113 Köln, IBAN DE89370400440532013000.".encode(),
        "王小明的电话是 13800138000，身份证 11010519491231002X。".encode(),
        b"mail a@b.example or call +44 20 7946 0958 from 192.168.0.1, card 4111 1111 1111 1111",
    ]


def persons() -> list[bytes]:
    return [b"email: a@b.example\nphone: +4930123\n", b'{"email": ["a@b.example"], "name": "A"}']


def wheres() -> list[bytes]:
    return [b'amount > 0 and city != "Bonn"', b"a <= 3 and b = 2024-01-01"]


def _yaml(*plain: object) -> list[bytes]:
    return [yaml.safe_dump(one, allow_unicode=True).encode() for one in plain]


# Targets


def _text(take: Callable[[str], object]) -> Callable[[bytes], object]:
    """Pages and the command line hand over text; bytes that are none are refused before."""

    def read_text(data: bytes) -> object:
        return take(data.decode("utf-8-sig", "surrogateescape").encode("utf-8", "replace").decode())

    return read_text


def _table(name: str) -> Callable[[bytes], object]:
    def take(data: bytes) -> object:
        raw = read(RawFile(name=name, data=data))
        return clean(raw.table)

    return take


def _plain(
    error: Callable[..., Exception], make: Callable[[Any], object]
) -> Callable[[bytes], object]:
    def take(data: bytes) -> object:
        return make(from_yaml(data, lambda reason: error(place="file.yaml", reason=reason)))

    return take


def _pack(data: bytes) -> object:
    return join((*shipped(), read_part(data, "ours.yaml")))


def _trail(data: bytes) -> object:
    return _desk().proof.log.verify_upload(data, "file.json")


def _alone(data: bytes) -> object:
    """The verifier that stands alone has an error of its own."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "file"
        place.write_bytes(data)
        for kind in ("export", "checkpoint", "proof"):
            try:
                verify_trail.told_by(verify_trail.examine(**{kind: place}))
            except verify_trail.NotReadableError:
                continue
    return None


def _image(data: bytes) -> object:
    return find_in_image(data), redact_image(data)


TARGETS: Mapping[str, Target] = {
    "csv": Target(take=_table("t.csv"), seeds=csv_files),
    "excel": Target(take=_table("t.xlsx"), seeds=workbooks, slow=True),
    "parquet": Target(take=_table("t.parquet"), seeds=parquet_files),
    "json lines": Target(take=_table("t.jsonl"), seeds=json_files),
    "sqlite": Target(take=_table("t.sqlite"), seeds=sqlite_files),
    "archive": Target(take=_table("t.zip"), seeds=archives),
    "query": Target(take=_plain(MalformedQueryError, to_query), seeds=queries),
    "condition": Target(take=_text(to_conditions), seeds=wheres),
    "synthesis": Target(take=_plain(MalformedQueryError, to_synthesis), seeds=syntheses),
    "federated plan": Target(take=_plain(MalformedPlanError, to_plan), seeds=plans),
    "anonymising plan": Target(take=_plain(MalformedRecipeError, to_anonymising), seeds=recipes),
    "hierarchy": Target(
        take=lambda data: read_hierarchy(data, ColumnName("city")), seeds=hierarchies
    ),
    "rule pack": Target(take=_pack, seeds=packs, slow=True),
    "register": Target(take=_text(lambda text: read_records(text, "r.csv")), seeds=register_files),
    "consents": Target(
        take=_text(lambda text: read_consents(text, "c", {"news": "p1"}, ("EU_GDPR",), NOW)),
        seeds=consents,
    ),
    "requests": Target(take=_text(lambda text: read_requests(text, "r")), seeds=requests),
    "person": Target(take=_text(lambda text: list(_pairs(text))), seeds=persons),
    "impact": Target(take=lambda data: from_document(data, date(2027, 1, 1)), seeds=impacts),
    "openlineage": Target(take=lambda data: read_events(data, "e.jsonl"), seeds=events),
    "trail file": Target(take=_trail, seeds=trail_files, slow=True),
    "verify_trail.py": Target(take=_alone, seeds=trail_files, slow=True),
    "signed report": Target(
        take=lambda data: _desk().proof.reports.verify_bytes(data, "r.pdf"),
        seeds=reports,
        slow=True,
    ),
    "image": Target(take=_image, seeds=pictures, slow=True),
    "text": Target(take=_text(find_spans), seeds=texts, slow=True),
}


def is_taken(target: Target, data: bytes) -> bool:
    """Whether the target took `data`; False where it refused it as it should.

    Raises:
        AssertionError: it refused in words that are no sentence for an officer.
    """
    try:
        target.take(data)
    except ComplianceError as refused:
        refusal = refused
    else:
        return True
    assert 0 < len(str(refusal)) < LONGEST_SENTENCE, (type(refusal), len(str(refusal)))
    return False


# Changed files

_WORDS = (
    *(
        b"",
        b"\x00",
        b'"',
        b"'",
        b"{",
        b"[",
        b"[" * 3_000,
        b"{" * 3_000,
        b"\xff\xfe",
        b"\xef\xbb\xbf",
    ),
    *(b"NaN", b"-Infinity", b"1e999", b"9" * 400, b"-0", b"1_000", b"0x1F", b"true", b"null", b"~"),
    *(
        b"!!python/object/apply:os.system [id]",
        b"&a *a",
        b"<<: *a",
        b"!!bool maybe",
        b"=cmd|' /C'!A0",
    ),
    *(
        b"\\ud800",
        b"\xf0\x9f\x98\x80",
        b"\xed\xa0\x80",
        b"\xe2\x80\xae",
        b"\r\n",
        b"\n---\n",
        b"%s%n",
    ),
    *(
        b"2024-02-30",
        b"9999-12-31T23:59:60Z",
        b"0001-01-01",
        b"../../etc/passwd",
        b"C:\\x",
        b"$(id)",
    ),
    *(
        b"<script>",
        b"'; drop table trail; --",
        struct.pack("<I", 2**32 - 1),
        struct.pack("<Q", 2**63),
    ),
)
_VALUES: tuple[object, ...] = (
    *(None, True, False, 0, -1, 2**31, 2**63, 2**70, 10**400, 1e308, float("nan"), float("inf")),
    *("", " ", "x" * 5_000, "\ud800", "\x00", "\u202e", "NaN", "2024-02-30", "Infinity", "名"),
    *([], {}, [[]], {"": ""}, {"a": {"b": []}}, [None], ["x"] * 2_000, {1: 2}, date(1, 1, 1)),
    *(datetime(9999, 12, 31, tzinfo=UTC), b"\xff", -1e-320, "=1+1", "a" * 70 + "\n" + "b"),
)


def changed(data: bytes, chance: random.Random) -> bytes:
    """Another file, near to `data`: its structure changed where it has one, else its bytes."""
    if chance.random() < 0.6 and (other := _restructured(data, chance)) is not None:
        return other
    if chance.random() < 0.2 and (other := _repacked(data, chance)) is not None:
        return other
    return _bent(data, chance)


def _bent(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice((0, 1, 1, 2, 4, 8, 64, 1024)))
        kind = chance.randrange(5)
        if kind == 0:
            data = data[:start] + data[end:]
        elif kind == 1:
            data = data[:start] + data[start:end] * chance.choice((2, 3, 50)) + data[end:]
        elif kind == 2:
            data = data[:start] + chance.choice(_WORDS) + data[end:]
        elif kind == 3:
            data = data[:start] + chance.randbytes(end - start) + data[end:]
        else:
            other = chance.randrange(len(data) + 1)
            data = data[:start] + data[other : other + end - start] + data[end:]
    return data[: 2**20]


_YAML_TROUBLE = (yaml.YAMLError, RecursionError, ValueError, LookupError, AttributeError, TypeError)


def _restructured(data: bytes, chance: random.Random) -> bytes | None:
    """The same document with a part of it replaced, where it is JSON or YAML; else None."""
    try:
        plain, write = json.loads(data), _as_json
    except (ValueError, RecursionError):
        try:
            plain, write = yaml.safe_load(data), _as_yaml
        except _YAML_TROUBLE:
            return None
    if not isinstance(plain, dict | list):
        return None
    for _ in range(chance.choice((1, 1, 2, 3))):
        plain = _replaced(plain, chance)
    try:
        return write(plain)
    except (RecursionError, TypeError, ValueError):
        return None


def _as_json(plain: object) -> bytes:
    return json.dumps(plain, default=str).encode("utf-8", "replace")


def _as_yaml(plain: object) -> bytes:
    return yaml.safe_dump(plain, allow_unicode=True).encode("utf-8", "replace")


def _replaced(plain: Any, chance: random.Random) -> Any:
    """`plain` with one part, some way down, replaced, renamed, left out or doubled."""
    if not isinstance(plain, dict | list) or not plain or chance.random() < 0.1:
        return chance.choice(_VALUES)
    if isinstance(plain, list):
        place = chance.randrange(len(plain))
        kind = chance.randrange(4)
        middle = (
            [_replaced(plain[place], chance)]
            if kind < 2
            else []
            if kind == 2
            else [plain[place]] * 2
        )
        return [*plain[:place], *middle, *plain[place + 1 :]]
    key = chance.choice(list(plain))
    kind = chance.randrange(6)
    if kind < 3:
        return {**plain, key: _replaced(plain[key], chance)}
    if kind == 3:
        return {k: v for k, v in plain.items() if k != key}
    if kind == 4:
        return {**plain, str(chance.choice(_VALUES))[:100]: plain[key]}
    return {**plain, key: plain[chance.choice(list(plain))]}


def _repacked(data: bytes, chance: random.Random) -> bytes | None:
    """A ZIP or gzip with what is inside changed: past the checksums, into the reader behind."""
    if data.startswith(b"\x1f\x8b"):
        try:
            return gzip.compress(_bent(gzip.decompress(data), chance))
        except (OSError, EOFError, zlib.error):
            return None
    if not data.startswith(b"PK"):
        return None
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
            chosen = chance.choice(old.namelist())
            for name in old.namelist():
                inside = old.read(name)
                if name == chosen:
                    inside = _bent(inside, chance)
                    name = name if chance.random() < 0.8 else "../" * 5 + name
                new.writestr(name, inside)
    except (zipfile.BadZipFile, zlib.error, OSError, IndexError, EOFError, NotImplementedError):
        return None
    return out.getvalue()
