"""Whether a text is a post or a chat message, by what only those hold."""

from __future__ import annotations

import functools
import importlib.resources
import re

import yaml

_MARKS = (
    r"(?<![\w@])@\w",  # a user name
    r"(?<![\w&])#[^\W\d_]\w",  # a hashtag
    r"https?://",
    r"(?<!\w)/[ru]/\w",  # a forum or a user of Reddit
    r"(?<![\w:;=])[:;=]['-]?[)(DPp]+(?!\w)|<3(?!\w)",  # a smile
    "[\U0001f300-\U0001faff\u2600-\u27bf]",
)


def is_post(text: str) -> bool:
    """Whether `text` holds a link, a user name, a hashtag, a smile or a word of chat."""
    return _shape().search(text) is not None


@functools.cache
def _shape() -> re.Pattern[str]:
    file = importlib.resources.files(__package__).joinpath("posts.yaml")
    words = yaml.safe_load(file.read_text("utf-8"))["words"]
    chat = rf"(?<![\w'’@])(?i:{'|'.join(map(re.escape, words))})(?![\w'’])"
    return re.compile("|".join((*_MARKS, chat)))
