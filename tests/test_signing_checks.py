"""A report that was changed, forged, or is another desk's says so; one that is whole does too."""

from __future__ import annotations

import hashlib
import json
import random
import re
import shutil
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
import report_samples as samples
import rfc8785
import signing_cases as cases
from cli_cases import refused, run, tamper
from signing_cases import AT, YEAR, authority, examined, found, holder, says

from compliance import __version__
from compliance.errors import FileMissingError, NotAReportError, SignerError
from compliance.plain import from_plain
from compliance.register.nouns import Organisation
from compliance.report import build
from compliance.report.increments import adds_only_itself
from compliance.report.nouns import LogEvidence, Report, ReportKind
from compliance.report.nouns.signatures import Aspect, Checked, Holds
from compliance.report.signatories import from_pem, roots_from, self_made
from compliance.report.signing import sign
from compliance.settings import Settings
from compliance.workspace import Workspace
from tests.postgresql import past_the_desk

TAMPERINGS = 1_000
EVERY = {Aspect.SIGNATURE, Aspect.SIGNER, Aspect.TIME, Aspect.EVIDENCE, Aspect.PAGES, Aspect.TRAIL}


@dataclass
class Office:
    """A desk with one report: the log of requests, which an empty workspace has too."""

    workspace: Workspace
    report: Report
    path: Path

    @property
    def pdf(self) -> bytes:
        return self.path.read_bytes()

    def check(self, pdf: bytes | None = None, trusted: Path | None = None) -> Checked:
        if pdf is None:
            return self.workspace.proof.reports.verify(self.path, trusted)
        path = self.path.with_name("other.pdf")
        path.write_bytes(pdf)
        return self.workspace.proof.reports.verify(path, trusted)


def office_in(folder: Path, name: str = "Nordlicht Versand GmbH", at=AT) -> Office:
    settings = Settings.from_environment({}, home=folder / "desk")
    workspace = Workspace(settings, lambda: at)
    workspace.set_organisation(Organisation(name=name))
    report = workspace.build_report(ReportKind.REQUEST_LOG)
    path = folder / "report.pdf"
    path.write_bytes(workspace.report_pdf(report))
    return Office(workspace, report, path)


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Office:
    """Read only."""
    return office_in(tmp_path_factory.mktemp("office"))


@pytest.fixture
def office(kept, tmp_path) -> Office:
    """One to be changed."""
    shutil.copytree(kept.path.parent, tmp_path / "office")
    home = tmp_path / "office" / "desk"
    workspace = Workspace(Settings.from_environment({}, home=home), lambda: AT)
    return Office(workspace, kept.report, tmp_path / "office" / "report.pdf")


def failing(checked: Checked) -> set[Aspect]:
    return {said.about for said in checked.statements if said.holds is Holds.NO}


# ---------------------------------------------------------------- as it was made


def test_a_report_that_nobody_touched_holds_in_every_aspect(kept):
    checked = kept.check()

    assert checked.ok, says(checked)
    assert {said.about for said in checked.statements} == EVERY
    assert checked.sha256 == kept.report.sha256
    assert checked.signature.signer == "Nordlicht Versand GmbH"
    assert "entry" in says(checked)


def test_a_report_is_still_known_after_the_certificate_was_made_anew(office):
    office.workspace.set_organisation(Organisation(name="Südlicht"))
    newer = office.workspace.build_report(ReportKind.REQUEST_LOG)

    assert newer.signer != office.report.signer
    assert office.check().ok
    assert office.check(office.workspace.report_pdf(newer)).ok


def test_a_report_is_still_known_when_its_certificate_has_ended(kept):
    late = Workspace(kept.workspace.settings, lambda: AT + 9 * YEAR)

    assert late.proof.reports.verify(kept.path).ok


def test_hash_before_signing_is_that_of_a_report_made_anew_from_the_evidence(kept):
    opened = examined(kept.pdf)
    unsigned = kept.pdf[: opened.unsigned]

    evidence = from_plain(LogEvidence, json.loads(opened.attached["evidence.json"]))
    rebuilt = build(ReportKind.REQUEST_LOG, evidence).pdf
    facts = json.loads(_newest_entry(kept))["facts"]
    assert hashlib.sha256(rebuilt).hexdigest() == facts["unsigned"] == kept.report.unsigned
    assert rebuilt == unsigned


def _newest_entry(office: Office) -> str:
    with closing(past_the_desk(office.workspace.settings)) as connection:
        query = "select body from trail order by number desc limit 1"
        return connection.execute(query).fetchone()[0]


@pytest.mark.parametrize(
    "name", ["\u202eGmbH evil", "🦊🦊", "שירותי נתונים", "北极光", "%%EOF", "()<>[]\\", ""]
)
def test_a_report_of_an_organisation_of_any_name_holds(tmp_path, name):
    office = office_in(tmp_path, name)

    assert office.check().ok
    assert "\u202e" not in says(office.check())


# ---------------------------------------------------------------- what is no report


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is empty"),
        (b"%PDF-1.7\n", "it is damaged"),
        (b"not a PDF", "it is not a PDF"),
        (b"PK\x03\x04", "it is not a PDF"),
        (b"%PDF-1.7\n" + b"\x00" * 10_000, "it is damaged"),
        (b"%PDF-1.7\n" + b"startxref 0 %%EOF\n" * 500, "it is damaged"),
    ],
)
def test_another_file_is_refused_in_one_sentence(kept, content, why):
    with pytest.raises(NotAReportError, match=why):
        kept.check(content)


def test_a_folder_a_missing_file_and_a_device_are_refused(kept, tmp_path):
    verify = kept.workspace.proof.reports.verify
    with pytest.raises(NotAReportError, match="it is a folder"):
        verify(tmp_path)
    for path in (tmp_path / "none.pdf", Path("/dev/zero")):
        with pytest.raises(FileMissingError):
            verify(path)
    with pytest.raises(SignerError, match="holds none"):
        verify(kept.path, kept.path)


def test_an_encrypted_file_is_refused(kept):
    to = BytesIO()
    with pikepdf.open(BytesIO(kept.pdf)) as pdf:
        pdf.save(to, encryption=pikepdf.Encryption(owner="o", user=""))

    with pytest.raises(NotAReportError, match="it is encrypted"):
        kept.check(to.getvalue())


def test_a_file_that_unfolds_to_more_than_memory_holds_is_refused(kept):
    with pikepdf.open(BytesIO(kept.pdf)) as pdf:
        spec = pikepdf.AttachedFileSpec(pdf, b"0" * 80_000_000, filename="evidence.json")
        pdf.attachments["evidence.json"] = spec
        to = BytesIO()
        pdf.save(to, compress_streams=True)
    assert len(to.getvalue()) < 1_000_000

    with pytest.raises(NotAReportError, match="it is damaged"):
        kept.check(to.getvalue())


def test_a_file_larger_than_any_report_is_refused_unread(kept, monkeypatch):
    monkeypatch.setattr("compliance.report.examining.MOST_BYTES", 1000)

    with pytest.raises(NotAReportError, match="it is larger than"):
        kept.check(kept.pdf)


# ---------------------------------------------------------------- changed after signing


def _tampered(pdf: bytes, random_: random.Random) -> bytes:
    """`pdf` changed in a way that is drawn; anything may be left of its structure."""
    changed = bytearray(pdf)
    at = random_.randrange(len(pdf))
    match random_.randrange(8):
        case 0:
            changed[at] ^= 1 << random_.randrange(8)
        case 1:
            del changed[at : at + random_.choice((1, 1, 10, 1000))]
        case 2:
            changed[at:at] = random_.randbytes(random_.choice((1, 2, 50)))
        case 3:
            changed = changed[: max(at, 10)]
        case 4:
            changed += random_.choice((b"\n", b" ", b"%%EOF", b"\x00" * 9, random_.randbytes(99)))
        case 5:
            other = random_.randrange(len(pdf) - 64)
            changed[at : at + 64] = pdf[other : other + 64]
        case 6:  # within the signature itself
            gap = pdf.rindex(b"/Contents <") + random_.randrange(3000)
            changed[gap] = random_.choice(b"0123456789abcdefABCDEF> \n")
        case 7:  # an increment that puts another object in the place of one
            number = random_.randrange(1, 300)
            start = len(changed)
            last = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
            root = re.findall(rb"/Root (\d+) 0 R", pdf)[-1]
            changed += b"%d 0 obj\n<</Type /Page>>\nendobj\n" % number
            table = len(changed)
            changed += b"xref\n%d 1\n%010d 00000 n \n" % (number, start)
            changed += b"trailer\n<</Size 9999 /Root %s 0 R /Prev %d>>\n" % (root, last)
            changed += b"startxref\n%d\n%%%%EOF\n" % table
    return bytes(changed)


def _tamperings(pdf: bytes, count: int) -> Iterator[bytes]:
    random_ = random.Random(20261124)
    while count:
        changed = _tampered(pdf, random_)
        if changed != pdf:
            count -= 1
            yield changed


@pytest.mark.anywhere
def test_every_one_of_a_thousand_random_changes_is_caught(kept):
    """By the signature alone: neither evidence nor trail is asked."""
    trust = {"known": frozenset({kept.report.signer})}
    assert set(found(examined(kept.pdf, **trust), Aspect.SIGNATURE)) == {Holds.YES}
    missed = []
    for changed in _tamperings(kept.pdf, TAMPERINGS):
        try:
            opened = examined(changed, **trust)
        except NotAReportError:
            continue
        if Holds.NO not in found(opened, Aspect.SIGNATURE):
            missed.append(changed)

    # Of itself a signature covers not all; that is what the trail holds the hash of the file for.
    assert [kept.check(changed).ok for changed in missed] == [False] * len(missed)
    gap = range(kept.pdf.rindex(b"/Contents <"), len(kept.pdf))
    for changed in missed:
        assert len(changed) == len(kept.pdf)
        differ = [n for n, (a, b) in enumerate(zip(changed, kept.pdf, strict=True)) if a != b]
        assert set(differ) <= set(gap)
    assert len(missed) < TAMPERINGS / 50


def test_random_changes_are_caught_by_the_desk(kept):
    for changed in _tamperings(kept.pdf, 60):
        try:
            assert not kept.check(changed).ok
        except NotAReportError:
            continue


def test_bytes_in_the_gap_are_caught(kept):
    pdf = kept.pdf
    end = pdf.index(b">", pdf.rindex(b"/Contents <"))

    hidden = pdf[: end - 9] + b"deadbeef0" + pdf[end:]
    cased = pdf[: end - 1] + b" " + pdf[end:]

    for changed in (hidden, cased):
        assert len(changed) == len(pdf)
        assert changed != pdf
        assert Aspect.SIGNATURE in failing(kept.check(changed))


def test_a_byte_range_that_leaves_out_more_than_the_signature_is_caught(kept):
    pdf = kept.pdf
    zero, one, two, three = re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]", pdf)[-1]
    old = b"/ByteRange [%s %s %s %s]" % (zero, one, two, three)
    for new in (
        b"/ByteRange [%s %d %s %s]" % (zero, int(one) - 1, two, three),
        b"/ByteRange [%s %s %d %d]" % (zero, one, int(two) + 1, int(three) - 1),
        b"/ByteRange [1 %d %s %s]" % (int(one) - 1, two, three),
        b"/ByteRange [%s %s %d %s]" % (zero, one, int(two) - 1, three),
    ):
        changed = pdf.replace(old, new.ljust(len(old)))
        assert changed != pdf
        assert not kept.check(changed).ok
        assert Holds.NO in found(kept.check(changed), Aspect.SIGNATURE)


def test_saving_again_is_caught(kept):
    to = BytesIO()
    with pikepdf.open(BytesIO(kept.pdf)) as pdf:
        pdf.save(to)

    assert Aspect.SIGNATURE in failing(kept.check(to.getvalue()))


def test_another_attachment_is_caught(kept):
    to = BytesIO()
    with pikepdf.open(BytesIO(kept.pdf)) as pdf:
        spec = pikepdf.AttachedFileSpec(pdf, b"{}", filename="evidence.json")
        pdf.attachments["evidence.json"] = spec
        pdf.save(to)

    assert {Aspect.SIGNATURE, Aspect.EVIDENCE} <= failing(kept.check(to.getvalue()))


def test_a_report_without_its_signature_is_told_to_be_unsigned(kept):
    unsigned = kept.pdf[: examined(kept.pdf).unsigned]

    checked = kept.check(unsigned)

    assert "It is not signed" in says(checked)
    assert checked.signatures == ()
    assert not checked.ok


def test_a_file_signed_again_by_another_is_another_signature(kept):
    unsigned = kept.pdf[: examined(kept.pdf).unsigned]
    forged = sign(unsigned, from_pem(self_made("Nordlicht Versand GmbH", AT)), AT)

    checked = kept.check(forged)

    assert found(checked, Aspect.SIGNATURE) == [Holds.YES]
    assert found(checked, Aspect.SIGNER) == [Holds.UNKNOWN]
    assert "on another signature of it" in says(checked)


# ---------------------------------------------------------------- added after signing


def test_a_regulator_can_sign_too(kept, tmp_path):
    office = holder("Data protection authority", authority())
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(authority().pem)
    both = cases.countersigned(kept.pdf, office)

    checked = kept.check(both, trusted)

    assert [s.signer for s in checked.signatures] == [
        "Nordlicht Versand GmbH",
        "Data protection authority",
    ]
    assert found(checked, Aspect.SIGNATURE) == [Holds.YES, Holds.YES]
    assert found(checked, Aspect.SIGNER) == [Holds.YES, Holds.YES]
    assert found(checked, Aspect.TRAIL) == [Holds.YES, Holds.YES]
    assert failing(checked) == set()
    assert found(kept.check(both), Aspect.SIGNER) == [Holds.YES, Holds.UNKNOWN]


def test_a_change_between_two_signatures_is_caught(kept):
    first = cases.countersigned(kept.pdf, holder("One"), field="One")
    both = cases.countersigned(first, holder("Two"), field="Two")
    assert found(kept.check(both), Aspect.SIGNATURE) == [Holds.YES] * 3

    changed = bytearray(both)
    changed[len(kept.pdf) + 100] ^= 1
    with suppress(NotAReportError):  # it may be damaged, too
        assert Aspect.SIGNATURE in failing(kept.check(bytes(changed)))


def test_a_signature_that_shows_on_a_page_may_hide_what_stands_there(kept):
    both = cases.countersigned(kept.pdf, holder("Office"), visible=True)

    checked = kept.check(both)

    assert found(checked, Aspect.SIGNATURE)[0] is Holds.UNKNOWN
    assert "may hide what stands there" in says(checked)


def _with_increment(pdf: bytes) -> bytes:
    """The first page emptied in an increment, as an editor saves it."""
    from pyhanko.pdf_utils.generic import DictionaryObject, NameObject, StreamObject
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    writer._update_meta = lambda *_, **__: None
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page[NameObject("/Contents")] = writer.add_object(
        StreamObject(DictionaryObject(), stream_data=b"% nothing")
    )
    writer.update_container(page)
    to = BytesIO()
    writer.write(to)
    return to.getvalue()


def test_other_pages_after_the_signature_are_caught(kept):
    changed = _with_increment(kept.pdf)

    checked = kept.check(changed)

    assert changed.startswith(kept.pdf)
    assert "something was added to the file after" in says(checked)
    assert Aspect.SIGNATURE in failing(checked)


def test_other_pages_under_a_second_signature_are_caught(kept):
    """What a forger hands out: the pages changed, and signed in a name of his own."""
    forged = cases.countersigned(_with_increment(kept.pdf), holder("Nordlicht Versand GmbH"))

    checked = kept.check(forged)

    assert Aspect.SIGNATURE in failing(checked)


def test_bytes_after_the_end_are_caught(kept):
    for more in (b"\n", b" %%EOF\n", b"\x00", b"% harmless"):
        with suppress(NotAReportError):  # readers that find no end there may refuse it
            assert Aspect.SIGNATURE in failing(kept.check(kept.pdf + more))


# ---------------------------------------------------------------- reports of other desks


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory) -> Office:
    """Another desk with a report of its own."""
    return office_in(tmp_path_factory.mktemp("elsewhere"), "Südlicht")


def _certificate_of(office: Office, folder: Path) -> Path:
    path = folder / "trusted.pem"
    path.write_text(office.check().signature.certificate)
    return path


def test_a_report_of_another_desk_cannot_be_told_of(kept, elsewhere):
    checked = kept.check(elsewhere.pdf)

    assert checked.verdict is Holds.UNKNOWN
    assert found(checked, Aspect.SIGNATURE) == [Holds.YES]
    assert "another desk made it, or nobody" in says(checked)
    assert "fingerprint" in says(checked)
    assert elsewhere.report.signer in says(checked)


def test_pages_of_a_trusted_desk_are_made_anew_and_compared(kept, elsewhere, tmp_path):
    checked = kept.check(elsewhere.pdf, _certificate_of(elsewhere, tmp_path))

    assert found(checked, Aspect.SIGNER) == [Holds.YES]
    assert found(checked, Aspect.PAGES) == [Holds.YES]
    assert "the same to the byte" in says(checked)
    assert found(checked, Aspect.TRAIL) == [Holds.UNKNOWN]


def _signed_elsewhere(pdf: bytes, tmp_path: Path) -> tuple[bytes, Path]:
    by = holder("Trusted desk", authority())
    trusted = tmp_path / "roots.pem"
    trusted.write_bytes(authority().pem)
    return sign(pdf, by.signatory, AT), trusted


def _changed_evidence(pdf: bytes, change: bytes) -> bytes:
    to = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        opened.attachments["evidence.json"] = pikepdf.AttachedFileSpec(
            opened, change, filename="evidence.json"
        )
        opened.save(to)
    return to.getvalue()


@pytest.fixture(scope="module")
def audit() -> bytes:
    return build(ReportKind.AUDIT, samples.bare()).pdf


def _evidence_in(pdf: bytes) -> bytes:
    with pikepdf.open(BytesIO(pdf)) as opened:
        return opened.attachments["evidence.json"].get_file().read_bytes()


def test_evidence_that_is_not_of_the_pages_is_caught_even_where_a_trusted_desk_signed(
    kept, tmp_path, elsewhere
):
    plain = json.loads(_evidence_in(elsewhere.pdf))
    plain["organisation"]["name"] = "Somebody else"
    unsigned = elsewhere.pdf[: examined(elsewhere.pdf).unsigned]
    forged, trusted = _signed_elsewhere(_changed_evidence(unsigned, rfc8785.dumps(plain)), tmp_path)

    checked = kept.check(forged, trusted)

    assert found(checked, Aspect.SIGNER) == [Holds.YES]
    assert failing(checked) == {Aspect.PAGES}


def test_pages_put_over_the_first_ones_before_signing_are_caught(kept, tmp_path, elsewhere):
    unsigned = elsewhere.pdf[: examined(elsewhere.pdf).unsigned]
    forged, trusted = _signed_elsewhere(_with_increment(unsigned), tmp_path)

    checked = kept.check(forged, trusted)

    assert found(checked, Aspect.SIGNATURE) == [Holds.YES]
    assert Aspect.PAGES in failing(checked)
    assert adds_only_itself(elsewhere.pdf)
    assert not adds_only_itself(forged)


def test_pages_of_another_version_are_not_compared(kept, tmp_path, audit):
    other = build(ReportKind.AUDIT, replace(samples.bare(), desk_version="0.0.1")).pdf
    same = build(ReportKind.AUDIT, replace(samples.bare(), desk_version=__version__)).pdf

    for unsigned, holds in ((other, Holds.UNKNOWN), (same, Holds.YES)):
        signed, trusted = _signed_elsewhere(unsigned, tmp_path)
        assert found(kept.check(signed, trusted), Aspect.PAGES) == [holds]


@pytest.mark.parametrize(
    ("evidence", "why"),
    [
        (b"", "it was changed"),
        (b"{", "it was changed"),
        (b"[]", "it was changed"),
        (b'{"b": 1}', "it was changed"),
        (b"[" * 100_000, "it was changed"),
        (b'{"trail":{"entries":1,"head":"","root":""}}', "two different moments"),
    ],
)
def test_evidence_that_no_desk_writes_is_caught(kept, tmp_path, elsewhere, evidence, why):
    unsigned = elsewhere.pdf[: examined(elsewhere.pdf).unsigned]
    signed, trusted = _signed_elsewhere(_changed_evidence(unsigned, evidence), tmp_path)

    checked = kept.check(signed, trusted)

    assert Aspect.EVIDENCE in failing(checked)
    assert why in says(checked)


def test_missing_and_renamed_evidence_is_caught(kept, tmp_path, audit):
    with pikepdf.open(BytesIO(audit)) as pdf:
        evidence = pdf.attachments["evidence.json"].get_file().read_bytes()
        del pdf.attachments["evidence.json"]
        pdf.attachments["Evidence.json"] = pikepdf.AttachedFileSpec(
            pdf, evidence, filename="evidence.json"
        )
        to = BytesIO()
        pdf.save(to)
    signed, trusted = _signed_elsewhere(to.getvalue(), tmp_path)

    checked = kept.check(signed, trusted)

    assert "No evidence is attached" in says(checked)
    assert Aspect.EVIDENCE in failing(checked)


def test_two_files_of_one_name_are_caught(kept, tmp_path, audit):
    with pikepdf.open(BytesIO(audit)) as pdf:
        names = pdf.Root.Names.EmbeddedFiles.Names
        names.extend([pikepdf.String("evidence.json"), names[1]])
        to = BytesIO()
        pdf.save(to)
    signed, trusted = _signed_elsewhere(to.getvalue(), tmp_path)

    assert "nobody can say which one counts" in says(kept.check(signed, trusted))


# ---------------------------------------------------------------- the trail


def test_a_report_whose_entry_is_gone_is_told(office):
    tamper(
        office.workspace.settings.home,
        "delete from trail where number = (select max(number) from trail)",
    )

    checked = office.check()

    assert Aspect.TRAIL in failing(checked)
    assert "the trail has no entry on it" in says(checked)


def test_a_report_whose_record_is_gone_is_told(office):
    tamper(office.workspace.settings.home, "delete from report")

    checked = office.check()

    assert Aspect.TRAIL in failing(checked)
    assert "its trail knows no such report" in says(checked)


def test_a_changed_trail_is_told(office):
    tamper(
        office.workspace.settings.home,
        "update trail set body = replace(body, 'report.build', 'report.bvild')",
    )

    assert Aspect.TRAIL in failing(office.check())


def test_a_checkpoint_by_a_wrong_key_is_told(office):
    """The desk's folder was made anew around the same records."""
    (office.workspace.settings.home / "trail.key").unlink()

    checked = office.check()

    assert Aspect.TRAIL in failing(checked)
    assert re.search("another desk|wrong key|none of this trail", says(checked))


def test_a_report_from_a_time_that_is_still_to_come_is_told(kept):
    early = Workspace(kept.workspace.settings, lambda: AT - YEAR)

    checked = early.proof.reports.verify(kept.path)

    assert Aspect.TIME in failing(checked)
    assert "still to come" in says(checked)


def test_a_report_from_while_the_clock_was_set_back_is_told(tmp_path):
    office = office_in(tmp_path)
    back = Workspace(office.workspace.settings, lambda: AT - timedelta(days=9))
    report = back.build_report(ReportKind.REQUEST_LOG)

    checked = office.check(back.report_pdf(report))

    assert checked.verdict is Holds.UNKNOWN
    assert "the clock of this desk was set back" in says(checked)
    assert "set back" in says(office.check())


# ---------------------------------------------------------------- who signed


def test_a_certificate_that_ended_needs_a_time_stamp(tmp_path):
    by = holder("Short", authority(), until=AT + timedelta(days=1))
    roots = roots_from(authority().pem + cases.stamping().pem)
    later = AT + timedelta(days=30)
    plain = sign(cases.unsigned(), by.signatory, AT)
    with cases.stamper() as url:
        stamped = sign(cases.unsigned(), by.signatory, AT, url)

    assert found(examined(plain, roots=roots), Aspect.SIGNER) == [Holds.YES]
    assert found(examined(plain, roots=roots, at=later), Aspect.SIGNER) == [Holds.UNKNOWN]
    assert found(examined(stamped, roots=roots, at=later), Aspect.SIGNER) == [Holds.YES]


def test_a_signature_dated_outside_its_certificate_is_told():
    late = holder("Later", since=AT + timedelta(days=2))
    pdf = sign(cases.unsigned(), late.signatory, AT + timedelta(days=3))

    backdated = cases.dated(cases.unsigned(), late, AT)

    assert found(examined(pdf, at=AT + YEAR / 2), Aspect.SIGNER) == [Holds.UNKNOWN]
    assert found(examined(backdated), Aspect.SIGNER) == [Holds.NO]


def test_a_certificate_for_something_else_is_told():
    by = holder("Web server", usages=("key_encipherment",))

    assert found(examined(cases.dated(cases.unsigned(), by, AT)), Aspect.SIGNER) == [Holds.NO]


def test_weak_hashes_are_no_signature():
    pdf = cases.dated(cases.unsigned(), holder("Old ways"), AT, hashed="sha1")

    assert found(examined(pdf), Aspect.SIGNATURE) == [Holds.NO]


def test_what_a_signature_does_not_cover_of_itself_holds_nothing_more(kept):
    stuffed = cases.stuffed(kept.pdf)

    assert len(stuffed) == len(kept.pdf)
    assert Aspect.SIGNATURE in failing(kept.check(stuffed))


def test_the_twin_of_a_signature_is_told_by_the_trail(kept):
    """Of a signature on a curve, (r, n − s) holds too: anybody can make it, without the key."""
    twin = cases.twin(kept.pdf)

    assert len(twin) == len(kept.pdf)
    assert twin != kept.pdf
    assert found(examined(twin), Aspect.SIGNATURE) == [Holds.YES]
    assert failing(kept.check(twin)) == {Aspect.TRAIL}


# ---------------------------------------------------------------- the command line


def test_the_command_line_says_what_was_found(kept, elsewhere, tmp_path):
    home = kept.workspace.settings.home
    good = run(home, "--json", "report", "verify", kept.path)
    other = run(home, "report", "verify", elsewhere.path)

    assert good.code == 0
    assert good.document["ok"]
    assert good.document["verdict"] == "holds"
    assert "certificate" not in good.document["signatures"][0]
    assert other.code != 0
    assert "cannot be told" in other.out
    assert f"with the signer: {elsewhere.report.signer}" in other.out

    (tmp_path / "empty.pdf").touch()
    said = refused(home, "report", "verify", tmp_path / "empty.pdf")
    assert said.endswith("empty.pdf is no report of Privacy Desk: it is empty.")
