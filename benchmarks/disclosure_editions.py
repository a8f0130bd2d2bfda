"""Corrected editions: what an attacker who has the first release learns from the second about those who came late.

    python benchmarks/disclosure_editions.py [--indicators 60] [--trials 3] [--late 1,2,3,5]

A survey of 2,378 respondents is published twice, the first time without some of them (drawn by chance), in total and by
all one- and two-way tables of four register variables: 119 cells an indicator. The attacker, written here and not taken
from the engine, knows where the late ones belong, how many respondents there are in every register cell, and every
published figure, and asks by linear programming what each late respondent may have answered: alone, and as one of
the late ones, who knows its own answer. For comparison, the second release is also protected by itself.

'held': figures shown as in the first release. 'needed': those about one late respondent only, which no method
may update that publishes exact figures. 'lost': figures that the first release showed and the second does not.
The last line is JSON; counts are sums over trials, figures an indicator are means.
"""

import argparse
import json
from collections.abc import Sequence
from time import process_time

import highspy
import numpy as np
import polars as pl
from disclosure_tables import Counts
from made_editions import edition, estimates, respondents
from numpy.typing import NDArray

from barometer.disclosure import Before, Release, evidence_of, protect
from barometer.model import TOTAL, Edition

SEED = 3
_KEYS = ["indicator", "breakdown", "cell"]


def trial(made: Edition, table: pl.DataFrame, answers: Counts, late: Sequence[int]) -> dict[str, float]:
    """Publish without and with the late ones; attack."""
    early = np.setdiff1d(np.arange(table.height), late)
    first, first_units = estimates(made, table[early], answers[early])
    second, units = estimates(made, table, answers)
    one = protect(made, first)
    alone = protect(made, second)
    started = process_time()
    both = protect(made, second, Before(1, one, (evidence_of(1, first.cells, one, first_units),), units))
    seconds = process_time() - started
    indicators = len(made.indicators)
    shown = both.cells.join(one.cells, on=_KEYS, suffix="_then")
    concerned = _cells(table, late).values()
    return {
        "answers": indicators * len(late),
        "derived_alone": sum(attack(one, alone, table, answers, late)),
        "derived": sum(attack(one, both, table, answers, late)),
        "derived_by_insider": sum(attack(one, both, table, answers, late, insiders=True)),
        "held": both.cells.filter(pl.col("as_in_release").is_not_null()).height / indicators,
        "needed": sum(len(cells) == 1 for cells in concerned),
        "about_late": len(concerned),
        "lost": shown.filter(status="c", status_then="").height / indicators,
        "seconds": seconds,
    }


def attack(
    first: Release,
    second: Release,
    table: pl.DataFrame,
    answers: Counts,
    late: Sequence[int],
    *,
    insiders: bool = False,
) -> list[int]:
    """For each indicator, how many answers of late respondents are certain."""
    leaf = table.select(pl.struct("sector", "type", "size", "region").rank("dense").cast(pl.Int64) - 1).to_series()
    early = np.setdiff1d(np.arange(table.height), late)
    leaves = leaf.to_numpy()
    base = np.bincount(leaves[early], minlength=leaf.n_unique())
    inside = {key: np.unique(leaves[rows]) for key, rows in _cells(table, np.arange(table.height)).items()}
    newcomers = {
        key: [place for place, row in enumerate(late) if row in set(rows)] for key, rows in _cells(table, late).items()
    }
    found = []
    for name in first.cells["indicator"].unique(maintain_order=True):
        rows = []
        for release, later in ((first, False), (second, True)):
            fresh = release.cells.filter(pl.col("indicator") == name, pl.col("value").is_not_null())
            for breakdown, cell, value, n, source in fresh.select(
                "breakdown", "cell", "value", "n", "as_in_release"
            ).iter_rows():
                extra = newcomers.get((breakdown, cell), []) if later and source is None else []
                rows.append((inside[breakdown, cell], extra, round(value * n)))
        certain = _certain(base, rows, len(late), answers[list(late), _column(name)] if insiders else None)
        found.append(certain)
    return found


def _certain(
    base: NDArray[np.int64],
    rows: Sequence[tuple[NDArray[np.int64], list[int], int]],
    late: int,
    known: Counts | None,
) -> int:
    """Late respondents whose answer can only be one, for an outsider or (`known`) for another late respondent."""
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    size = len(base)
    for most in (*base, *([1] * late)):
        highs.addVar(0, float(most))
    for leaves, extra, total in rows:
        columns = [*leaves, *(size + place for place in extra)]
        highs.addRow(total, total, len(columns), np.array(columns, dtype=np.int32), np.ones(len(columns)))
    attackers = [None] if known is None else range(late)
    sure = set()
    for attacker in attackers:
        if attacker is not None and known is not None:
            highs.changeColBounds(size + attacker, float(known[attacker]), float(known[attacker]))
        for place in range(late):
            if place != attacker and _width(highs, size + place) < 1e-6:
                sure.add(place)
        if attacker is not None:
            highs.changeColBounds(size + attacker, 0.0, 1.0)
    return len(sure)


def _width(highs: highspy.Highs, column: int) -> float:
    ends = []
    highs.changeColCost(column, 1.0)
    for sense in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize):
        highs.changeObjectiveSense(sense)
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"the attacker's programme: {highs.getModelStatus()}")
        ends.append(highs.getInfo().objective_function_value)
    highs.changeColCost(column, 0.0)
    low, high = np.ceil(ends[0] - 1e-6), np.floor(ends[1] + 1e-6)
    return float(high - low)


def _cells(table: pl.DataFrame, rows: Sequence[int] | NDArray[np.int64]) -> dict[tuple[str, str], list[int]]:
    """By breakdown and cell, which of these respondents are in it."""
    names = ("sector", "type", "size", "region")
    ways = [(), *((one,) for one in names), *((a, b) for place, a in enumerate(names) for b in names[place + 1 :])]
    found: dict[tuple[str, str], list[int]] = {}
    codes = {name: table[name].to_list() for name in names}
    for way in ways:
        for row in rows:
            cell = ":".join(codes[name][row] for name in way) or "all"
            found.setdefault(("_".join(way) or TOTAL, cell), []).append(int(row))
    return found


def _column(name: str) -> int:
    return int(name[1:]) - 1


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--indicators", type=int, default=60)
    parser.add_argument("--trials", type=int, default=3)
    parser.add_argument("--late", default="1,2,3,5")
    given = parser.parse_args(arguments)
    table, answers = respondents()
    made = edition(given.indicators)
    rng = np.random.default_rng(SEED)
    sums = ("answers", "derived_alone", "derived", "derived_by_insider")
    results = {}
    for count in (int(one) for one in given.late.split(",")):
        found = [
            trial(made, table, answers[:, : given.indicators], rng.choice(table.height, count, replace=False).tolist())
            for _ in range(given.trials)
        ]
        told = {key: sum(one[key] for one in found) / (1 if key in sums else len(found)) for key in found[0]}
        results[str(count)] = {key: round(value, 1) for key, value in told.items()}
        print(
            f"{count} late: of {told['answers']:.0f} answers {told['derived_alone']:.0f} derived when each release is "
            f"protected by itself, {told['derived']:.0f} together "
            f"({told['derived_by_insider']:.0f} by another late one); of 119 figures an indicator "
            f"{told['held']:.1f} held ({told['needed']:.1f} at least), {told['lost']:.1f} lost; "
            f"{told['seconds']:.1f} CPU s",
            flush=True,
        )
    print(json.dumps({"indicators": given.indicators, "trials": given.trials, "late": results}))


if __name__ == "__main__":
    main()
