"""An attacker who tries every table there can be, against protected releases of tiny surveys."""

from collections.abc import Iterator
from itertools import product

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from barometer.disclosure import Release, protect_in_full
from barometer.model import Edition
from barometer.tables import Estimates
from disclosure_examples import edition, estimates
from examples import examples

SECTORS, SIZES = ("a", "b"), ("s", "l")
PATTERNS = (("no", None), ("yes", "x"), ("yes", "y"))
"""What a respondent can have answered to q and, if yes, to r."""
CELLS = {("total", "all"): [0, 1, 2, 3], ("sector", "a"): [0, 1], ("sector", "b"): [2, 3]}
CELLS |= {("size", "s"): [0, 2], ("size", "l"): [1, 3]}
CELLS |= {("both", f"{a}:{b}"): [2 * i + j] for i, a in enumerate(SECTORS) for j, b in enumerate(SIZES)}


def survey() -> Edition:
    return edition(
        {"sector": SECTORS, "size": SIZES},
        {"q": ("yes", "no"), "r": ("x", "y")},
        {"Q": "q == 'yes'", "RX": "r == 'x'", "RY": "r == 'y'"},
        {"sector": "sector", "size": "size", "both": ("sector", "size")},
        universes={"U": "q == 'yes'"},
        about={"RX": "U", "RY": "U"},
    )


EDITION = survey()
leaf = st.lists(st.sampled_from(PATTERNS), max_size=3)
leaves = st.lists(leaf, min_size=4, max_size=4)


def cases_of(answers: list[list[tuple[str, str | None]]], weights: list[float]) -> list[dict[str, object]]:
    places = list(product(SECTORS, SIZES))
    made: list[dict[str, object]] = []
    for (sector, size), here in zip(places, answers, strict=True):
        for q, r in here:
            weight = weights[len(made) % len(weights)]
            made.append({"unit": len(made), "sector": sector, "size": size, "q": q, "r": r, "weight": weight})
    return made


def every_table(sizes: list[int]) -> dict[str, np.ndarray]:
    """Base and yes of every indicator in each leaf, in every table with these leaf sizes: tables x leaves."""
    ways = [[(n - x - y, x, y) for x in range(n + 1) for y in range(n + 1 - x)] for n in sizes]
    chosen = np.meshgrid(*(np.arange(len(one)) for one in ways), indexing="ij")
    counts = [np.array(one)[index.ravel()] for one, index in zip(ways, chosen, strict=True)]
    no, x, y = (np.stack([one[:, pattern] for one in counts], axis=1) for pattern in range(3))
    return {"U": x + y, "all": no + x + y, "Q": x + y, "RX": x, "RY": y}


def still_possible(release: Release, made: Estimates, tables: dict[str, np.ndarray]) -> np.ndarray:
    """Which tables agree with every published figure."""
    fits = np.ones(len(tables["U"]), dtype=bool)
    truth = {
        key: yes
        for *key_, yes in made.cells.select("indicator", "breakdown", "cell", "n_yes").iter_rows()
        for key in [tuple(key_)]
    }
    for indicator, breakdown, cell, n, status in release.cells.select(
        "indicator", "breakdown", "cell", "n", "status"
    ).iter_rows():
        places = CELLS[breakdown, cell]
        base = tables["all" if indicator == "Q" else "U"][:, places].sum(axis=1)
        if status == "":
            fits &= (base == n) & (tables[indicator][:, places].sum(axis=1) == truth[indicator, breakdown, cell])
        if status == "z":
            fits &= base == 0
    return fits


def sensitive(made: Estimates) -> Iterator[tuple[str, str, str]]:
    """Cells of few units, and cells where all but one unit answered the same."""
    for row in made.cells.iter_rows(named=True):
        few = row["units"] < EDITION.rules.minimum_units
        if row["n"] and (few or min(row["units_yes"], row["units_no"]) <= 1):
            yield row["indicator"], row["breakdown"], row["cell"]


@examples(25)
@given(leaves, st.sampled_from([[1.0], [1.0, 2.5, 1.25]]))
def test_no_table_lets_an_attacker_pin_a_protected_cell(
    answers: list[list[tuple[str, str | None]]], weights: list[float]
) -> None:
    made = estimates(EDITION, cases_of(answers, weights))
    release, _ = protect_in_full(EDITION, made)
    tables = every_table([len(here) for here in answers])
    possible = still_possible(release, made, tables)
    assert possible.any()
    for indicator, breakdown, cell in sensitive(made):
        sums = tables[indicator][:, CELLS[breakdown, cell]].sum(axis=1)
        assert len(set(sums[possible].tolist())) > 1, (indicator, breakdown, cell)
    for breakdown, cell in CELLS:
        members = tables["U"][:, CELLS[breakdown, cell]].sum(axis=1)
        known = set(members[possible].tolist())
        everyone = sum(len(answers[place]) for place in CELLS[breakdown, cell])
        assert not everyone or known not in ({0}, {everyone}), (breakdown, cell)


@examples(8)
@given(leaves)
def test_protection_is_deterministic_and_hides_numbers(answers: list[list[tuple[str, str | None]]]) -> None:
    made = estimates(EDITION, cases_of(answers, [1.0]))
    first, second = protect_in_full(EDITION, made)[0], protect_in_full(EDITION, made)[0]
    assert first.cells.equals(second.cells)
    hidden = first.cells.filter(pl.col("status") != "")
    assert (
        hidden.select("value", "ci_low", "ci_high", "n", "n_dont_know", "n_missing").null_count().row(0)
        == (hidden.height,) * 6
    )


def test_the_attacker_is_able_to_pin_cells_that_are_only_hidden_themselves() -> None:
    """The attack above can succeed: without secondary suppression it does."""
    answers = [[PATTERNS[1]] * 4, [PATTERNS[0]] * 2 + [PATTERNS[2]] * 2] * 2
    made = estimates(EDITION, cases_of(answers, [1.0]))
    release, decision = protect_in_full(EDITION, made)
    assert decision.secondary
    tables = every_table([4, 4, 4, 4])
    possible = still_possible(release, made, tables)
    bare = np.ones(len(possible), dtype=bool)
    names = ("indicator", "breakdown", "cell", "n", "n_yes")
    for row, (indicator, breakdown, cell, n, yes) in enumerate(made.cells.select(names).iter_rows()):
        if row not in decision.sensitive:
            places = CELLS[breakdown, cell]
            base = tables["all" if indicator == "Q" else "U"][:, places].sum(axis=1)
            bare &= (base == n) & (tables[indicator][:, places].sum(axis=1) == yes)
    members = tables["U"][:, 0]
    assert len(set(members[possible].tolist())) > len(set(members[bare].tolist()))
