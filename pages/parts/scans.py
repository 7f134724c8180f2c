"""Texts and images that an officer brings: looked at, and given back without personal data."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from compliance.i18n import translate as _
from compliance.workspace import Workspace
from pages.parts import outputs, wording

_KINDS = {"text": "Text", "face": "Face", "code": "QR or bar code"}
_LONGEST_SHOWN = 5_000


def text(workspace: Workspace) -> None:
    """Find personal data in a text, and give it back without them."""
    outputs.remark(_("The text is looked at in this session and kept nowhere."))
    with st.form("discovery_text_form", border=False):
        typed = st.text_area(_("Text"), key="discovery_text", height=160)
        file = st.file_uploader(_("Or a text file"), key="discovery_text_file")
        left, right = st.columns(2, vertical_alignment="bottom")
        how = left.radio(
            _("In its place"),
            ["redact", "replace"],
            format_func={"redact": _("the kind of data"), "replace": _("invented data")}.get,
            horizontal=True,
            key="discovery_text_how",
        )
        locale = right.selectbox(
            _("Invented data of"),
            workspace.scanning.locales,
            format_func=wording.locale,
            key="discovery_text_locale",
        )
        asked = st.form_submit_button(_("Find"), type="primary", key="discovery_text_find")
    if not asked:
        return
    scanning = workspace.scanning
    with outputs.explained(_("Not looked at")):
        content = scanning.read_text(file.name, file.getvalue()) if file else typed
        spans = scanning.text(content)
        if not spans:
            st.markdown(_("Nothing was found. What is not found may be there all the same."))
            return
        changed = (
            scanning.redact_text(content, spans)
            if how == "redact"
            else scanning.replace_text(content, spans, locale)
        )
        counted = Counter(str(span.type) for span in spans)
        kinds = (
            wording.about(_(kind.replace("_", " ")), count) for kind, count in counted.most_common()
        )
        st.markdown(" ".join(f":blue-badge[{words}]" for words in kinds))
        st.code(changed[:_LONGEST_SHOWN], language=None, wrap_lines=True)
        st.download_button(
            _("Download it"),
            lambda: changed.encode("utf-8", "replace"),
            "redacted.txt",
            "text/plain",
            key="discovery_text_download",
            icon=":material/download:",
            on_click="ignore",
        )


def image(workspace: Workspace) -> None:
    """Paint text, faces and codes of an image black, and give the copy."""
    outputs.remark(
        _(
            "The image is looked at in this session and kept nowhere. The copy is read again "
            "before you get it, and holds no position, comment or thumbnail."
        )
    )
    with st.form("discovery_image_form", border=False):
        file = st.file_uploader(
            _("Image"),
            type=["png", "jpg", "jpeg", "webp", "tif", "tiff", "gif", "bmp"],
            key="discovery_image",
        )
        only = st.checkbox(_("Leave text that holds no personal data"), key="discovery_image_only")
        asked = st.form_submit_button(_("Redact"), type="primary", key="discovery_image_redact")
    if not asked or file is None:
        return
    with outputs.explained(_("Not redacted")), outputs.working(_("Reading the image …")):
        done = workspace.scanning.redact_image(file.getvalue(), only_personal=only)
        st.image(done.image, caption=wording.escaped(file.name), width=520)
        counted = Counter(str(box.kind) for box in done.boxes)
        outputs.table(
            [{_("What"): _(_KINDS[kind]), _("How many"): n} for kind, n in counted.items()],
            key="discovery_image_boxes",
            alt=_("What was painted over, with counts"),
        )
        st.download_button(
            _("Download the copy"),
            lambda: done.image,
            f"redacted.{done.media_type.rpartition('/')[2]}",
            done.media_type,
            key="discovery_image_download",
            icon=":material/download:",
            on_click="ignore",
        )
