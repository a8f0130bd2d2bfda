"""Further texts of an edition become pages, linked from the foot of every page."""

from dataclasses import replace
from functools import cache

import pytest

from barometer.publication import Site
from barometer.publication._language import language
from published_example import edition, release

LANGUAGES = ("da", "nb", "sv", "en")
TITLES = {"da": "Historien", "nb": "Historien", "sv": "Historien <då>", "en": "History"}


@cache
def site() -> Site:
    texts = {
        code: {
            **own,
            "history": f'# {TITLES[code]}\n\n## 2014\n\n{{{{ share("INC_ANY") }}}} then.\n',
            "landing": "# Welcome\n",
            "privacy": "# Privacy\n",
        }
        for code, own in edition().texts.items()
    }
    return Site(release(), replace(edition(), texts=texts))


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_further_text_is_a_page_with_its_heading_as_title_and_live_numbers(code: str) -> None:
    page = site()[f"{code}/texts/history.html"].decode()
    title = TITLES[code].replace("<", "&lt;").replace(">", "&gt;")
    value = next(iter(release().cells.filter(indicator="INC_ANY", breakdown="total")["value"]))
    assert page.count("<h1") == 1 and f"<h1>{title}</h1>" in page
    assert f"{language(code).percent(value)} then." in page and "<h2>2014</h2>" in page


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_page_links_to_it_from_its_foot(code: str) -> None:
    for path, up in (
        ("index.html", ""),
        ("themes/" + edition().themes[0].id + ".html", "../"),
        ("texts/history.html", "../"),
    ):
        foot = site()[f"{code}/{path}"].decode().split('<footer class="site">')[1]
        assert f'href="{up}texts/history.html"' in foot


def test_texts_of_the_questionnaire_are_no_pages() -> None:
    assert not any(path.endswith(("landing.html", "privacy.html")) for path in site())


def test_editions_without_further_texts_have_no_list_of_them() -> None:
    assert "texts/" not in Site(release(), edition())["en/index.html"].decode()
