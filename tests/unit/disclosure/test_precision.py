"""Precision rules mark or hide what says little; they hide nothing for anybody's sake."""

from dataclasses import replace

import polars as pl
import pytest

from barometer.disclosure import Release, nothing_left, protect, protect_in_full
from barometer.model import Edition, Limits, Precision, Rules
from barometer.tables import Estimates
from disclosure_examples import Case, edition, estimates

REGIONS = ("north", "west", "south")
EDITION = edition(
    {"region": REGIONS},
    {"q": ("yes", "no")},
    {"DID": "q == 'yes'"},
    {"region": "region"},
    rules=Rules(minimum_units=3, census_units=3),
)
SIZES = {"north": 40, "west": 30, "south": 9}


def made() -> Estimates:
    """Half said yes in north and west, three of nine in the south, where the margin is wide and df are few."""
    told: list[Case] = [
        {
            "unit": f"{region} {number}",
            "region": region,
            "q": "yes" if number < size // (3 if size < 10 else 2) else "no",
        }
        for region, size in SIZES.items()
        for number in range(size)
    ]
    found = estimates(EDITION, told)
    south = pl.col("cell") == "south"
    cells = found.cells.with_columns(
        ci_low=pl.when(south).then(0.05).otherwise(pl.col("ci_low")),
        ci_high=pl.when(south).then(0.75).otherwise(pl.col("ci_high")),
        se=pl.when(south).then(0.17).otherwise(pl.col("se")),
        df=pl.when(south).then(6.0).otherwise(pl.col("df")),
        deff=pl.when(south).then(1.5).otherwise(pl.col("deff")),
    )
    return replace(found, cells=cells)


def under(flag: Limits | None = None, hide: Limits | None = None) -> Edition:
    return replace(EDITION, precision=Precision(flag or Limits(), hide or Limits()))


def south(release: Release) -> dict[str, object]:
    return release.cells.filter(pl.col("cell") == "south").row(0, named=True)


LIMITS = [
    pytest.param(Limits(margin=0.3), Limits(margin=0.4), id="margin"),
    pytest.param(Limits(cv=0.5), Limits(cv=0.6), id="cv"),  # 0.17 of 3 in 9
    pytest.param(Limits(n=10), Limits(n=9), id="n"),
    pytest.param(Limits(effective_n=7), Limits(effective_n=6), id="effective n"),
    pytest.param(Limits(df=7), Limits(df=6), id="df"),
]


@pytest.mark.parametrize(("short", "met"), LIMITS)
def test_a_figure_that_falls_short_of_a_limit_is_marked(short: Limits, met: Limits) -> None:
    marked, free = protect(under(flag=short), made()), protect(under(flag=met), made())
    assert (south(marked)["quality"], south(free)["quality"]) == ("u", "")
    assert south(marked)["value"] is not None
    assert set(marked.cells.filter(pl.col("cell") != "south")["quality"]) == {""}
    assert marked.footnotes.keys() == {"", "u"} - {""}


@pytest.mark.parametrize(("short", "met"), LIMITS)
def test_a_figure_that_falls_short_can_be_left_out(short: Limits, met: Limits) -> None:
    hidden, free = protect(under(hide=short), made()), protect(under(hide=met), made())
    assert (south(hidden)["status"], south(free)["status"]) == ("q", "")
    assert (south(hidden)["value"], south(hidden)["ci_low"], south(hidden)["n"]) == (None, None, 9)
    assert hidden.footnotes.keys() == {"q"}
    pairs = set(hidden.contrasts["cell_a"]) | set(hidden.contrasts["cell_b"])
    assert "south" not in pairs


def test_nothing_else_is_hidden_for_a_figure_that_says_little() -> None:
    release, decision = protect_in_full(under(hide=Limits(n=10)), made())
    assert release.cells["status"].to_list() == ["", "", "", "q"]
    assert not decision.hidden
    assert (release.audit.hidden, release.audit.uncertain, release.audit.published) == (0, 1, 3)


def test_confidentiality_goes_before_precision() -> None:
    """A cell that is both unsafe and uncertain is marked as confidential: the other mark would say it is safe."""
    told: list[Case] = [
        {"unit": f"{region} {number}", "region": region, "q": "no" if region == "south" or number % 2 else "yes"}
        for region, size in SIZES.items()
        for number in range(size)
    ]
    release = protect(under(hide=Limits(n=10)), estimates(EDITION, told))
    assert south(release)["status"] == "c"


def test_an_edition_of_which_nothing_would_be_left_is_found_out() -> None:
    release = protect(under(hide=Limits(n=1000)), made())
    problems = nothing_left(EDITION, release.cells)
    assert [problem.code for problem in problems] == ["D016"]
    assert "merge" in problems[0].way_out.lower()
    assert nothing_left(EDITION, protect(EDITION, made()).cells) == []
