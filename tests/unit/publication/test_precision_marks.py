"""Figures that say too little have a sign of their own on pages and in files, explained in every language."""

from dataclasses import replace
from functools import cache

import polars as pl
import pytest

from barometer.disclosure import Release, protect
from barometer.model import Edition, Limits, Precision
from barometer.publication import Site
from published_example import edition as usual
from published_example import estimates
from published_example import release as usual_release

SIGN = {"da": "for usikkert", "nb": "for usikkert", "sv": "för osäker", "en": "too uncertain"}
RULE = {"da": "færre end 60 svar", "nb": "færre enn 60 svar", "sv": "färre än 60 svar", "en": "fewer than 60 answers"}


@cache
def edition() -> Edition:
    return replace(usual(), claims=(), precision=Precision(flag=Limits(margin=0.1), hide=Limits(n=60)))


@cache
def release() -> Release:
    return protect(edition(), estimates())


@cache
def site() -> Site:
    return Site(release(), edition())


def page(path: str) -> str:
    return site()[path].decode()


@pytest.mark.parametrize("language", SIGN)
def test_the_sign_stands_in_the_table_with_words_beside_it(language: str) -> None:
    left_out = release().cells.filter((pl.col("indicator") == "INC_ANY") & (pl.col("status") == "q"))
    assert not left_out.is_empty()
    text = page(f"{language}/indicators/inc_any.html")
    assert text.count("<td>..</td>") == left_out.height
    assert SIGN[language] in text
    assert "explain." not in text


@pytest.mark.parametrize("language", SIGN)
def test_the_legend_is_on_the_data_page_and_the_rule_on_the_methods_page(language: str) -> None:
    assert "<code>q</code>" in page(f"{language}/data.html")
    assert RULE[language] in page(f"{language}/methods.html")


def test_files_carry_the_status_and_no_number() -> None:
    cells = pl.read_csv(site()["en/data/inc_any.csv"], schema_overrides={"status": pl.String})
    left_out = cells.filter(pl.col("status") == "q")
    assert not left_out.is_empty()
    assert left_out["value"].is_null().all()
    assert left_out["n"].is_not_null().all()


def test_an_edition_without_such_a_rule_never_shows_the_sign() -> None:
    whole = Site(usual_release(), usual())
    assert b"<td>..</td>" not in whole["en/indicators/inc_any.html"]
