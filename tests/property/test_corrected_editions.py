"""An attacker who tries every table there can be, against releases that follow one another."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from barometer.disclosure import Before, Release, evidence_of, protect_in_full
from barometer.model import Edition
from barometer.tables import Estimates
from disclosure_examples import Case, edition, estimates, unit_counts
from examples import examples

SECTORS, SIZES = ("a", "b"), ("s", "l")
PLACES = tuple(product(SECTORS, SIZES))
PATTERNS = (("no", None), ("yes", "x"), ("yes", "y"))
CELLS = {("total", "all"): [0, 1, 2, 3], ("sector", "a"): [0, 1], ("sector", "b"): [2, 3]}
CELLS |= {("size", "s"): [0, 2], ("size", "l"): [1, 3]}
CELLS |= {("both", f"{a}:{b}"): [2 * i + j] for i, a in enumerate(SECTORS) for j, b in enumerate(SIZES)}
Table = np.ndarray


def survey(*breakdowns: str) -> Edition:
    ways: dict[str, str | tuple[str, str]] = {"sector": "sector", "size": "size", "both": ("sector", "size")}
    return edition(
        {"sector": SECTORS, "size": SIZES},
        {"q": ("yes", "no"), "r": ("x", "y")},
        {"Q": "q == 'yes'", "RX": "r == 'x'"},
        {name: ways[name] for name in breakdowns},
        universes={"U": "q == 'yes'"},
        about={"RX": "U"},
    )


EDITION = survey("sector", "size", "both")
COARSE = survey("sector", "size")
early = st.lists(st.lists(st.sampled_from(PATTERNS), max_size=3), min_size=4, max_size=4)
newcomers = st.lists(st.tuples(st.sampled_from(range(4)), st.sampled_from(PATTERNS)), min_size=1, max_size=2)


def cases_of(answers: list[list[tuple[str, str | None]]]) -> list[Case]:
    told = [(place, *pattern) for place, here in zip(PLACES, answers, strict=True) for pattern in here]
    return [case(number, *one) for number, one in enumerate(told)]


def case(number: int, place: tuple[str, str], q: str, r: str | None) -> Case:
    return {"unit": f"{number}", "sector": place[0], "size": place[1], "q": q, "r": r}


def late_cases(late: list[tuple[int, tuple[str, str | None]]]) -> list[Case]:
    return [case(100 + number, PLACES[leaf], *pattern) for number, (leaf, pattern) in enumerate(late)]


def every_table(sizes: list[int], late: Sequence[int]) -> tuple[dict[str, Table], list[dict[str, Table]]]:
    """Base and yes of the indicators in each leaf, for all tables there can be; and the same of each newcomer."""
    ways = [[(n - x - y, x, y) for x in range(n + 1) for y in range(n + 1 - x)] for n in sizes]
    chosen = np.meshgrid(*(np.arange(len(one)) for one in ways), *([np.arange(3)] * len(late)), indexing="ij")
    counts = [np.array(one)[index.ravel()] for one, index in zip(ways, chosen[:4], strict=True)]
    no, x, y = (np.stack([one[:, pattern] for one in counts], axis=1) for pattern in range(3))
    alone = []
    for index in chosen[4:]:
        pattern = index.ravel()
        alone.append(
            {
                "U": (pattern > 0) * 1,
                "all": np.ones(len(pattern), int),
                "Q": (pattern > 0) * 1,
                "RX": (pattern == 1) * 1,
            }
        )
    return {"U": x + y, "all": no + x + y, "Q": x + y, "RX": x}, alone


def still_possible(
    release: Release, made: Estimates, tables: dict[str, Table], alone: list[dict[str, Table]], late: Sequence[int]
) -> Table:
    """Which tables agree with every published figure of a release that counts these newcomers."""
    truth = {row[:3]: row[3] for row in made.cells.select("indicator", "breakdown", "cell", "n_yes").iter_rows()}
    fits = np.ones(len(tables["U"]), dtype=bool)
    for indicator, breakdown, cell, n, status, held in release.cells.select(
        "indicator", "breakdown", "cell", "n", "status", "as_in_release"
    ).iter_rows():
        places = CELLS[breakdown, cell]
        inside = [one for one, leaf in zip(alone, late, strict=False) if leaf in places]
        base, yes = (
            tables[name][:, places].sum(axis=1) + sum((one[name] for one in inside), np.zeros(len(fits), int))
            for name in ("all" if indicator == "Q" else "U", indicator)
        )
        if held is None and status == "":
            fits &= (base == n) & (yes == truth[indicator, breakdown, cell])
        if held is None and status == "z":
            fits &= base == 0
    return fits


def follow(made: Edition, sequence: list[list[Case]]) -> list[tuple[Release, Estimates]]:
    """Releases of these cases, each protected together with those before it."""
    done: list[tuple[Release, Estimates]] = []
    kept = []
    for number, cases in enumerate(sequence, start=1):
        found, units = estimates(made, cases), unit_counts(made, cases)
        before = Before(number - 1, done[-1][0], tuple(kept), units) if done else None
        release, decision = protect_in_full(made, found, before)
        assert decision.findings["ok"].all()
        kept.append(evidence_of(number, found.cells, release, units))
        done.append((release, found))
    return done


def unknown(fits: Table, alone: list[dict[str, Table]], truth: list[tuple[str, str | None]]) -> None:
    """No newcomer's answer is certain, for an outsider or for another newcomer."""
    for place, one in enumerate(alone):
        others = [np.ones(len(fits), dtype=bool)]
        for other, (q, r) in enumerate(truth):
            if other != place:
                others.append((alone[other]["Q"] == (q == "yes")) & (alone[other]["RX"] == (r == "x")))
        for known in others:
            assert set(one["Q"][fits & known]) == {0, 1}
            if truth[place][0] == "yes":
                assert set(one["RX"][fits & known]) == {0, 1}


@examples(25)
@given(early, newcomers)
def test_no_answer_of_a_late_respondent_is_given_away(
    answers: list[list[tuple[str, str | None]]], late: list[tuple[int, tuple[str, str | None]]]
) -> None:
    first = cases_of(answers)
    if not first:
        return
    done = follow(EDITION, [first, first + late_cases(late)])
    leaves = [leaf for leaf, _ in late]
    tables, alone = every_table([len(one) for one in answers], leaves)
    fits = still_possible(*done[0], tables, [], []) & still_possible(*done[1], tables, alone, leaves)
    assert fits.any()
    unknown(fits, alone, [pattern for _, pattern in late])


@examples(15)
@given(early, newcomers)
def test_three_releases_in_a_row_give_nobody_away(
    answers: list[list[tuple[str, str | None]]], late: list[tuple[int, tuple[str, str | None]]]
) -> None:
    first, fresh = cases_of(answers), late_cases(late)
    if not first:
        return
    done = follow(EDITION, [first, first + fresh[:1], first + fresh])
    leaves = [leaf for leaf, _ in late]
    tables, alone = every_table([len(one) for one in answers], leaves)
    fits = still_possible(*done[0], tables, [], [])
    fits &= still_possible(*done[1], tables, alone[:1], leaves[:1])
    fits &= still_possible(*done[2], tables, alone, leaves)
    unknown(fits, alone, [pattern for _, pattern in late])


@examples(25)
@given(early)
def test_a_new_table_keeps_what_the_first_release_hid(answers: list[list[tuple[str, str | None]]]) -> None:
    """Cells that are hidden in the finer second release can be something else, given both."""
    cases = cases_of(answers)
    if not cases:
        return
    one, two = estimates(COARSE, cases), estimates(EDITION, cases)
    units = unit_counts(COARSE, cases)
    first, _ = protect_in_full(COARSE, one)
    before = Before(1, first, (evidence_of(1, one.cells, first, units),), unit_counts(EDITION, cases))
    second, decision = protect_in_full(EDITION, two, before)
    tables, _ = every_table([len(here) for here in answers], [])
    fits = still_possible(first, one, tables, [], []) & still_possible(second, two, tables, [], [])
    apart = still_possible(first, one, tables, [], [])
    truth = {row[:3]: row[3] for row in two.cells.select("indicator", "breakdown", "cell", "n_yes").iter_rows()}
    keys = two.cells.select("indicator", "breakdown", "cell").rows()
    for row, rule in decision.sensitive.items():
        indicator, breakdown, cell = keys[row]
        if indicator != "Q" or rule not in ("few_units", "extreme"):
            continue
        values = tables["Q"][:, CELLS[breakdown, cell]].sum(axis=1)
        if len(set(values[apart])) > 1:
            assert set(values[fits]) != {truth[indicator, breakdown, cell]}
