"""What an activity shows to people: its text, what it speaks, or the words on its card."""

from __future__ import annotations

import html
import re
from typing import Any

from ingest.sources.wire_json import as_object

_TAG = re.compile(r"<[^<>]*>")  # no tag holds another: keeps a row of open brackets from being searched over and over
_SPACE = re.compile(r"\s+")
_MOST_NODES = 500  # of a card: enough for any real one, and a bound for a hostile one


def text_of(item: dict[str, Any]) -> str:
    """The text; else what is spoken, without its markup; else the words of the first card; else nothing."""
    text = item.get("text")
    if type(text) is str and text:
        return text
    speak = item.get("speak")
    if type(speak) is str and (spoken := without_markup(speak)):
        return spoken
    attachments = item.get("attachments")
    if type(attachments) is list:
        for attachment in attachments:
            if type(attachment) is dict and (words := _card_text(attachment)):
                return words
    return ""


def without_markup(text: str) -> str:
    """The words of SSML or HTML, in one line."""
    return _SPACE.sub(" ", html.unescape(_TAG.sub(" ", text))).strip()


def expects_input(item: dict[str, Any]) -> bool:
    """Whether the sender says that an answer is awaited."""
    hint = item.get("inputHint")
    if type(hint) is str and hint.lower() == "expectinginput":
        return True
    suggested = item.get("suggestedActions")
    return type(suggested) is dict and bool(suggested.get("actions"))


def _card_text(attachment: dict[str, Any]) -> str:
    if ".card." not in str(attachment.get("contentType")):
        return ""
    content = as_object(attachment.get("content"))
    if "body" in content:
        return _adaptive_text(content["body"])
    lines = [content.get("title"), content.get("subtitle"), content.get("text")]
    return "\n".join(line for line in lines if isinstance(line, str) and line)


def _adaptive_text(body: Any) -> str:
    """The text blocks of an adaptive card, in reading order; a stack instead of recursion, for cards nested out of malice."""
    lines: list[str] = []
    stack: list[Any] = [body]
    for _ in range(_MOST_NODES):
        if not stack:
            break
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(reversed(node[:_MOST_NODES]))
        elif isinstance(node, dict):
            if isinstance(node.get("text"), str) and node["text"]:
                lines.append(node["text"])
            stack.extend(node[key] for key in ("inlines", "columns", "items") if key in node)
    return "\n".join(lines)
