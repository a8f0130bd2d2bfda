"""What was lost is added up right, merges that help are found, and the page says both."""

from functools import cache

import polars as pl
import pytest

from barometer.disclosure import protect_in_full
from barometer.model import Edition, Rules
from barometer.pipeline import decided
from barometer.review import Review, compared, review, review_files
from disclosure_examples import Case, edition, estimates

SIZES = {"north": (20, 40), "east": (15, 30), "west": (3, 4), "south": (2, 4)}


def made(minimum: int = 5) -> Edition:
    return edition(
        {"region": tuple(SIZES)},
        {"q": ("yes", "no"), "r": ("yes", "no")},
        {"DID": "q == 'yes'", "RARE": "r == 'yes'"},
        {"region": "region"},
        rules=Rules(minimum_units=minimum, census_units=minimum),
    )


CASES: list[Case] = [
    {
        "unit": f"{region} {number}",
        "region": region,
        "q": "yes" if number < yes else "no",
        "r": "yes" if number % 3 == 0 else "no",
    }
    for region, (yes, of) in SIZES.items()
    for number in range(of)
]


@cache
def found(minimum: int = 5) -> Review:
    numbers = estimates(made(minimum), CASES)
    release, decision = protect_in_full(made(minimum), numbers)
    return review(made(minimum), numbers, decided(numbers, decision), release.cells)


def test_losses_are_counted_in_answers() -> None:
    """West and south, four respondents each, are hidden in both tables: 16 of 2 x 156 answers."""
    now = found()
    assert now.by_rule.rows() == [("survey", "few_units", 4, pytest.approx(16 / 312))]
    assert now.lost == pytest.approx(16 / 312)
    by_region = now.by_table.filter(pl.col("breakdown") == "region").row(0, named=True)
    assert (by_region["cells"], by_region["shown"], by_region["hidden"], by_region["uncertain"]) == (8, 4, 4, 0)
    assert by_region["lost"] == pytest.approx(8 / 78)


def test_rules_are_told_apart_from_cells_that_had_to_go_with_them() -> None:
    """With 40 asked for, west, south and east fall by the rule, and nothing can be left of the north either."""
    rules = dict(found(40).by_rule.select("rule", "cells").iter_rows())
    assert rules["few_units"] == 6
    assert sum(rules.values()) == found(40).hidden.height


def test_a_table_that_loses_most_of_its_answers_is_poor() -> None:
    assert found().poor.is_empty()
    poor = found(45).poor
    assert set(poor["indicator"]) == {"DID", "RARE"}
    assert (poor["lost"] >= 0.5).all()


def test_a_breakdown_of_which_nothing_is_left_is_warned_of() -> None:
    assert found().warnings == ()
    [warning] = found(45).warnings
    assert (warning.code, warning.place.field) == ("D017", "region")


def test_the_merge_that_saves_most_is_suggested() -> None:
    """West and south are eight together: one figure more in each of two tables."""
    [best] = found().suggestions
    assert (best.breakdown, best.categories, best.indicators) == ("region", ("west", "south"), ("DID", "RARE"))
    assert best.cells == 2


def test_two_sets_of_rules_stand_side_by_side() -> None:
    rows = {row["breakdown"]: row for row in compared(found(), found(40)).iter_rows(named=True)}
    assert rows["total"]["shown"] == rows["total"]["tried_shown"] == 2
    assert rows["region"]["shown"] > rows["region"]["tried_shown"]
    assert rows["region"]["lost"] < rows["region"]["tried_lost"]


def test_the_page_is_confidential_and_needs_no_network() -> None:
    files = review_files(found(), found(40))
    page = files["index.html"].decode()
    assert files.keys() == {"index.html", "site.css", "review.css"}
    assert "Confidential" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "few_units" in page
    assert "Other rules" in page
    assert "[[merge]]" in page


def test_the_page_is_the_same_for_the_same_input() -> None:
    assert review_files(found()) == review_files(found())
