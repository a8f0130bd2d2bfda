"""The site while its texts are written: the very pages that would be published, marked as a draft."""

import re
from dataclasses import replace
from functools import cache
from html import unescape

import pytest

from barometer.problems import BadInput, Place, Problem, Severity
from barometer.publication import PROBLEMS, STATE, Site, as_draft, draft_files, problems_page
from published_example import edition, release, site

WRONG = Problem("P001", Place("texts/da/about.md", line=7), "a < b", "a > b", "Change it.")
UNSURE = replace(WRONG, code="E033", found="'<43> %'", severity=Severity.WARNING)


@cache
def draft() -> Site:
    return Site(release(), edition())


def page(path: str = "da/index.html", problems: tuple[Problem, ...] = (), version: int = 3) -> str:
    return as_draft(draft()[path], problems, version).decode()


@pytest.mark.thorough  # every file of a draft
def test_a_draft_is_what_would_be_published() -> None:
    assert dict(draft()) == site()


def test_a_page_is_known_before_it_is_made_and_what_is_not_there_is_not() -> None:
    fresh = Site(release(), edition())
    assert "da/report.pdf" in fresh and "data/example-2024.json" in fresh
    assert "da/none.html" not in fresh and fresh.get("da/data/none.csv") is None


def test_what_would_stop_publishing_stops_the_draft() -> None:
    texts = {**edition().texts, "en": {**edition().texts["en"], "about": '{{ share("NONE") }}'}}
    with pytest.raises(BadInput, match="P008"):
        Site(release(), replace(edition(), texts=texts))


@pytest.mark.parametrize(("code", "word"), [("da", "Udkast"), ("nb", "Utkast"), ("sv", "Utkast"), ("en", "Draft")])
def test_every_page_says_in_its_language_that_it_is_a_draft(code: str, word: str) -> None:
    for name in ("index.html", "about.html"):
        assert f'<aside class="draft" aria-label="{word}">' in page(f"{code}/{name}")


def test_the_banner_stands_behind_the_link_that_skips_to_the_content() -> None:
    text = page()
    assert text.index('class="skip"') < text.index('class="draft"') < text.index("<main")


def test_the_banner_counts_problems_and_leads_to_them() -> None:
    assert f'<a href="/{PROBLEMS}">2 problemer</a>' in page(problems=(WRONG, UNSURE))
    assert PROBLEMS not in page()


def test_a_draft_runs_its_own_script_and_nothing_else() -> None:
    text = page()
    assert "script-src 'self'; connect-src 'self'" in text and "unsafe" not in text
    assert re.search(rf'<script src="/_draft/draft.js" data-version="3" data-state="/{STATE}" defer>', text)
    assert set(draft_files()) == {"_draft/draft.css", "_draft/draft.js"}


def test_what_is_published_has_no_trace_of_the_draft() -> None:
    assert not any(b"_draft" in content or b'class="draft"' in content for content in site().values())


def test_problems_are_listed_with_place_and_way_out_errors_first() -> None:
    text = unescape(problems_page((UNSURE, WRONG), 4, "The site shows 16:31.", good=True).decode())
    assert text.index("texts/da/about.md, line 7") < text.index("Worth a look") < text.index("E033")
    assert "Change it." in text and "The site shows 16:31." in text and 'href="/"' in text
    assert "&lt;43&gt;" in problems_page((UNSURE,), 4, "", good=True).decode()


def test_without_a_site_the_problems_lead_nowhere() -> None:
    assert 'href="/"' not in problems_page((WRONG,), 1, "There is no site yet.", good=False).decode()
