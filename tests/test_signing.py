"""Reports are signed by the desk, by a file or by a token; what cannot sign says so plainly."""

from __future__ import annotations

import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
import signing_cases as cases
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from signing_cases import AT, PASSWORD, YEAR, authority, examined, found, holder

from compliance.errors import SignerError, WorkspaceError
from compliance.register.nouns import Organisation
from compliance.report import signatories, time_stamping
from compliance.report.nouns.signatures import Aspect, Holds
from compliance.report.signatories import common_name, from_pem, from_pkcs12, from_token, name_of
from compliance.report.signing import sign
from compliance.settings import Settings
from compliance.workspace.desk import Desk
from compliance.workspace.reporting import signing

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")


def desk_at(home: Path, at=AT, **settings: str) -> Desk:
    home.mkdir(exist_ok=True)
    named = {f"PRIVACY_DESK_{name.upper()}": value for name, value in settings.items()}
    return Desk(Settings.from_environment(named, home=home), lambda: at)


def seal(desk: Desk, name: str = "Nordlicht"):
    return signing.signed(desk, cases.unsigned(), Organisation(name=name))


def holds(pdf: bytes, **trust) -> list[Holds]:
    opened = examined(pdf, **trust)
    return [*found(opened, Aspect.SIGNATURE), *found(opened, Aspect.SIGNER)]


# ---------------------------------------------------------------- what a signature leaves alone


def test_what_was_there_before_stays_byte_by_byte():
    assert cases.signed().startswith(cases.unsigned() + b"\n")
    assert examined(cases.signed()).unsigned == len(cases.unsigned())


def test_signature_is_pades_by_sha_256_and_allows_only_further_signatures():
    with pikepdf.open(BytesIO(cases.signed())) as pdf:
        signature = pdf.Root.AcroForm.Fields[0].V

        assert signature.SubFilter == "/ETSI.CAdES.detached"
        assert signature.Reference[0].TransformParams.P == 2
        assert pdf.Root.Perms.DocMDP.objgen == signature.objgen
        assert signature.ByteRange[0] == 0


def test_poppler_agrees_that_the_signature_is_valid(tmp_path):
    if shutil.which("pdfsig") is None:
        pytest.skip("pdfsig is not installed")
    path = tmp_path / "signed.pdf"
    path.write_bytes(cases.signed())

    said = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False)

    assert "Signature is Valid" in said.stdout
    assert "Total document signed" in said.stdout
    assert "SHA-256" in said.stdout


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Nordlicht Versand GmbH", "Nordlicht Versand GmbH"),
        ("北极光物流有限公司", "北极光物流有限公司"),
        ("שירותי נתונים", "שירותי נתונים"),
        ("Daten שירותי GmbH", "Daten GmbH"),
        ("Fox 🦊 & Söhne", "Fox & Söhne"),
        ("Ada\u202egnp.exe", "Adagnp.exe"),
        ("two\nlines\x00", "twolines"),
        ("🦊\u202e", ""),
        ("x" * 200, "x" * 64),
        ("北" * 40, "北" * 21),
        ("🦊" * 40 + "é" * 40, "é" * 32),
        ("", ""),
    ],
)
def test_an_organisation_of_any_name_can_sign(tmp_path, name, kept):
    assert common_name(name) == kept

    pdf, signature = seal(desk_at(tmp_path / "desk"), name)

    assert signature.signer == (kept or "Privacy Desk")
    assert holds(pdf, known={signature.fingerprint}) == [Holds.YES, Holds.YES]


def test_a_name_that_looks_like_the_end_of_a_file_does_not_move_it(tmp_path):
    pdf, _ = seal(desk_at(tmp_path / "desk"), "startxref 9 %%EOF")

    assert pdf[: examined(pdf).unsigned] == cases.unsigned()


# ---------------------------------------------------------------- the desk's own key


def test_the_desk_signs_with_the_same_key_again(tmp_path):
    desk = desk_at(tmp_path / "desk")

    assert seal(desk)[1].fingerprint == seal(desk)[1].fingerprint
    assert (tmp_path / "desk" / signing.FILE).stat().st_mode & 0o777 == 0o600
    assert not list((tmp_path / "desk").glob("*.partial"))


def test_processes_that_make_the_key_at_once_end_up_with_one(tmp_path):
    desk = desk_at(tmp_path / "desk")
    with ThreadPoolExecutor(8) as several:
        keys = {each[1].fingerprint for each in several.map(lambda _: seal(desk), range(8))}

    assert len(keys) == 1


@pytest.mark.parametrize(
    ("at", "name"),
    [(AT + 6 * YEAR, "Nordlicht"), (AT - 2 * YEAR, "Nordlicht"), (AT, "Südlicht")],
    ids=["ended", "not begun", "called otherwise"],
)
def test_a_certificate_that_no_longer_holds_is_made_anew(tmp_path, at, name):
    before = seal(desk_at(tmp_path / "desk"))[1]

    pdf, after = seal(desk_at(tmp_path / "desk", at), name)

    assert after.fingerprint != before.fingerprint
    assert after.signer == name
    assert holds(pdf, at=at, known={after.fingerprint}) == [Holds.YES, Holds.YES]


def test_a_key_that_others_can_read_is_refused(tmp_path):
    seal(desk_at(tmp_path / "desk"))
    (tmp_path / "desk" / signing.FILE).chmod(0o644)

    with pytest.raises(WorkspaceError, match=r"can be read by others .* delete it"):
        seal(desk_at(tmp_path / "desk"))


@pytest.mark.parametrize("content", [b"", b"garbage", b"half"])
def test_a_damaged_key_says_so_and_is_not_replaced(tmp_path, content):
    seal(desk_at(tmp_path / "desk"))
    path = tmp_path / "desk" / signing.FILE
    path.write_bytes(path.read_bytes()[:200] if content == b"half" else content)
    before = path.read_bytes()

    with pytest.raises(WorkspaceError, match="is damaged; restore it"):
        seal(desk_at(tmp_path / "desk"))
    assert path.read_bytes() == before


def test_a_folder_in_place_of_the_key_is_told(tmp_path):
    (tmp_path / "desk" / signing.FILE).mkdir(parents=True, mode=0o700)

    with pytest.raises(WorkspaceError):
        seal(desk_at(tmp_path / "desk"))


# ---------------------------------------------------------------- certificates of one's own


KEYS = {
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "RSA": lambda: rsa.generate_private_key(65537, 2048),
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
}


@pytest.mark.parametrize("kind", KEYS)
def test_a_pkcs_12_file_signs_and_its_authority_vouches_for_it(tmp_path, kind):
    one = holder("Legal department", authority(), key=KEYS[kind]())
    path = tmp_path / "seal.p12"
    path.write_bytes(one.to_pkcs12(authority()))
    desk = desk_at(tmp_path / "desk", signer=str(path), signer_password=PASSWORD)

    pdf, signature = seal(desk)

    roots = signatories.roots_from(authority().pem)
    assert signature.signer == "Legal department"
    assert not signature.is_self_made
    assert holds(pdf, roots=roots) == [Holds.YES, Holds.YES]
    assert holds(pdf) == [Holds.YES, Holds.UNKNOWN]
    assert not (tmp_path / "desk" / signing.FILE).exists()


def test_a_wrong_password_is_told():
    data = holder("x").to_pkcs12()

    for password in ("wrong", "", PASSWORD + " "):
        with pytest.raises(SignerError, match="or the password is another"):
            from_pkcs12(data, password)


@pytest.mark.parametrize("data", [b"", b"no file of that kind", b"0\x82" + b"\x00" * 99])
def test_a_file_of_another_kind_is_told(data):
    with pytest.raises(SignerError, match="cannot be read"):
        from_pkcs12(data, PASSWORD)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(SignerError, match="its file cannot be read"):
        seal(desk_at(tmp_path / "desk", signer=str(tmp_path / "none.p12")))


def test_a_key_of_another_certificate_is_told():
    one, other = holder("one"), holder("other")
    key = one.whole_pem.partition(b"-----BEGIN CERTIFICATE")[0]

    with pytest.raises(SignerError, match="not that of its key"):
        from_pem(key + other.pem)


def test_a_name_that_no_certificate_may_have_is_told():
    with pytest.raises(SignerError, match="RFC 4518"):
        from_pem(holder("Daten שירותי GmbH").whole_pem)


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"until": AT - timedelta(days=1)}, "ended on 2026-11-23"),
        ({"since": AT + timedelta(days=1)}, "begins only on 2026-11-25"),
        ({"usages": ("key_encipherment",)}, "is not for signatures"),
    ],
)
def test_nobody_signs_with_a_certificate_that_is_not_for_that_or_not_now(settings, why):
    with pytest.raises(SignerError, match=why):
        sign(cases.unsigned(), holder("Old", **settings).signatory, AT)


def test_a_certificate_that_says_nothing_of_its_use_signs():
    pdf = sign(cases.unsigned(), holder("Plain", usages=()).signatory, AT)

    assert found(examined(pdf), Aspect.SIGNATURE) == [Holds.YES]


# ---------------------------------------------------------------- tokens


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """SoftHSM keeps its tokens in a folder of this run; `make test` installs it."""
    folder = tmp_path_factory.mktemp("tokens")
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        yield folder


@pytest.mark.parametrize("kind", ["RSA", "P-256"])
def test_a_key_on_a_token_signs_again_and_again(store, tmp_path, kind):
    card = cases.token(store, str(MODULE), f"card-{kind}", KEYS[kind]())
    desk = desk_at(tmp_path / "desk", signer=card.address, signer_password=card.pin)

    made = [seal(desk) for _ in range(2)]
    with ThreadPoolExecutor(3) as several:
        made += several.map(lambda _: seal(desk), range(3))

    for pdf, signature in made:
        assert signature.signer == f"Card of card-{kind}"
        assert holds(pdf, known={signature.fingerprint}) == [Holds.YES, Holds.YES]


def test_a_token_that_cannot_be_opened_is_told_and_let_go(store):
    card = cases.token(store, str(MODULE), "let-go", KEYS["P-256"]())
    wrong = [
        (card.address, "1234"),
        (card.address.replace("object=seal", "object=none"), card.pin),
        (card.address.replace("token=let-go", "token=none"), card.pin),
        (card.address.replace("libsofthsm2", "libnone"), card.pin),
    ]

    for address, pin in wrong:
        with pytest.raises(SignerError, match="token cannot be opened"):
            from_token(address, pin)
    from_token(card.address, card.pin).close()


@pytest.mark.parametrize("address", ["pkcs11:", "pkcs11:token=a;object=b", "pkcs11:?module-path=x"])
def test_an_address_that_says_too_little_is_told(address):
    with pytest.raises(SignerError, match="RFC 7512"):
        from_token(address, "")


# ---------------------------------------------------------------- time stamps


def test_an_authority_confirms_the_time(tmp_path):
    later = AT + timedelta(minutes=3)
    with cases.stamper(at=later) as url:
        pdf, signature = seal(desk_at(tmp_path / "desk", time_stamp_url=url))

    trusting = examined(pdf, at=later, roots=signatories.roots_from(cases.stamping().pem))
    assert signature.is_time_stamped
    assert found(examined(pdf, at=later), Aspect.TIME) == [Holds.UNKNOWN]
    assert found(trusting, Aspect.TIME) == [Holds.YES]
    assert "Clock of the state confirms" in cases.says(trusting)
    assert trusting.signatures[0].at == later


@pytest.mark.parametrize(
    "behaviour",
    [
        {"status": 500},
        {"answer": b""},
        {"answer": b"<html>hello</html>"},
        {"answer": b"\x30\x03\x02\x01\x02"},
        {"answer": b"\x30\x05\x30\x03\x02\x01\x02"},
        {"waits": 60},
        {"waits": 0.05, "drips": True},
    ],
    ids=["broken", "empty", "a page", "no answer", "refused", "slow", "drips"],
)
def test_an_authority_that_gives_no_time_stamp_stops_the_report(tmp_path, monkeypatch, behaviour):
    monkeypatch.setattr(time_stamping, "SECONDS", 1.0)
    if behaviour.get("waits") == 60:
        behaviour = {"waits": 3}
    begun = time.monotonic()
    with cases.stamper(**behaviour) as url:
        with pytest.raises(SignerError, match="gives no time stamp"):
            seal(desk_at(tmp_path / "desk", time_stamp_url=url))
        waited = time.monotonic() - begun
    if behaviour.get("drips"):
        assert waited < 60  # it would never end


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "ftp://x/", "nonsense", "http://[::1"])
def test_an_authority_that_is_not_there_stops_the_report(tmp_path, url):
    with pytest.raises(SignerError, match="gives no time stamp"):
        seal(desk_at(tmp_path / "desk", time_stamp_url=url))


def test_whom_a_certificate_names_is_shown_on_one_line():
    certificate, _ = holder("Ada\u202e\nLovelace" + "x" * 40).asn1

    assert "\n" not in name_of(certificate)
    assert "\u202e" not in name_of(certificate)
