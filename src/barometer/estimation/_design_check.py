"""Whether design columns fit together: PSUs within strata, populations with the sample, strata of one unit."""

from collections.abc import Iterator, Sequence

import numpy as np

from barometer.estimation._column_check import named_rows, problem_in
from barometer.estimation._design_columns import Columns, Numbers, units_drawn
from barometer.estimation._stages import Stage
from barometer.problems import Problem


def check_nesting(columns: Columns) -> Iterator[Problem]:
    """PSUs that lie in several strata (T017)."""
    if not columns.units:
        return
    unit, stratum = columns.units[0], columns.strata[0]
    first = np.full(unit.max() + 1, -1)
    first[unit[::-1]] = stratum[::-1]
    wrong = first[unit] != stratum
    if wrong.any():
        count = len(np.unique(unit[wrong]))
        yield problem_in(
            "T017",
            columns.names.psu[0] if columns.names.psu else "",
            f"{count:,} PSUs with another stratum in {named_rows(wrong)}",
            "every row of a PSU in one stratum",
            "Correct the column, or say that PSU numbers start anew in each stratum (nest=True, --nest).",
            rows=wrong,
        )


def check_fpc(columns: Columns) -> Iterator[Problem]:
    """Populations below the sample (T014), or that differ within a stratum (T016)."""
    for place, population in enumerate(columns.population):
        if population is None:
            continue
        unit, stratum = columns.units[place], columns.strata[place]
        name = columns.names.fpc[place]
        drawn = units_drawn(unit, stratum, columns.count)
        small = population < drawn * (1 - 1e-12)
        if small.any():
            row = int(np.flatnonzero(small)[0])
            yield problem_in(
                "T014",
                name,
                f"{population[row]:,.6g} units with {drawn[row]:,.0f} drawn, in {named_rows(small)}",
                "at least as many units in each stratum's population as were drawn from it",
                "Give the number of units in the stratum at this stage, or the fraction drawn, 1 at most.",
                rows=small,
            )
        if columns.names.unequal:
            continue
        first = np.zeros(stratum.max() + 1)
        first[stratum[::-1]] = population[::-1]
        varying = population != first[stratum]
        if varying.any() and not np.allclose(population, first[stratum], rtol=1e-9):
            yield problem_in(
                "T016",
                name,
                f"another population than in the stratum's first row, in {named_rows(varying)}",
                "one number for all rows of a stratum",
                'Correct the column; for unequal probabilities say so (pps="brewer").',
                rows=varying,
            )


def check_lonely(columns: Columns, stages: Sequence[Stage], order: Numbers) -> Iterator[Problem]:
    """Strata with one unit drawn of several (T018)."""
    for place, stage in enumerate(stages):
        if not stage.lonely.any():
            continue
        rows = np.sort(order[stage.lonely[stage.stratum[stage.unit]]])
        names = columns.names.strata
        yield problem_in(
            "T018",
            names[min(place, len(names) - 1)] if names else "",
            f"{int(stage.lonely.sum()):,} strata with one unit at stage {place + 1}, in {named_rows(rows)}",
            "two units or more in each stratum, or the whole of it",
            'Join strata, or choose a rule, lonely="adjust" or --lonely adjust: adjust (centre at the mean of all, '
            "cautious), average, remove or certainty.",
            rows=rows,
        )
