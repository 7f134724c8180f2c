"""The glossary as a page of the documentation."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.glossary import glossary
from compliance.glossary.nouns import Term


def as_markdown() -> str:
    """Every term with its texts, in English; `docs/glossary.md` is this, and a test holds it so."""
    book = glossary()
    lines = ["# Glossary", "", "What the words of the desk mean, and what they do not mean.", ""]
    for theme, heading in book.themes.items():
        lines += [f"## {heading}", ""]
        for one in book.terms.values():
            if one.theme == theme:
                lines += _term(one)
    lines += [f"{book.source} As of {book.as_of}.", ""]
    return "\n".join(lines)


def _term(one: Term) -> Iterator[str]:
    yield f'### <a id="{one.id}"></a>{one.name}'
    yield ""
    yield f"**{one.short}**"
    yield ""
    yield one.long
    yield ""
    about = [f"In papers and standards: {one.standard}"]
    about += [f"from: {one.origin}"] if one.origin else []
    about += [f"in the law: {', '.join(one.law)}"] if one.law else []
    if one.see:
        terms = glossary().terms
        about.append("see also: " + ", ".join(f"[{terms[id_].name}](#{id_})" for id_ in one.see))
    yield f"*{'; '.join(about)}.*"
    yield ""
