"""The audit of published files alone."""

from dataclasses import replace

import polars as pl
import pytest

from barometer.disclosure import Release, audit_published, protect
from barometer.model import Edition, Frame, Rules
from disclosure_examples import Case, edition, estimates

REGIONS = ("north", "east", "south", "west")


def made(*, components: bool = False) -> Edition:
    indicators: dict[str, str | tuple[str, ...]] = {"DID": "q == 'yes'"}
    if components:
        indicators |= {"OTHER": "r == 'yes'", "ANY": ("DID", "OTHER")}
    found = edition(
        {"region": REGIONS, "size": ("s", "l")},
        {"q": ("yes", "no"), "r": ("yes", "no")},
        indicators,
        {"region": "region", "size": "size", "both": ("region", "size")},
        rules=Rules(minimum_units=3, census_units=3),
    )
    units = pl.DataFrame(
        [(f"u{place}", region, "sl"[place % 2]) for region in REGIONS for place in range(40)],
        schema=["unit_id", "region", "size"],
        orient="row",
    )
    survey = found.surveys[0]
    frame: Frame = replace(survey.frame, units=units)
    weighting = replace(survey.weighting, weighted=False)
    return replace(found, surveys=(replace(survey, frame=frame, weighting=weighting),))


EDITION = made()


def cases(told: dict[str, str]) -> list[Case]:
    return [
        {"unit": f"{region}{place}", "region": region, "size": "sl"[place // 2 % 2], "q": answer, "r": "no"}
        for region, answers in told.items()
        for place, answer in enumerate(answers.split())
    ]


HALF = "yes no yes no yes no yes no yes no"
MIXED = cases(dict.fromkeys(REGIONS, HALF))
ONE_GROUP_ALIKE = cases({**dict.fromkeys(REGIONS, HALF), "south": "no no no no no no no no"})


def published(release: Release, *hidden: tuple[str, str]) -> pl.DataFrame:
    """Cells of a release with these hidden besides, as somebody careless might."""
    there = pl.any_horizontal(
        pl.lit(value=False), *((pl.col("breakdown") == by) & (pl.col("cell") == cell) for by, cell in hidden)
    )
    numbers = [pl.when(~there).then(pl.col(name)).alias(name) for name in ("value", "ci_low", "ci_high", "n")]
    return release.cells.with_columns(*numbers, status=pl.when(there).then(pl.lit("c")).otherwise(pl.col("status")))


def verdicts(table: pl.DataFrame, of: Edition = EDITION) -> dict[tuple[str, str, str], str]:
    found = audit_published(of, table, {})
    assert not found.unread
    return {row[:3]: row[3] for row in found.rows.select("indicator", "breakdown", "cell", "verdict").iter_rows()}


def test_what_is_protected_stays_open() -> None:
    release = protect(EDITION, estimates(EDITION, ONE_GROUP_ALIKE))
    found = verdicts(release.cells)
    assert found
    assert set(found.values()) == {"open"}
    assert audit_published(EDITION, release.cells, {}).passed


def test_a_single_hidden_cell_beside_its_total_is_exact() -> None:
    release = protect(EDITION, estimates(EDITION, MIXED))
    table = published(release, ("region", "south"))
    assert verdicts(table) == {("DID", "region", "south"): "exact"}
    assert not audit_published(EDITION, table, {}).passed
    assert audit_published(EDITION, table, {}).rows.select("low", "high").row(0) == pytest.approx((0.5, 0.5), abs=1e-4)


def test_two_hidden_cells_of_a_row_are_found_through_a_crossing() -> None:
    release = protect(EDITION, estimates(EDITION, MIXED))
    both = published(release, ("region", "south"), ("region", "west"))
    assert set(verdicts(both).values()) == {"exact"}
    crossed = [("both", f"{region}:{size}") for region in ("south", "west") for size in "sl"]
    assert set(verdicts(published(release, ("region", "south"), ("region", "west"), *crossed)).values()) == {"open"}


def test_a_hidden_union_is_bounded_by_its_parts() -> None:
    of = made(components=True)
    table = protect(
        of, estimates(of, [{**case, "r": ("yes", "no", "no")[n % 3]} for n, case in enumerate(MIXED)])
    ).cells
    there = (pl.col("indicator") == "ANY") & (pl.col("status") == "")
    shown = table.filter(indicator="DID", status="")
    assert shown.filter(cell="all").height == 1
    nulls = [pl.when(~there).then(pl.col(name)).alias(name) for name in ("value", "ci_low", "ci_high")]
    hidden = table.with_columns(*nulls, status=pl.when(there).then(pl.lit("c")).otherwise(pl.col("status")))
    found = audit_published(of, hidden, {}).rows.filter(indicator="ANY", breakdown="total")
    assert found["low"].item() >= 0.5 - 1e-3


def test_a_figure_for_a_base_that_differs_by_one_is_told() -> None:
    first = protect(EDITION, estimates(EDITION, MIXED)).cells
    late: Case = {"unit": "late", "region": "south", "size": "s", "q": "yes", "r": "no"}
    second = protect(EDITION, estimates(EDITION, [*MIXED, late])).cells
    found = audit_published(EDITION, second, {1: first})
    assert ("south", 10, 11) in found.differences.select("cell", "n_then", "n").rows()
    assert not found.passed
    assert audit_published(EDITION, first, {1: first}).passed


def test_figures_that_do_not_fit_together_are_said_not_to_be_attacked() -> None:
    table = published(protect(EDITION, estimates(EDITION, MIXED)), ("region", "south"))
    wrong = table.with_columns(value=pl.when(pl.col("cell") == "all").then(2.0).otherwise(pl.col("value")))
    assert audit_published(EDITION, wrong, {}).unread == ("DID",)
