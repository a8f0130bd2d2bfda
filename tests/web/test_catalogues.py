"""Every text of the pages is said in every language, and no translation is left of a text that is gone."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.template import engines
from django.template.base import Node
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

import barometer.web
from barometer.web.catalogues import LOCALE

WEB = Path(barometer.web.__file__).parent
LANGUAGES = ("da", "nb", "sv")
CALLS = {"_": 1, "gettext": 1, "gettext_lazy": 1, "gettext_noop": 1, "ngettext": 2, "ngettext_lazy": 2}


@cache
def used() -> frozenset[str]:
    """Texts of templates and code, in English; of a text with a plural, its singular."""
    return frozenset(in_templates()) | frozenset(in_code())


def in_templates() -> set[str]:
    found = set()
    for file in WEB.rglob("templates/**/*.html"):
        name = str(file.relative_to(next(parent for parent in file.parents if parent.name == "templates")))
        template = engines["django"].get_template(name).template
        for node in template.nodelist.get_nodes_by_type(Node):
            if isinstance(node, TranslateNode) and isinstance(node.filter_expression.var.literal, str):
                found.add(node.filter_expression.var.literal)
            elif isinstance(node, BlockTranslateNode):
                found.add(node.render_token_list(node.singular)[0])
    return found


def in_code() -> set[str]:
    found = set()
    for file in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in CALLS and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    return found


def catalogue(file: Path):  # type: ignore[no-untyped-def]
    with file.open("rb") as opened:
        return [message for message in read_po(opened, locale=file.parent.parent.name) if message.id]


def first(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else value[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_said_in_every_language(language: str) -> None:
    said = {first(one.id) for file in LOCALE.glob(f"*/{language}/*/django.po") for one in catalogue(file)}
    assert sorted(used() - said) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_left_over(language: str) -> None:
    said = {first(one.id) for file in LOCALE.glob(f"*/{language}/*/django.po") for one in catalogue(file)}
    assert sorted(said - used()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_has_the_places_of_its_text(language: str) -> None:
    places = re.compile(r"%\(\w+\)[sd]")
    for file in LOCALE.glob(f"*/{language}/*/django.po"):
        for one in catalogue(file):
            strings = one.string if isinstance(one.string, tuple | list) else (one.string,)
            assert all(strings), one.id
            wanted = set(places.findall(one.id if isinstance(one.id, str) else one.id[-1]))
            assert all(set(places.findall(string)) <= wanted for string in strings), one.id
            assert set(places.findall(strings[-1])) == wanted, one.id
