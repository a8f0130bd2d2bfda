"""How near estimation comes to the least a single pass over the numbers costs.

    python benchmarks/estimate.py [respondents]

60 yes/no indicators (30 of them asked of some only) by 27 cells of sector, type, size, region and sector x size, from
2,400 respondents in 270 strata: 1,620 shares with errors and intervals. The yardstick is one pass in NumPy that sums
y, w y, w² y and w² for every stratum and builds the 1,620 shares and errors from these sums; it does nothing else,
while `estimate` also reads definitions, compares every pair of cells, counts units and leaves, and checks.
Prints CPU times as ratios. The last line is JSON.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.estimation import estimate
from barometer.estimation._cases import cases_of
from barometer.estimation._cells import cell_figures
from barometer.estimation._domains import domains_of
from barometer.model import Calibration, Design, Margin, Selection, Survey, Weighting
from barometer.sampling import draw_sample
from barometer.tables import Sample, Weights
from barometer.weighting import weigh
from made_survey import Programmer, made_frame, made_survey, number

Matrix = NDArray[np.float64]
CATEGORIES = {
    "sector": ("municipality", "region", "state"),
    "type": ("administration", "school", "daycare", "health", "culture", "technical"),
    "size": ("1-19", "20-99", "100+"),
    "region": ("north", "central", "south", "zealand", "capital"),
}
ITEMS = [f"q{item:02d}" for item in range(1, 61)]


def main() -> None:
    respondents = int(sys.argv[1]) if len(sys.argv) > 1 else 2400
    survey, sample, answers = job(respondents, Calibration.NONE)
    weights = weigh(survey, sample, answers)
    arrays = plain_arrays(survey, sample, answers, weights)
    agree(survey, sample, answers, weights, arrays)
    bound = seconds(lambda: one_pass(*arrays), 25)
    cells = seconds(lambda: only_cells(survey, sample, answers, weights), 5)
    whole = seconds(lambda: estimate(survey, sample, answers, weights), 5)
    calibrated, sample, answers = job(respondents, Calibration.RAKING)
    raked = weigh(calibrated, sample, answers)
    residual = seconds(lambda: estimate(calibrated, sample, answers, raked), 5)
    weighing = seconds(lambda: weigh(calibrated, sample, answers), 5)
    ratios = {
        "cells_per_bound": cells / bound,
        "everything_per_bound": whole / bound,
        "everything_calibrated_per_bound": residual / bound,
        "weigh_per_bound": weighing / bound,
    }
    print(f"{answers.height} respondents; one pass in NumPy = 1 ({bound * 1000:.1f} ms CPU)")
    for name, ratio in ratios.items():
        print(f"  {name:34} {ratio:8.1f}")
    shown = {name: round(ratio, 1) for name, ratio in ratios.items()}
    print(json.dumps({"respondents": answers.height, "bound_ms": round(bound * 1000, 2), **shown}))


def job(respondents: int, calibration: Calibration) -> tuple[Survey, Sample, pl.DataFrame]:
    """A frame some seven times the respondents, half of it asked, some 30 % of that answering."""
    rng = np.random.default_rng(20240607)
    size = respondents * 7
    units = pl.DataFrame({name: rng.choice(codes, size) for name, codes in CATEGORIES.items()})
    units = units.with_columns(unit_id=pl.format("u{}", pl.int_range(pl.len())))
    frame = made_frame(units, categories=CATEGORIES)
    questions = [number(item) for item in ITEMS]
    build = Programmer(frame, questions)
    for item in ITEMS:
        build.share(item.upper(), f"{item} == 1", question=item)
    for name in CATEGORIES:
        build.by_column(name)
    build.by_crossing("sector_size", "sector", "size")
    survey = made_survey(
        frame,
        design=Design(Selection.STRATIFIED, tuple(CATEGORIES), sample_size=size // 2),
        weighting=Weighting(
            response_classes=("sector", "size"),
            calibration=calibration,
            margins=tuple(Margin((name,)) for name in CATEGORIES),
        ),
        questions=questions,
        programme=build.programme(),
    )
    sample = draw_sample(survey, rng)
    rank = pl.int_range(pl.len()).over("stratum")
    answering = sample.units.filter((rank < 2) | (pl.Series(rng.random(sample.units.height)) < 0.26))
    done = rng.random((answering.height, len(ITEMS))) < rng.uniform(0.1, 0.9, len(ITEMS))
    values = np.where((np.arange(len(ITEMS)) >= 20) & (np.arange(len(ITEMS)) < 50) & ~done[:, :1], np.nan, done)
    answers = pl.DataFrame(values, schema=ITEMS).fill_nan(None)
    return survey, sample, answers.select(answering["unit_id"].alias("case_id"), answering["unit_id"], pl.all())


def only_cells(survey: Survey, sample: Sample, answers: pl.DataFrame, weights: Weights) -> None:
    cases = cases_of(survey, sample, answers, weights)
    for domains in domains_of(survey, cases.table).values():
        for domain in domains:
            cell_figures(cases, domain, survey.programme.level)


def plain_arrays(
    survey: Survey, sample: Sample, answers: pl.DataFrame, weights: Weights
) -> tuple[Matrix, Matrix, Matrix, NDArray[np.int64], Matrix, Matrix]:
    """What the one pass needs: y, base, w, stratum, (1 - f) m / (m - 1) and m; domains are unions of strata."""
    cases = cases_of(survey, sample, answers, weights)
    design = cases.design
    stratum = design.stratum[design.psu]
    first = np.flatnonzero(np.diff(stratum, prepend=-1))
    of_stratum = [
        np.isin(first, domain.rows) for domains in domains_of(survey, cases.table).values() for domain in domains
    ]
    return cases.value, cases.base, cases.weight, first, np.array(of_stratum, dtype=float), design.scale


def one_pass(
    y: Matrix, base: Matrix, weight: Matrix, first: NDArray[np.int64], of_stratum: Matrix, scale: Matrix
) -> tuple[Matrix, Matrix]:
    """Shares and standard errors (cells x indicators) from sums per stratum."""
    size = np.diff(np.append(first, len(weight)))[:, None]
    wy, wb = weight[:, None] * y, weight[:, None] * base
    sum_y, sum_b, sum_yy, sum_bb = (np.add.reduceat(one, first, axis=0) for one in (wy, wb, wy * wy, wb * wb))
    factor = scale[:, None]
    yy, bb = factor * (sum_yy - sum_y**2 / size), factor * (sum_bb - sum_b**2 / size)
    yb = factor * (sum_yy - sum_y * sum_b / size)  # y is 0 or 1 inside its base
    total, share = of_stratum @ sum_b, of_stratum @ sum_y
    share = share / total
    variance = of_stratum @ yy - 2 * share * (of_stratum @ yb) + share**2 * (of_stratum @ bb)
    return share, np.sqrt(variance) / total


def agree(survey: Survey, sample: Sample, answers: pl.DataFrame, weights: Weights, arrays: tuple[Matrix, ...]) -> None:
    share, error = one_pass(*arrays)  # type: ignore[arg-type]
    cells = estimate(survey, sample, answers, weights).cells
    ours = cells["value"].to_numpy().reshape(len(ITEMS), -1).T, cells["se"].to_numpy().reshape(len(ITEMS), -1).T
    assert np.allclose(ours[0], share, rtol=1e-10)
    assert np.allclose(ours[1], error, rtol=1e-8)


def seconds(work: Callable[[], object], times: int) -> float:
    """Median CPU seconds."""
    spent = []
    for _ in range(times):
        start = process_time()
        work()
        spent.append(process_time() - start)
    return median(spent)


if __name__ == "__main__":
    main()
