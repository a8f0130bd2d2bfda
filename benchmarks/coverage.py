"""Do 95 % intervals hold the truth 95 times in 100?

    python benchmarks/coverage.py [repetitions]

One made population of 3,000 workplaces whose answers are all known. Again and again a stratified sample is drawn,
some of it answers (more often in large workplaces), answers are weighed (response classes, raking) and figures
estimated, as in production. Each interval is compared with the truth of the population. Prints, by kind of figure and
number of respondents behind it, coverage over 0.95 (1 is right; below 1 intervals promise too much), and the average
standard error over the true spread of the estimates. The last line is JSON.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import numpy as np
import polars as pl

from barometer.estimation import estimate
from barometer.model import Calibration, Design, Margin, Measure, Selection, Survey, Weighting
from barometer.sampling import draw_sample
from barometer.weighting import weigh
from made_survey import Programmer, made_frame, made_survey, number

NOMINAL = 0.95
CATEGORIES = {"sector": ("municipality", "region", "state"), "size": ("1-9", "10-49", "50+"), "region": ("w", "e")}
FRACTIONS = {"1-9": 0.15, "10-49": 0.3, "50+": 0.7}
RESPONSE = {"1-9": 0.5, "10-49": 0.6, "50+": 0.75}
QUESTIONS = [number(name) for name in ("done", "rare", "firms", "hours")]
KEYS = ["indicator", "breakdown", "cell"]


def main() -> None:
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    rng = np.random.default_rng(20150424)
    population = people(rng)
    survey = questions_of(population)
    truth = figures(survey, population, population["unit_id"]).select(*KEYS, truth="value")
    rounds = []
    for number_of_round in range(repetitions):
        units = draw_sample(survey, np.random.default_rng(number_of_round)).units
        chance = units["size"].replace_strict(RESPONSE, return_dtype=pl.Float64)
        answering = units.filter(pl.Series(rng.random(units.height)) < chance)["unit_id"]
        rounds.append(figures(survey, population, answering, number_of_round))
    results = summary(pl.concat(rounds).join(truth, on=KEYS))
    print(f"{repetitions} samples of about {rounds[0].filter(pl.col('breakdown') == 'total')['n'].max()} respondents")
    for row in results.iter_rows(named=True):
        print(
            f"  {row['indicator']:10} n {row['n']:10} coverage / {NOMINAL}: {row['coverage']:.3f}"
            f"   error / spread: {row['error']:.3f}   intervals {row['intervals']}"
        )
    everything = {
        f"{row['indicator']} n {row['n']}": [round(row["coverage"], 3), round(row["error"], 3)]
        for row in results.iter_rows(named=True)
    }
    print(json.dumps({"repetitions": repetitions, "coverage_and_error_ratio": everything}))


def people(rng: np.random.Generator) -> pl.DataFrame:
    """Register and answers of everyone. Answers go with sector, size and region, and with one another."""
    size = 3000
    code = {name: rng.choice(len(codes), size, p=p) for (name, codes), p in zip(
        CATEGORIES.items(), ([0.6, 0.15, 0.25], [0.5, 0.35, 0.15], [0.4, 0.6]), strict=True
    )}  # fmt: skip
    drive = rng.normal(size=size) * 0.8 + 0.35 * code["size"] - 0.2 * code["sector"] + 0.15 * code["region"]
    done = rng.random(size) < 1 / (1 + np.exp(-0.8 - drive))
    return pl.DataFrame({name: np.array(CATEGORIES[name])[code[name]] for name in CATEGORIES}).with_columns(
        unit_id=pl.format("u{}", pl.int_range(pl.len())),
        done=pl.Series(done.astype(float)),
        rare=pl.Series((rng.random(size) < 0.03).astype(float)),
        firms=pl.Series(np.where(done, rng.random(size) < 1 / (1 + np.exp(1 - drive)), np.nan)).fill_nan(None),
        hours=pl.Series(np.round(rng.gamma(2, 4 * np.exp(0.3 * drive)), 1)),
    )


def questions_of(population: pl.DataFrame) -> Survey:
    frame = made_frame(population.select("unit_id", *CATEGORIES), categories=CATEGORIES)
    build = Programmer(frame, QUESTIONS)
    build.universe("DOERS", "done == 1")
    build.share("DONE", "done == 1", question="done")
    build.share("RARE", "rare == 1", question="rare")
    build.share("FIRMS", "firms == 1", universe="DOERS", question="firms")
    build.number("HOURS", "hours", Measure.MEAN, question="hours")
    build.number("ALL_HOURS", "hours", Measure.TOTAL, question="hours")
    for name in CATEGORIES:
        build.by_column(name)
    build.by_crossing("sector_size", "sector", "size")
    return made_survey(
        frame,
        design=Design(Selection.STRATIFIED, tuple(CATEGORIES), "size", FRACTIONS, minimum_per_stratum=8),
        weighting=Weighting(
            response_classes=("size",),
            calibration=Calibration.RAKING,
            margins=(Margin(("sector",)), Margin(("size",)), Margin(("region",))),
        ),
        questions=QUESTIONS,
        programme=build.programme(),
    )


def figures(survey: Survey, population: pl.DataFrame, answering: pl.Series, seed: int | None = None) -> pl.DataFrame:
    """Estimates from the answers of these units; without a seed, all of them are asked."""
    if seed is None:
        everyone = Design(Selection.CENSUS)
        weighting = Weighting(weighted=False)
        survey = made_survey(
            survey.frame, design=everyone, weighting=weighting, questions=QUESTIONS, programme=survey.programme
        )
    sample = draw_sample(survey, np.random.default_rng(seed))
    answers = population.filter(pl.col("unit_id").is_in(answering.implode())).select(
        pl.col("unit_id").alias("case_id"), "unit_id", "done", "rare", "firms", "hours"
    )
    return estimate(survey, sample, answers, weigh(survey, sample, answers)).cells


def summary(rounds: pl.DataFrame) -> pl.DataFrame:
    """By indicator and size of the base: coverage over nominal, and average error over the estimates' own spread."""
    covered = (pl.col("ci_low") <= pl.col("truth")) & (pl.col("truth") <= pl.col("ci_high"))
    cells = rounds.group_by(KEYS, maintain_order=True).agg(
        n=pl.col("n").median(),
        coverage=covered.mean(),
        intervals=pl.col("ci_low").count(),
        error=pl.col("se").pow(2).mean().sqrt() / pl.col("value").std(),
    )
    groups = pl.lit("over 300")
    for limit, label in ((300, "100-300"), (100, "30-100"), (30, "under 30")):
        groups = pl.when(pl.col("n") < limit).then(pl.lit(label)).otherwise(groups)
    return (
        cells.with_columns(group=groups)
        .group_by("indicator", "group", maintain_order=True)
        .agg(
            coverage=(pl.col("coverage") * pl.col("intervals")).sum() / pl.col("intervals").sum() / NOMINAL,
            error=pl.col("error").mean(),
            intervals=pl.col("intervals").sum(),
        )
        .rename({"group": "n"})
        .sort("indicator", "n", maintain_order=True)
    )


if __name__ == "__main__":
    main()
