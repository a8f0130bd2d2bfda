"""Published figures that cannot all be true, told from those that can."""

import polars as pl
import pytest

from barometer.edition import Figure, contradictions
from barometer.model import Programme
from made_survey import Programmer, made_frame, multi


@pytest.fixture(scope="module")
def programme() -> Programme:
    frame = made_frame(pl.DataFrame({"unit_id": ["1", "2", "3"], "sector": ["a", "b", "c"]}))
    made = Programmer(frame, [multi("partners", "company", "know"), multi("types", "product", "service")])
    made.share("FIRM", "'company' in partners")
    made.share("KNOW", "'know' in partners")
    made.share("PRODUCT", "'product' in types")
    made.by_column("sector")
    made.by_answers("kind", product="PRODUCT", other="not PRODUCT")
    done = made.programme()
    return with_share(done, "kind", "product", "PRODUCT")


def with_share(programme: Programme, breakdown: str, cell: str, share: str) -> Programme:
    from dataclasses import replace

    breakdowns = tuple(
        replace(one, categories=tuple(replace(c, share=share) if c.code == cell else c for c in one.categories))
        if one.id == breakdown
        else one
        for one in programme.breakdowns
    )
    return replace(programme, breakdowns=breakdowns)


def figure(indicator: str, value: float, where: str = "total/all", approximate: str = "") -> Figure:
    breakdown, cell = where.split("/")
    return Figure("made", indicator, breakdown, cell, value, approximate=approximate)


def test_cells_that_their_shares_cannot_bring_to_the_total(programme: Programme) -> None:
    product, other = figure("FIRM", 44, "kind/product"), figure("FIRM", 16, "kind/other")
    found = contradictions([figure("FIRM", 22), figure("PRODUCT", 41), product, other], programme)
    assert set(found) == {product, other}
    assert "44 % of product (40.5 to 41.5 % of all) and 16 % of other together make" in found[product]
    assert "26.8 to 28.1 % of all, but the published total is 22 %" in found[product]


def test_cells_that_fit_the_total_at_their_rounding(programme: Programme) -> None:
    figures = [
        figure("FIRM", 70),
        figure("PRODUCT", 17),
        figure("FIRM", 79, "kind/product"),
        figure("FIRM", 68, "kind/other"),
    ]
    assert contradictions(figures, programme) == {}


def test_without_shares_the_total_lies_between_the_cells(programme: Programme) -> None:
    cells = [figure("KNOW", value, f"sector/{cell}") for cell, value in (("a", 20), ("b", 31), ("c", 34))]
    assert contradictions([figure("KNOW", 22), *cells], programme) == {}
    assert set(contradictions([figure("KNOW", 36), *cells], programme)) == set(cells)


def test_a_cell_that_was_not_published_leaves_everything_possible(programme: Programme) -> None:
    figures = [figure("FIRM", 22), figure("PRODUCT", 41), figure("FIRM", 44, "kind/product")]
    assert contradictions(figures, programme) == {}


def test_figures_in_words_prove_nothing(programme: Programme) -> None:
    cells = [figure("FIRM", 44, "kind/product"), figure("FIRM", 16, "kind/other")]
    figures = [figure("FIRM", 22, approximate="one in five"), figure("PRODUCT", 41), *cells]
    assert contradictions(figures, programme) == {}


@pytest.mark.parametrize(("value", "rounding"), [(86, 0.5), (86.5, 0.05), (100, 0.5), (0, 0.5), (2.25, 0.005)])
def test_rounding_follows_the_decimals_printed(value: float, rounding: float) -> None:
    assert figure("FIRM", value).rounding == pytest.approx(rounding)
