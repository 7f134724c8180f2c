"""What discovery found beside the label of each column: rare values, texts, news, singling out."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from compliance.discovery import laws, semantic_types
from compliance.discovery.nouns import Changes, Discovery, Form, Label, Share, Singling
from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.rules.nouns.improvement import Reopened
from compliance.workspace import Workspace
from pages.parts import navigation, outputs, wording
from pages.parts.guiding import stage

_FORMS = {Form.MIXED: "several kinds in one column", Form.FREE_TEXT: "sentences"}


def title(type_id: str) -> str:
    """What a semantic type is called."""
    found = semantic_types().get(type_id)
    return _(found.title) if found else type_id


def legal(label: Label) -> str:
    """The laws that call this data special, with their articles."""
    known = laws()
    return locales.joined(
        (f"{known[one].law} {known[one].article}" for one in label.legal_classes), "words"
    )


def evidence(label: Label) -> str:
    """What speaks for a label, in sentences."""
    return locales.joined(map(_, label.evidence), "sentences")


def share(found: Share) -> str:
    """A share with its interval at 95 %."""
    if found.low == found.high:
        return locales.share(found.share, 1)
    return _("{share} ({low} to {high} at 95 %)").format(
        share=locales.share(found.share, 1),
        low=locales.share(found.low, 1),
        high=locales.share(found.high, 1),
    )


def details(label: Label) -> None:
    """All that stands behind one label, in words."""
    st.markdown("\n".join(f"- {_(sentence)}" for sentence in label.evidence))
    if label.matching is not None:
        st.markdown(
            _("- Values that are what the label says: {share}").format(share=share(label.matching))
        )
    if said := legal(label):
        st.markdown(_("- Special under {laws}").format(laws=said))
    if label.form in _FORMS:
        st.markdown(f"- {_(_FORMS[label.form]).capitalize()}")
    if label.parts:
        outputs.table(
            [
                {_("Kind"): title(part.semantic_type), _("Share of values"): share(part.share)}
                for part in label.parts
            ],
            key="discovery_parts",
            alt=_("The kinds of data in this column, with their shares"),
        )


def rare(found: Discovery) -> None:
    """Personal data in a few values of a column that is something else."""
    if not found.rare:
        return
    st.header(_("Rare but present"))
    st.warning(
        _(
            "A few values hold what the rest of their column does not. Clean them at their source, "
            "or treat the column as if all of it were so."
        ),
        icon=":material/warning:",
    )
    outputs.table(
        [
            {
                _("Column"): one.column,
                _("What was found"): title(one.semantic_type),
                _("Different values"): one.count,
                _("Rows"): one.rows,
                _("Of all values"): share(one.share),
            }
            for one in found.rare
        ],
        key="discovery_rare",
        alt=_("Columns in which a few values hold personal data, with counts"),
    )


def texts(found: Discovery) -> None:
    """What stands inside the sentences of free-text columns."""
    if not any(one.touched for one in found.texts.values()):
        return
    st.header(_("Inside the sentences"))
    outputs.table(
        [
            {
                _("Column"): column,
                _("What was found"): _(str(kind).replace("_", " ")),
                _("Times"): count,
                _("In texts"): locales.of(one.touched_by_type[kind], one.texts),
                _("Examples, masked"): stage.veiled(", ".join(one.examples[kind])),
            }
            for column, one in found.texts.items()
            for kind, count in one.counts.items()
        ],
        key="discovery_sentences",
        alt=_("Personal data inside free text, by kind, with masked examples"),
    )


def news(found: Changes | None) -> None:
    """What this version holds that the last one did not."""
    if not found:
        return
    st.header(_("New since the last version"))
    lines = [
        _("“{column}” now holds {kind}{rare}").format(
            column=one.column,
            kind=title(one.semantic_type),
            rare=_(", in a few values") if one.is_rare else "",
        )
        for one in found.new_kinds
    ]
    lines += [
        _("“{column}” was “{before}” and is “{after}”").format(
            column=one.column,
            before=_(outputs.CLASS_WORDS[one.before]),
            after=_(outputs.CLASS_WORDS[one.after]),
        )
        for one in found.changed_classes
    ]
    named = ((_("New columns"), found.new_columns), (_("Gone columns"), found.gone_columns))
    lines += [
        wording.about(words, locales.joined(columns, "words"))
        for words, columns in named
        if columns
    ]
    st.markdown("\n".join(f"- {line}" for line in lines))


def reopened(found: Sequence[Reopened]) -> None:
    """The decisions that the new version has overtaken, and where they are made again."""
    if not found:
        return
    st.warning(
        "\n".join(f"- {wording.escaped(_(one.says))}" for one in found),
        title=_("To be decided again"),
        icon=":material/restart_alt:",
    )
    elsewhere = dict.fromkeys(one.page for one in found if one.page != "discovery")
    for page in elsewhere:
        navigation.link(page)


def singling_out(workspace: Workspace, name: str) -> None:
    """Which columns, alone and together, tell people apart; looked at on demand."""
    st.header(_("What singles people out"))
    outputs.remark(
        _(
            "A few harmless columns together can point to one person. Every column that is no "
            "direct identifier is tried, with up to three others."
        )
    )
    if st.button(_("Look for combinations"), key="discovery_single", icon=":material/groups:"):
        with outputs.explained(_("Not looked at")), outputs.working(_("Counting …")):
            st.session_state["discovery_singled"] = (
                name,
                workspace.anonymisation.singling_out(name),
            )
    kept = st.session_state.get("discovery_singled")
    if not kept or kept[0] != name:
        return
    shown = [*kept[1].together[:8], *kept[1].each[:8]]
    if not shown:
        st.markdown(_("There is no column to try."))
        return
    st.markdown("\n".join(f"- {_in_words(one)}" for one in shown[:3]))
    outputs.table(
        [
            {
                _("Columns"): locales.joined(one.columns, "words"),
                _("Alone with their values"): locales.share(one.share, 1),
                _("How many"): one.alone,
                _("Distinction"): round(one.distinction, 4),
                _("Separation"): round(one.separation, 4),
            }
            for one in shown
        ],
        key="discovery_singling",
        alt=_("Columns and combinations with the share of people they single out"),
    )


def _in_words(one: Singling) -> str:
    who = _("people") if one.is_of_people else _("rows")
    columns = locales.joined((f"“{column}”" for column in one.columns), "words")
    together = _(" together") if len(one.columns) > 1 else ""
    return _("{columns}{together}: {count} of 100 {who} stand alone with their values").format(
        columns=columns, together=together, count=locales.formatted(100 * one.share, ".0f"), who=who
    )
