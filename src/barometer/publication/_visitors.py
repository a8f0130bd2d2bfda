"""What a page offers its visitors: a word back to the publisher, tables to build, and the words of its script."""

import json
from collections.abc import Iterable

from barometer.model import Edition
from barometer.publication._language import Language
from barometer.publication.open_data import DataCube

_SCRIPT = ("sort", "intervals", "svg", "png", "copy", "copied", "not_copied", "choose", "all", "tools")


def helpful(edition: Edition, path: str, one: Language, answer: str) -> str:
    """Subject of a letter that says whether the page helped ('yes' or 'no'); '' where the publisher has no address."""
    contact = edition.publisher.contact
    if "@" not in contact or " " in contact:
        return ""
    return f"{edition.id}, {one.code}/{path}: {one.say(f'helpful.{answer}')}"


def script_words(one: Language) -> str:
    """The words of the site's script, as JSON; placeholders stay for it to fill."""
    return json.dumps({name: one.messages[f"script.{name}"] for name in _SCRIPT}, ensure_ascii=False)


def table_links(one: Language, cubes: Iterable[DataCube]) -> list[tuple[str, str]]:
    """Title, without its survey's, and id of each table."""
    return [(one.text(cube.title).removeprefix(f"{one.text(cube.subject)}: "), cube.id) for cube in cubes]
