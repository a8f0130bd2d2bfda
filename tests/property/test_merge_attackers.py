"""An attacker who tries every table there can be, against releases in which categories have been merged for one
indicator and not for another that it is part of."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from barometer.disclosure import Release, protect_in_full
from barometer.model import Breakdown, Category, Edition, Rules
from barometer.tables import Estimates
from disclosure_examples import Case, edition, estimates
from examples import examples

REGIONS = ("a", "b", "c")
ANSWERS = ("no", "r", "s")
CELLS = {("total", "all"): [0, 1, 2], ("merged", "ab"): [0, 1], ("merged", "c"): [2]}
CELLS |= {("region", region): [place] for place, region in enumerate(REGIONS)}


def survey() -> Edition:
    """Q by the merged regions, R (a part of Q) by all three."""
    made = edition(
        {"region": REGIONS},
        {"q": ANSWERS},
        {"R": "q == 'r'", "S": "q == 's'", "Q": ("R", "S")},
        {"region": "region"},
        rules=Rules(minimum_units=3, census_units=3),
    )
    [whole] = made.surveys
    merged = Breakdown(
        "merged", "survey", {}, (Category("ab", {}, parts=("a", "b")), Category("c", {})), merges="region"
    )
    programme = replace(
        whole.programme,
        breakdowns=(*whole.programme.breakdowns, merged),
        by={"Q": ("merged",), "R": ("region",), "S": ()},
    )
    return replace(made, surveys=(replace(whole, programme=programme),))


EDITION = survey()


def counted(answers: Sequence[Sequence[str]]) -> Estimates:
    """The estimates of every indicator by every breakdown, of which the programme's are kept."""
    told: list[Case] = [
        {"unit": f"{region} {number}", "region": region, "q": answer, "merged": "c" if region == "c" else "ab"}
        for region, here in zip(REGIONS, answers, strict=True)
        for number, answer in enumerate(here)
    ]
    [whole] = EDITION.surveys
    merged = whole.programme.breakdown("merged")
    by_column = replace(merged, merges="", column="merged")  # counted by a column of its own
    programme = replace(whole.programme, breakdowns=(whole.programme.breakdown("region"), by_column))
    found = estimates(replace(EDITION, surveys=(replace(whole, programme=programme),)), told)
    wanted = [("Q", "total"), ("R", "total"), ("S", "total"), ("Q", "merged"), ("R", "region")]
    keep = pl.struct("indicator", "breakdown").is_in([{"indicator": one, "breakdown": by} for one, by in wanted])
    return replace(found, cells=found.cells.filter(keep), contrasts=found.contrasts.clear())


def every_table(sizes: Sequence[int]) -> dict[str, np.ndarray]:
    """Yes of each indicator in each region, in every table with these sizes: tables x regions."""
    ways = [[(s, r) for s in range(n + 1) for r in range(n + 1 - s)] for n in sizes]
    every = np.array(list(product(*ways)))  # tables x regions x (s, r)
    return {"S": every[..., 0], "R": every[..., 1], "Q": every.sum(axis=2)}


def still_possible(release: Release, made: Estimates, tables: dict[str, np.ndarray]) -> np.ndarray:
    fits = np.ones(len(tables["Q"]), dtype=bool)
    truth = {tuple(key): yes for *key, yes in made.cells.select("indicator", "breakdown", "cell", "n_yes").iter_rows()}
    shown = release.cells.filter(pl.col("status") == "")
    for indicator, breakdown, cell in shown.select("indicator", "breakdown", "cell").iter_rows():
        fits &= tables[indicator][:, CELLS[breakdown, cell]].sum(axis=1) == truth[indicator, breakdown, cell]
    return fits


def sensitive(made: Estimates) -> Iterator[tuple[str, str, str]]:
    for row in made.cells.iter_rows(named=True):
        if row["n"] and (row["units"] < 3 or min(row["units_yes"], row["units_no"]) <= 1):
            yield row["indicator"], row["breakdown"], row["cell"]


@examples(20)
@given(st.lists(st.lists(st.sampled_from(ANSWERS), max_size=5), min_size=3, max_size=3))
def test_merged_and_unmerged_tables_together_give_no_protected_cell_away(
    answers: list[list[str]],
) -> None:
    made = counted(answers)
    release, _ = protect_in_full(EDITION, made)
    tables = every_table([len(here) for here in answers])
    possible = still_possible(release, made, tables)
    assert possible.any()
    for indicator, breakdown, cell in sensitive(made):
        sums = tables[indicator][:, CELLS[breakdown, cell]].sum(axis=1)
        assert len(set(sums[possible].tolist())) > 1, (indicator, breakdown, cell)
