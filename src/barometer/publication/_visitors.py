"""What a page offers its visitors: a word back to the publisher, and the words of its script."""

import json

from barometer.model import Edition
from barometer.publication._language import Language

_SCRIPT = ("sort", "intervals", "svg", "png", "copy", "copied", "choose", "all", "tools")


def helpful(edition: Edition, path: str, one: Language, answer: str) -> str:
    """Subject of a letter that says whether the page helped ('yes' or 'no'); '' where the publisher has no address."""
    contact = edition.publisher.contact
    if "@" not in contact or " " in contact:
        return ""
    return f"{edition.id}, {one.code}/{path}: {one.say(f'helpful.{answer}')}"


def script_words(one: Language) -> str:
    """The words of the site's script, as JSON; placeholders stay for it to fill."""
    return json.dumps({name: one.messages[f"script.{name}"] for name in _SCRIPT}, ensure_ascii=False)
