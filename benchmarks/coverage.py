"""Do 95 % intervals hold the truth 95 times in 100?

    python benchmarks/coverage.py [--samples 2000] [--replicate-samples 100] [--processes 2] [--seed 20150424]

One made population of 14,297 workplaces whose answers are all known. Again and again a stratified sample is drawn,
some of it answers (more often in large workplaces), answers are weighed (response classes that cut across strata,
raking) and figures estimated, as in production. Each interval is compared with the truth of the population.

Prints, by kind of figure and effective number of respondents behind it (Kish; cells of 30 respondents or more), how
often intervals of every kind hold the truth, the
average standard error over the true spread of the estimates, and the error from bootstrap replicates that have been
through every adjustment over that of linearisation. The last line is JSON.
"""

import argparse
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("POLARS_MAX_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import numpy as np
import polars as pl

from barometer.estimation import estimate, proportion_interval
from barometer.model import Calibration, Design, Margin, Measure, Selection, Survey, Weighting
from barometer.sampling import draw_sample
from barometer.tables import Sample, Weights
from barometer.weighting import weigh, weigh_replicates
from made_survey import Programmer, made_frame, made_survey, number

UNITS = 14_297
NOMINAL = 0.95
CATEGORIES = {
    "sector": ("municipality", "region", "state"),
    "size": ("1-9", "10-49", "50-249", "250+"),
    "area": ("capital", "west", "north"),
}
PARTS = ([0.62, 0.13, 0.25], [0.35, 0.4, 0.2, 0.05], [0.35, 0.4, 0.25])  # of each category in the population
FRACTIONS = {"1-9": 0.15, "10-49": 0.25, "50-249": 0.5, "250+": 1.0}
ASKED = 3586
RESPONSE = {"1-9": 0.28, "10-49": 0.34, "50-249": 0.4, "250+": 0.5}
SHARES = {f"P{100 * share:02.0f}": share for share in (0.06, 0.1, 0.25, 0.5, 0.75, 0.9, 0.94)}
QUESTIONS = [number(name) for name in (*(name.lower() for name in SHARES), "hours")]
INTERVALS = ("logit", "wilson", "beta", "asin", "wald")
LEAST, REPLICATES, CHUNK = 30, 200, 25
GROUPS = ((30, "under 30"), (60, "30-59"), (120, "60-119"), (300, "120-299"))
TRUTHS = (
    (0.05, "0-5 %"), (0.1, "5-10 %"), (0.2, "10-20 %"), (0.8, "20-80 %"), (0.9, "80-90 %"), (0.9501, "90-95 %"),
)  # fmt: skip
OUTSIDE = ("0-5 %", "95-100 %")
KEYS = ["indicator", "breakdown", "cell"]


def main() -> None:
    arguments = read_arguments()
    truth = true_figures(arguments.seed)
    tasks = [
        (arguments.seed, first, min(first + CHUNK, arguments.samples), arguments.replicate_samples)
        for first in range(0, arguments.samples, CHUNK)
    ]
    parts = []
    fresh = get_context("spawn")  # a forked process would inherit the locks of Polars' threads
    with ProcessPoolExecutor(arguments.processes, fresh) as processes:
        for part in processes.map(samples, *zip(*tasks, strict=True)):
            parts.append(part)
            print(f"\r{min(len(parts) * CHUNK, arguments.samples)} samples", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    rounds = pl.concat(parts).join(truth, on=KEYS)
    cells = by_cell(rounds).filter(pl.col("n") >= LEAST)
    table = by_group(cells)
    show(table, arguments.samples, rounds)
    of_share = pl.col("indicator").is_in(list(SHARES)) & pl.col("truth").is_between(0.05, 0.95)
    shares = cells.filter(of_share, pl.col("effective") >= LEAST)
    judged = table.filter("judged")
    figures = {
        "samples": arguments.samples,
        "population": UNITS,
        **{f"{name}_lowest_group": judged[name].min() for name in INTERVALS},
        **{f"{name}_highest_group": judged[name].max() for name in INTERVALS},
        "logit_cells_from_93_to_97_percent": float(shares["logit"].is_between(0.93, 0.97).mean()),
        "logit_lowest_cell": shares["logit"].min(),
        "logit_highest_cell": shares["logit"].max(),
        "totals_lowest_group": table.filter(pl.col("figure") == "total hours")["plain"].min(),
        "replicates_over_taylor_lowest": table["replicates"].min(),
        "replicates_over_taylor_highest": table["replicates"].max(),
    }
    print(json.dumps({name: None if value is None else round(value, 4) for name, value in figures.items()}))


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Coverage of intervals by simulation.")
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--replicate-samples", type=int, default=100, help="samples that are also replicated")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=20150424)
    return parser.parse_args()


@cache
def people(seed: int) -> pl.DataFrame:
    """Register and answers of everyone. Answers go with sector, size and region, and with one another."""
    rng = np.random.default_rng(seed)
    code = {name: rng.choice(len(codes), UNITS, p=p) for (name, codes), p in zip(
        CATEGORIES.items(), PARTS, strict=True
    )}  # fmt: skip
    drive = 0.25 * code["size"] - 0.2 * code["sector"] + 0.1 * code["area"]
    drive = drive + rng.normal(size=UNITS)
    rank = (drive + rng.normal(size=(len(SHARES), UNITS))).argsort(axis=1).argsort(axis=1)
    return pl.DataFrame({name: np.array(CATEGORIES[name])[code[name]] for name in CATEGORIES}).with_columns(
        *(
            pl.Series(name.lower(), (places >= round((1 - share) * UNITS)).astype(float))
            for (name, share), places in zip(SHARES.items(), rank, strict=True)
        ),
        unit_id=pl.format("u{}", pl.int_range(pl.len()).cast(pl.String).str.zfill(5)),
        hours=pl.Series(np.round(rng.gamma(2, 4 * np.exp(0.3 * drive)), 1)),
    )


@cache
def questions_of(seed: int) -> Survey:
    frame = made_frame(people(seed).select("unit_id", *CATEGORIES), categories=CATEGORIES)
    build = Programmer(frame, QUESTIONS)
    for name in SHARES:
        build.share(name, f"{name.lower()} == 1", question=name.lower())
    build.number("mean hours", "hours", Measure.MEAN, question="hours")
    build.number("total hours", "hours", Measure.TOTAL, question="hours")
    for name in CATEGORIES:
        build.by_column(name)
    build.by_crossing("sector_size", "sector", "size")
    build.by_crossing("sector_area", "sector", "area")
    build.by_crossing("size_area", "size", "area")
    return made_survey(
        frame,
        design=Design(Selection.STRATIFIED, tuple(CATEGORIES), "size", FRACTIONS, sample_size=ASKED),
        weighting=Weighting(
            response_classes=("size",),
            calibration=Calibration.RAKING,
            margins=(Margin(("sector",)), Margin(("size",)), Margin(("area",))),
        ),
        questions=QUESTIONS,
        programme=build.programme(),
    )


def answers_of(seed: int, answering: pl.Series) -> pl.DataFrame:
    table = people(seed).filter(pl.col("unit_id").is_in(answering.implode()))
    return table.select(pl.col("unit_id").alias("case_id"), "unit_id", *(question.id for question in QUESTIONS))


def true_figures(seed: int) -> pl.DataFrame:
    """All of them asked, all of them answer."""
    survey = questions_of(seed)
    survey = made_survey(
        survey.frame,
        design=Design(Selection.CENSUS),
        weighting=Weighting(weighted=False),
        questions=QUESTIONS,
        programme=survey.programme,
    )
    sample = draw_sample(survey, np.random.default_rng(0))
    answers = answers_of(seed, sample.units["unit_id"])
    return estimate(survey, sample, answers, weigh(survey, sample, answers)).cells.select(*KEYS, truth="value")


def samples(seed: int, first: int, last: int, replicated: int) -> pl.DataFrame:
    """Estimates of these samples, with intervals of every kind; of the first ones also the replicates' errors."""
    return pl.concat([one_sample(seed, number, number < replicated) for number in range(first, last)])


def one_sample(seed: int, number_of_sample: int, replicated: bool) -> pl.DataFrame:
    survey = questions_of(seed)
    rng = np.random.default_rng([seed, number_of_sample])
    sample = draw_sample(survey, rng)
    chance = sample.units["size"].replace_strict(RESPONSE, return_dtype=pl.Float64)
    answers = answers_of(seed, sample.units.filter(pl.Series(rng.random(len(chance))) < chance)["unit_id"])
    weights = weigh(survey, sample, answers)
    cells = estimate(survey, sample, answers, weights).cells
    cells = cells.select(*KEYS, "value", "se", "ci_low", "ci_high", "n", "df").with_columns(sample=number_of_sample)
    cells = cells.join(effective_sizes(sample, weights), on=["breakdown", "cell"], how="left", maintain_order="left")
    spread = replicate_errors(cells, survey, sample, answers, weights, rng) if replicated else pl.lit(None, pl.Float64)
    return cells.with_columns(*intervals(cells), replicated=spread)


def effective_sizes(sample: Sample, weights: Weights) -> pl.DataFrame:
    """Kish's effective number of respondents of each cell: how many of equal weight would say as much."""
    table = weights.cases.select("unit_id", "weight").join(sample.units.select("unit_id", *CATEGORIES), on="unit_id")
    size = pl.col("weight").sum() ** 2 / (pl.col("weight") ** 2).sum()
    parts = [table.select(breakdown=pl.lit("total"), cell=pl.lit("all"), effective=size)]
    for columns in (("sector",), ("size",), ("area",), ("sector", "size"), ("sector", "area"), ("size", "area")):
        sizes = table.group_by(columns).agg(effective=size)
        cell = pl.concat_str(columns, separator=":")
        parts.append(sizes.select(breakdown=pl.lit("_".join(columns)), cell=cell, effective="effective"))
    return pl.concat(parts)


def intervals(cells: pl.DataFrame) -> list[pl.Series]:
    """Ends of the intervals of every kind; where the share is 0 or 1 and for other figures those of the estimate."""
    share, se, df, n = (cells[name].cast(pl.Float64).to_numpy() for name in ("value", "se", "df", "n"))
    given = ~(cells["indicator"].is_in(list(SHARES)).to_numpy() & (se > 0))
    ends = []
    for method in INTERVALS:
        both = proportion_interval(method, np.where(given, 0.5, share), se, df, n, n, NOMINAL)
        for end, found in zip(("low", "high"), both, strict=True):
            values = np.where(given, cells[f"ci_{end}"].to_numpy(), found)
            ends.append(pl.Series(f"{method}_{end}", values, nan_to_null=True))
    return ends


def replicate_errors(
    cells: pl.DataFrame,
    survey: Survey,
    sample: Sample,
    answers: pl.DataFrame,
    weights: Weights,
    rng: np.random.Generator,
) -> pl.Series:
    """Standard error of each cell from bootstrap replicates that went through non-response and calibration."""
    made = weigh_replicates(survey, sample, weights, count=REPLICATES, rng=rng)
    table = answers.join(sample.units.select("unit_id", *CATEGORIES), on="unit_id", maintain_order="left")
    matrix, errors = made.weights, []
    values = {
        name: table["hours" if "hours" in name else name.lower()].to_numpy() for name in cells["indicator"].unique()
    }
    for indicator, breakdown, cell in cells.select(KEYS).iter_rows():
        columns = () if breakdown == "total" else tuple(breakdown.split("_"))
        codes = cell.split(":") if columns else ()
        inside = table.select(
            pl.all_horizontal(pl.lit(True), *(pl.col(name) == code for name, code in zip(columns, codes, strict=True)))
        ).to_series()
        rows = np.flatnonzero(np.broadcast_to(inside.to_numpy(), table.height))
        top = values[indicator][rows] @ matrix[rows]
        each = top if indicator == "total hours" else top / matrix[rows].sum(axis=0)
        errors.append(float(np.sqrt(made.scale * (made.rscales * (each - each.mean()) ** 2).sum())))
    return pl.Series("replicated", errors, dtype=pl.Float64)


def by_cell(rounds: pl.DataFrame) -> pl.DataFrame:
    """One row a cell: coverage of each kind of interval, error over spread, replicates over linearisation."""
    truth = pl.col("truth")
    held = [
        (truth.is_between(pl.col(f"{method}_low"), pl.col(f"{method}_high"))).mean().alias(method)
        for method in INTERVALS
    ]
    both = pl.col("replicated").is_not_null() & pl.col("se").is_not_null()
    return rounds.group_by(KEYS, maintain_order=True).agg(
        *held,
        n=pl.col("n").median(),
        effective=pl.col("effective").median(),
        truth=truth.first(),
        error=pl.col("se").pow(2).mean().sqrt() / pl.col("value").std(),
        replicates=(pl.col("replicated").filter(both).pow(2).mean() / pl.col("se").filter(both).pow(2).mean()).sqrt(),
    )


def by_group(cells: pl.DataFrame) -> pl.DataFrame:
    """Averages over cells with about the same true share, or the same other figure, and about as many respondents."""
    share = pl.col("indicator").is_in(list(SHARES))
    table = cells.with_columns(
        figure=pl.when(share).then(_classed("truth", TRUTHS, "95-100 %")).otherwise("indicator"),
        respondents=_classed("effective", GROUPS, "300+"),
        is_share=share,
    )
    table = table.group_by("figure", "respondents", "is_share").agg(
        pl.col(*INTERVALS, "error", "replicates").mean(),
        least=pl.col("effective").min(),
        truth=pl.col("truth").min(),
        cells=pl.len(),
    )
    table = table.with_columns(
        *(pl.when("is_share").then(pl.col(name)).alias(name) for name in INTERVALS),
        plain=pl.when(~pl.col("is_share")).then("wald"),
        judged=pl.col("is_share") & ~pl.col("figure").is_in(OUTSIDE) & (pl.col("least") >= LEAST),
    )
    return table.sort(~pl.col("is_share"), pl.when("is_share").then("truth"), "figure", "least")


def _classed(column: str, classes: tuple[tuple[float, str], ...], last: str) -> pl.Expr:
    found = pl.lit(last)
    for limit, label in reversed(classes):
        found = pl.when(pl.col(column) < limit).then(pl.lit(label)).otherwise(found)
    return found


def show(table: pl.DataFrame, count: int, rounds: pl.DataFrame) -> None:
    whole = rounds.filter(pl.col("breakdown") == "total")["n"].median()
    print(f"{count} samples of about {whole:.0f} respondents from a population of {UNITS:,}; share of 95 % intervals")
    print("that hold the truth, average error over true spread, error of replicates over that of linearisation")
    heads = (*INTERVALS, "plain", "error", "replicates")
    print(f"{'true share':12} {'effective':9} {'cells':>5}" + "".join(f" {head:>10}" for head in heads))
    for row in table.iter_rows(named=True):
        numbers = "".join(f" {'' if row[head] is None else f'{row[head]:.3f}':>10}" for head in heads)
        print(f"{row['figure']:12} {row['respondents']:9} {row['cells']:>5}{numbers}")


if __name__ == "__main__":
    main()
