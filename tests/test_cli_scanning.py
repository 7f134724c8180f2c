"""Texts and images by the command line: in any encoding, and refused in one sentence."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from tests.cli_cases import refused, run, written

TEXT = "Mail john.smith@example.com, call +49 30 901820. 张伟的手机是13812345678。\n"
FOUND = ["EMAIL", "PHONE", "PHONE"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("texts") / "desk"
    assert run(home, "dataset", "list").code == 0
    return home


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(TEXT.encode(), id="utf-8"),
        pytest.param(TEXT.encode("utf-8-sig"), id="with a mark"),
        pytest.param(TEXT.encode("utf-16"), id="utf-16"),
        pytest.param(TEXT.encode("utf-16-le"), id="utf-16 without a mark"),
        pytest.param(TEXT.encode("gb18030") * 4, id="gb18030"),
        pytest.param(TEXT.encode() + b"\0\0\0", id="with a few zeros"),
        pytest.param(TEXT.encode() + "Müller\n".encode("latin-1"), id="mixed"),
    ],
)
def test_a_text_is_read_in_whatever_encoding_it_has(
    desk: Path, tmp_path: Path, content: bytes
) -> None:
    out = tmp_path / "safe.txt"
    path = written(tmp_path, "letter.txt", content)

    answer = run(desk, "--json", "discover-text", path, "--redact", out)

    assert answer.code == 0
    types = [span["type"] for span in answer.document["spans"]]
    assert [kind for kind in types if kind in FOUND][:3] == FOUND
    assert all(secret not in out.read_text() for secret in ("john.smith", "901820", "13812345678"))


def picture(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    file = io.BytesIO()
    Image.effect_noise(size, 90).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(picture("PNG", (200, 200)), id="png"),
        pytest.param(picture("JPEG", (200, 200)), id="jpeg"),
        pytest.param(bytes(range(256)) * 20, id="all bytes"),
    ],
)
def test_what_is_no_text_is_not_searched_for_people(
    desk: Path, tmp_path: Path, content: bytes
) -> None:
    path = written(tmp_path, "letter.txt", content)

    assert "encoding cannot be made out" in refused(desk, "discover-text", path)


@pytest.mark.parametrize("empty", [b"", b"\n \n", b"\xef\xbb\xbf"], ids=["empty", "blank", "mark"])
def test_a_text_without_words_holds_nobody(desk: Path, tmp_path: Path, empty: bytes) -> None:
    path = written(tmp_path, "letter.txt", empty)

    assert run(desk, "--json", "discover-text", path).document == {"spans": []}


@pytest.mark.parametrize("option", ["--redact", "--replace"])
def test_a_text_is_not_written_over_the_original(desk: Path, tmp_path: Path, option: str) -> None:
    path = written(tmp_path, "letter.txt", TEXT)

    sentence = refused(desk, "discover-text", path, option, path)

    assert sentence.startswith("letter.txt cannot be written: it is what is read")
    assert path.read_text() == TEXT


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(TEXT.encode(), id="text"),
        pytest.param(picture("PNG", (200, 200))[:2000], id="half a png"),
        pytest.param(picture("JPEG", (200, 200))[:300], id="half a jpeg"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\0" * 50, id="only its mark"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", id="svg"),
    ],
)
def test_what_is_no_image_is_refused_and_nothing_written(
    desk: Path, tmp_path: Path, content: bytes
) -> None:
    path, out = written(tmp_path, "photo.png", content), tmp_path / "safe.png"

    sentence = refused(desk, "redact-image", path, out)

    assert "image" in sentence
    assert not out.exists()


def test_an_image_is_not_written_over_the_original(desk: Path, tmp_path: Path) -> None:
    path = written(tmp_path, "photo.png", picture("PNG"))

    assert "it is what is read" in refused(desk, "redact-image", path, path)
    assert path.read_bytes().startswith(b"\x89PNG")
