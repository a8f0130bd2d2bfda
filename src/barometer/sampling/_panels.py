"""Panels that rotate: groups of a master sample that come in and go out by a plan."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from barometer.problems import Place, Problem, raise_errors
from barometer.sampling._frame import missing_columns


def rotation_groups(
    sample: pl.DataFrame, groups: int, rng: np.random.Generator, *, stratum: str = "stratum"
) -> pl.DataFrame:
    """`sample` with a column `group`, 0 to groups - 1: in each stratum the units are put into groups at random, of
    sizes that differ by one at most, and a random group begins, so that no group is the largest everywhere.

    Each group is a random part of the sample in each stratum. Raises BadInput: S003 (there is a column `group`),
    S004, S021 (no groups, or more groups than the smallest stratum has units).
    """
    problems = list(missing_columns(sample, [stratum]))
    if "group" in sample.columns:
        way_out = "Rename the column; a panel is divided once and keeps its groups."
        problems.append(Problem("S003", Place(column="group"), "a column called 'group'", "none", way_out))
    if not problems:
        smallest = sample.group_by(stratum).len().sort("len", stratum)
        least = int(smallest["len"][0]) if smallest.height else 0
        if not 1 <= groups <= least:
            found = f"{groups} groups; stratum '{smallest[stratum][0]}' has {least} units" if least else "no units"
            way_out = "Use fewer groups, or join small strata before the sample is drawn."
            problems.append(Problem("S021", Place(), found, f"from 1 to {least} groups", way_out))
    raise_errors(problems)
    place = pl.DataFrame({"stratum": sample[stratum].cast(pl.String), "number": rng.random(sample.height)})
    rank = place.select(pl.col("number").rank("ordinal").over("stratum").cast(pl.Int64) - 1)["number"].to_numpy()
    strata = place["stratum"].unique().sort()
    first = pl.DataFrame({"stratum": strata, "first": rng.integers(0, groups, len(strata))})
    shift = place.join(first, on="stratum", how="left", maintain_order="left")["first"].to_numpy()
    return sample.with_columns(group=pl.Series((rank + shift) % groups, dtype=pl.Int64))


def wave(panel: pl.DataFrame, number: int, pattern: Sequence[bool]) -> pl.DataFrame:
    """The units of a panel asked in wave `number` (from 0). `pattern` is the life of a group, one entry a wave:
    (True, True, False, True) is asked twice, rests, and is asked again; then it begins anew. Group g starts g waves
    after group 0, so that with a pattern as long as there are groups every wave asks equally many.

    Weights of a wave are those of the panel times groups / groups asked, done here to `inclusion_probability` and
    `design_weight` where the panel has them. Raises BadInput: S004, S021 (a pattern that asks nobody, or that in this
    wave asks no group).
    """
    problems = list(missing_columns(panel, ["group"]))
    if not any(pattern):
        way_out = "Write True for the waves a group is asked in."
        problems.append(Problem("S021", Place(), f"pattern {list(pattern)}", "at least one True", way_out))
    raise_errors(problems)
    groups = int(panel["group"].max()) + 1 if panel.height else 0  # type: ignore[arg-type]
    asked = [group for group in range(groups) if pattern[(number - group) % len(pattern)]]
    if not asked:
        way_out = "Use a pattern as long as there are groups."
        raise_errors([Problem("S021", Place(), f"wave {number} asks no group", "at least one group", way_out)])
    taken = panel.filter(pl.col("group").is_in(asked))
    part = len(asked) / groups
    changes = {
        "inclusion_probability": pl.col("inclusion_probability") * part,
        "design_weight": pl.col("design_weight") / part,
    }
    return taken.with_columns(**{name: change for name, change in changes.items() if name in panel.columns})
