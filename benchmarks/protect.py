"""How fast disclosure control is, and what it costs: a synthetic survey of 2,378 respondents with 60 yes/no
indicators in all one- and two-way tables of four register variables (119 cells an indicator).

    python benchmarks/protect.py [weighted]

Prints cells hidden and their share of all bases, what an attacker would learn with and without secondary
suppression (by the audit), and the CPU time of protection in units of the audit's. The last line is JSON.
"""

import json
import sys
from collections.abc import Iterator
from time import process_time

import polars as pl
from made_editions import edition, estimates, respondents

from barometer.disclosure import protect_in_full
from barometer.disclosure._gather import gather
from barometer.model import Edition
from barometer.tables import Estimates

INDICATORS = 60


def summary(findings: pl.DataFrame) -> dict[str, int]:
    """exact: one number is left; inside: the interval is narrower than required."""
    cells = findings.group_by("indicator", "breakdown", "cell", "measure").agg(
        pl.col("lower").min(), pl.col("upper").max(), pl.col("ok").all()
    )
    exact = cells.filter((pl.col("upper") - pl.col("lower")) < 1e-6).height
    return {"exact": exact, "inside": cells.filter(~pl.col("ok")).height}


def attacks(edition: Edition, made: Estimates) -> Iterator[tuple[str, dict[str, int], float]]:
    """Protect, then audit the result and, for comparison, the same with primary suppression only."""
    started = process_time()
    release, decision = protect_in_full(edition, made)
    seconds = process_time() - started
    rows = set(range(made.cells.height))
    for name, hidden in (("protected", decision.hidden), ("primary only", set(decision.sensitive))):
        started = process_time()
        found = [protected.audit(rows - hidden) for protected in decision.protected]
        spent = process_time() - started
        lost = made.cells.with_row_index("row").filter(pl.col("row").is_in(sorted(hidden)))["n"].sum()
        share = 100 * lost / made.cells["n"].sum()
        figures = {"cells": len(rows), "hidden": len(hidden), **summary(pl.concat(found))}
        yield name, {**figures, "lost_per_mille": round(10 * share)}, spent
    yield "all", {"needs": release.audit.needs}, seconds


def main() -> None:
    weighted = "weighted" in sys.argv[1:]
    table, answers = respondents(weighted=weighted)
    survey = edition(INDICATORS)
    made, _ = estimates(survey, table, answers)
    started = process_time()
    gather(survey, made)
    gathering = process_time() - started
    (_, safe, auditing), (_, bare, attacking), (_, rest, total) = attacks(survey, made)
    protecting = total - auditing - gathering
    for name, figures in (("protected", safe), ("primary suppression only", bare)):
        print(f"{name}: {figures}")
    print(f"CPU: evidence {gathering:.2f} s, protection {protecting:.2f} s, audit {auditing:.2f} s, "
          f"audit of the unsafe table {attacking:.2f} s")  # fmt: skip
    ratio = protecting / auditing
    print(
        json.dumps(
            {
                "weighted": weighted,
                "protect_per_audit": round(ratio, 2),
                **rest,
                "protected": safe,
                "primary_only": bare,
            }
        )
    )


if __name__ == "__main__":
    main()
