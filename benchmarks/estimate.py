"""What the `estimate` of an edition costs beside the bare programme of shares.

    python benchmarks/estimate.py [respondents]

60 yes/no indicators (30 of them asked of some only) by 27 cells of sector, type, size, region and sector x size, from
2,400 respondents in 270 strata: 1,620 shares with errors and intervals. The yardstick is `share_programme` on the same
answers and weights, which gives the same shares; `estimate` also reads definitions, compares every pair of cells,
counts non-response in the errors, counts units and leaves, and checks. Prints CPU times as ratios. The last line is
JSON.
"""

import json
import os
import sys
from pathlib import Path
from statistics import median

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import numpy as np
import polars as pl
from cpu_time import cpu_seconds

from barometer.estimation import SurveyDesign, estimate, share_programme, survey_design
from barometer.model import Calibration, Design, Margin, Selection, Survey, Weighting
from barometer.sampling import draw_sample
from barometer.tables import Sample, Weights
from barometer.weighting import weigh
from made_survey import Programmer, made_frame, made_survey, number

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
    design, breakdowns = plain_design(sample, answers, weights)
    agree(survey, sample, answers, weights, share_programme(design, ITEMS, breakdowns))
    bound = cpu_seconds(lambda: share_programme(design, ITEMS, breakdowns), 25, median)
    whole = cpu_seconds(lambda: estimate(survey, sample, answers, weights), 5, median)
    calibrated, sample, answers = job(respondents, Calibration.RAKING)
    raked = weigh(calibrated, sample, answers)
    residual = cpu_seconds(lambda: estimate(calibrated, sample, answers, raked), 5, median)
    weighing = cpu_seconds(lambda: weigh(calibrated, sample, answers), 5, median)
    ratios = {
        "estimate": whole / bound,
        "estimate_calibrated": residual / bound,
        "weigh_calibrated": weighing / bound,
    }
    print(f"{answers.height} respondents; share_programme = 1 ({bound * 1000:.1f} ms CPU)")
    for name, ratio in ratios.items():
        print(f"  {name:34} {ratio:8.1f}")
    shown = {name: round(ratio, 1) for name, ratio in ratios.items()}
    print(json.dumps({"respondents": answers.height, "programme_ms": round(bound * 1000, 2), **shown}))


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


def plain_design(
    sample: Sample, answers: pl.DataFrame, weights: Weights
) -> tuple[SurveyDesign, tuple[tuple[str, ...], ...]]:
    """Answers with weights and register columns, as any survey file has them; and the breakdowns."""
    cases = weights.cases.select("case_id", "weight", "stratum", "population_psus")
    register = sample.units.select("unit_id", *CATEGORIES)
    table = answers.join(cases, on="case_id").join(register, on="unit_id")
    design = survey_design(table, weights="weight", strata="stratum", fpc="population_psus")
    return design, ((), *((name,) for name in CATEGORIES), ("sector", "size"))


def agree(survey: Survey, sample: Sample, answers: pl.DataFrame, weights: Weights, table: pl.DataFrame) -> None:
    """All values are the same, in whatever order."""
    values = estimate(survey, sample, answers, weights).cells["value"].to_numpy()
    assert np.allclose(np.sort(values), np.sort(table["estimate"].to_numpy()), rtol=1e-10)


if __name__ == "__main__":
    main()
