"""Text from outside made fit for places that read markup: Teams and Slack messages, subjects of mails.

Neither of the two lets a message be plain text alone, and both turn what looks like a link into one, and load what it leads to.
"""

from __future__ import annotations

import re
import unicodedata

# Signs that begin a link, an image, a mention or a tag, and ones that look like them and begin nothing.
_LOOKALIKE = str.maketrans({"[": "［", "]": "］", "<": "‹", ">": "›", "*": "∗", "`": "ˋ", "~": "∼", "\\": "＼", "|": "¦"})
# Zs but the common space, control, format (right-to-left marks, zero-width), surrogates, private use.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def one_line(text: str, *, at_most: int) -> str:
    """One line without unseen signs, of at most so many characters."""
    # Cut first: what comes may be a hundred kilobytes.
    seen = "".join(" " if _is_unseen(sign) else sign for sign in text[: 4 * at_most])
    line = " ".join(seen.split())
    return line if len(line) <= at_most else line[: at_most - 1].rstrip() + "…"


def without_links(text: str) -> str:
    """The same text, without anything a program would make a link of."""
    broken = re.sub(r"(?i)\b([a-z][a-z0-9+.-]*):(?=//)", r"\1[:]", text)
    broken = re.sub(r"(?i)\b(javascript|data|mailto|tel):", r"\1[:]", broken)
    return re.sub(r"(?i)\bwww\.", "www[.]", broken)


def without_markup(text: str) -> str:
    """The same text, without anything Teams or Slack would take for markup, a mention or a link."""
    plain = without_links(text).translate(_LOOKALIKE)
    plain = re.sub(r"(?<!\w)_|_(?!\w)", "＿", plain)  # within a word it is no markup, and names are full of them
    return plain.replace("@", "＠")


def _is_unseen(sign: str) -> bool:
    return unicodedata.category(sign) in _UNSEEN
