"""Laws weights and estimates obey, whatever the survey."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from barometer.estimation import estimate
from barometer.model import Calibration, Design, Margin, Measure, Selection, Survey, Weighting
from barometer.tables import ASKED, Estimates, Sample, Weights, empty
from barometer.weighting import weigh
from examples import examples
from made_survey import Programmer, made_frame, made_survey, multi, number, single

QUESTIONS = [single("done", "yes", "no", "dont_know"), multi("with_whom", "firms", "citizens"), number("hours")]
MARGINS = (Margin(("kind",)), Margin(("size",)), Margin(("employees",)))


@dataclass(frozen=True)
class Made:
    survey: Survey
    sample: Sample
    answers: pl.DataFrame

    def estimates(self) -> tuple[Weights, Estimates]:
        weights = weigh(self.survey, self.sample, self.answers)
        return weights, estimate(self.survey, self.sample, self.answers, weights)


def make(seed: int, *, cases: int = 1, everyone: bool = False, calibration: Calibration = Calibration.NONE) -> Made:
    """A stratified survey of some 60 units in 2 x 3 cells; with `cases` above 1, units report up to so many."""
    rng = np.random.default_rng(seed)
    population = rng.integers(4, 16, 6)
    sampled = population if everyone else rng.integers(3, population + 1)
    rows = []
    for cell, (count, asked) in enumerate(zip(population, sampled, strict=True)):
        answering = asked if everyone else rng.integers(2, asked + 1)
        rows += [
            (f"u{cell}-{place:02d}", "ab"[cell // 3], "sml"[cell % 3], bool(place < asked), bool(place < answering))
            for place in range(count)
        ]
    units = pl.DataFrame(rows, schema=["unit_id", "kind", "size", "asked", "answering"], orient="row")
    units = units.with_columns(employees=pl.Series(rng.integers(1, 50, units.height)))
    frame = made_frame(units.drop("asked", "answering"), categories={"size": ("s", "m", "l")})
    weighting = Weighting(response_classes=("kind",), calibration=calibration, margins=MARGINS, lower=0.02, upper=50)
    design = Design(Selection.STRATIFIED, ("kind", "size"), sample_size=int(sampled.sum()))
    survey = made_survey(frame, design=design, weighting=weighting, questions=QUESTIONS)
    survey = replace(survey, programme=programme(survey))
    drawn = (
        units.with_columns(
            stratum=pl.concat_str("kind", "size", separator=":"),
            population=pl.len().over("kind", "size").cast(pl.Int64),
            sampled=pl.col("asked").sum().over("kind", "size").cast(pl.Int64),
            prn=pl.lit(0.5),
        )
        .filter("asked")
        .with_columns(inclusion_probability=pl.col("sampled") / pl.col("population"))
        .with_columns(design_weight=1 / pl.col("inclusion_probability"))
    )
    ids = [unit for unit in units.filter("answering")["unit_id"] for _ in range(rng.integers(1, cases + 1))]
    return Made(survey, Sample("made", drawn, units.height), answered(ids, rng))


def answered(ids: list[str], rng: np.random.Generator) -> pl.DataFrame:
    done = rng.choice(["yes", "no", "dont_know", ""], len(ids), p=[0.5, 0.3, 0.1, 0.1])
    asked = done == "yes"
    return pl.DataFrame({"case_id": [f"c{place}" for place in range(len(ids))], "unit_id": ids}).with_columns(
        pl.Series("done", [str(answer) or None for answer in done]),
        pl.Series("with_whom.firms", np.where(asked, rng.random(len(ids)) < 0.4, None).tolist(), pl.Boolean),
        pl.Series("with_whom.citizens", np.where(asked, rng.random(len(ids)) < 0.6, None).tolist(), pl.Boolean),
        pl.Series("hours", np.where(rng.random(len(ids)) < 0.9, rng.integers(0, 40, len(ids)), np.nan)).fill_nan(None),
    )


def programme(survey: Survey):  # type: ignore[no-untyped-def]
    build = Programmer(survey.frame, QUESTIONS)
    build.universe("DOERS", "done == 'yes'")
    build.share("DONE", "done == 'yes'", question="done")
    build.share("FIRMS", "'firms' in with_whom", universe="DOERS", question="with_whom")
    build.share("CITIZENS", "'citizens' in with_whom", universe="DOERS", question="with_whom")
    build.share("ANY", components=("FIRMS", "CITIZENS"), universe="DOERS", question="with_whom")
    build.number("HOURS", "hours", Measure.MEAN, question="hours")
    build.number("ALL_HOURS", "hours", Measure.TOTAL, question="hours")
    build.by_column("kind")
    build.by_column("size")
    build.by_crossing("kind_size", "kind", "size")
    build.by_answers("partner", firms="FIRMS", citizens="CITIZENS", overlapping=True)
    return build.programme()


METHODS = st.sampled_from(list(Calibration))
SEEDS = st.integers(0, 10**6)
few = examples(15)


@given(seed=SEEDS, method=st.sampled_from([Calibration.LINEAR, Calibration.RAKING]), cases=st.integers(1, 3))
@few
def test_calibrated_weights_reproduce_the_register(seed: int, method: Calibration, cases: int) -> None:
    made = make(seed, calibration=method, cases=cases)
    units = weigh(made.survey, made.sample, made.answers).cases.unique("unit_id")
    units = units.join(made.survey.frame.units, on="unit_id")
    for name in ("kind", "size"):
        counts = dict(made.survey.frame.units.group_by(name).len().iter_rows())
        assert dict(units.group_by(name).agg(pl.col("weight").sum()).iter_rows()) == pytest.approx(counts, rel=1e-9)
    employees = made.survey.frame.units["employees"].sum()
    assert (units["weight"] * units["employees"]).sum() == pytest.approx(employees, rel=1e-9)


@given(seed=SEEDS, method=METHODS, cases=st.integers(1, 3))
@few
def test_the_order_of_answers_changes_nothing(seed: int, method: Calibration, cases: int) -> None:
    made = make(seed, calibration=method, cases=cases)
    shuffled = replace(made, answers=made.answers.sample(fraction=1, shuffle=True, seed=seed))
    (_, first), (_, second) = made.estimates(), shuffled.estimates()
    for name in ("cells", "contrasts", "leaves", "counts", "response", "diagnostics"):
        assert getattr(first, name).equals(getattr(second, name)), name


@given(seed=SEEDS, method=METHODS)
@few
def test_cells_of_a_partition_add_up_to_the_total(seed: int, method: Calibration) -> None:
    cells = make(seed, calibration=method).estimates()[1].cells
    total = cells.filter(pl.col("breakdown") == "total")
    for breakdown in ("kind", "size", "kind_size"):
        part = cells.filter(pl.col("breakdown") == breakdown)
        for column in ("n", "n_yes", "units", "weighted_base", "weighted_yes", "n_missing", "n_dont_know"):
            sums = part.group_by("indicator", maintain_order=True).agg(pl.col(column).sum())
            assert sums[column].to_list() == pytest.approx(total[column].to_list()), column
        average = part.group_by("indicator", maintain_order=True).agg(
            (pl.col("value") * pl.col("weighted_base")).sum() / pl.col("weighted_base").sum()
        )["value"]
        shares = total["indicator"] != "ALL_HOURS"
        assert average.filter(shares).to_list() == pytest.approx(total["value"].filter(shares).to_list())


@given(seed=SEEDS, method=METHODS)
@few
def test_counts_of_leaves_add_up_to_cells(seed: int, method: Calibration) -> None:
    _, estimates = make(seed, calibration=method, cases=2).estimates()
    plain = estimates.counts.filter(pl.col("group") == "")
    by_cell = plain.join(estimates.leaves, on=["survey", "leaf"]).group_by("indicator", "breakdown", "cell").agg(
        pl.col("n", "n_yes", "weighted_base", "weighted_yes").sum()
    )  # fmt: skip
    both = estimates.cells.join(by_cell, on=["indicator", "breakdown", "cell"], suffix="_counted")
    register = estimates.cells.filter(pl.col("breakdown") != "partner", pl.col("n") > 0)
    assert both.height == register.height
    for column in ("n", "n_yes", "weighted_base", "weighted_yes"):
        assert both[column].to_list() == pytest.approx(both[f"{column}_counted"].to_list())
    grouped = estimates.counts.filter(pl.col("group") == "partner/firms").group_by("indicator").agg(pl.col("n").sum())
    cells = estimates.cells.filter(pl.col("cell") == "firms").join(grouped, on="indicator", suffix="_counted")
    assert cells["n"].to_list() == cells["n_counted"].to_list()
    members = plain.filter(pl.col("indicator") == "universe:DOERS")
    assert members["n"].sum() == estimates.response["cases"][0]


@given(seed=SEEDS, method=METHODS)
@few
def test_where_everyone_answered_there_is_no_margin(seed: int, method: Calibration) -> None:
    made = make(seed, everyone=True, calibration=method)
    estimates = made.estimates()[1]
    known = estimates.cells.filter(pl.col("n") > 0)
    assert (known["se"] == 0).all()
    assert known["ci_low"].equals(known["value"].alias("ci_low"))
    assert known["ci_high"].equals(known["value"].alias("ci_high"))
    compared = estimates.contrasts.filter(pl.col("difference").is_not_null())
    assert (compared["se"] == 0).all()
    assert compared.select((pl.col("p") == 1) == (pl.col("difference") == 0)).to_series().all()


@given(seed=SEEDS, method=METHODS, cases=st.integers(1, 3))
@few
def test_errors_are_those_of_a_slow_and_obvious_calculation(seed: int, method: Calibration, cases: int) -> None:
    """Of the draw alone, the answers taken for the sample; what non-response adds has a slow twin of its own."""
    made = make(seed, calibration=method, cases=cases)
    weights = replace(made.estimates()[0], asked=empty(ASKED))
    estimates = estimate(made.survey, made.sample, made.answers, weights)
    slow = Slow(made, weights)
    for cell in estimates.cells.iter_rows(named=True):
        linearised, value = slow.linearised(cell["indicator"], cell["breakdown"], cell["cell"])
        if cell["se"] is not None:
            assert cell["value"] == pytest.approx(value, rel=1e-9)
            assert cell["se"] == pytest.approx(slow.error(linearised), rel=1e-7, abs=1e-10)
    for pair in estimates.contrasts.iter_rows(named=True):
        if pair["se"] is not None:
            a, value_a = slow.linearised(pair["indicator"], pair["breakdown"], pair["cell_a"])
            b, value_b = slow.linearised(pair["indicator"], pair["breakdown"], pair["cell_b"])
            assert pair["difference"] == pytest.approx(value_a - value_b, rel=1e-9, abs=1e-12)
            difference = {case: a[case] - b[case] for case in a}
            assert pair["se"] == pytest.approx(slow.error(difference), rel=1e-7, abs=1e-10)


class Slow:
    """Variances by loops over cases, units and strata, and an ordinary regression."""

    def __init__(self, made: Made, weights: Weights) -> None:
        answers = made.answers.join(made.sample.units, on="unit_id", how="left", maintain_order="left")
        self.cases = {row["case_id"]: row for row in answers.iter_rows(named=True)}
        self.weighed = {row["case_id"]: row for row in weights.cases.iter_rows(named=True)}
        self.auxiliaries = dict(zip(self.cases, weights.auxiliaries.iter_rows(), strict=False))

    def linearised(self, indicator: str, breakdown: str, cell: str) -> tuple[dict[str, float], float]:
        """Each case's part in the error, before weighting, and the estimate."""
        base, value, total = {}, {}, indicator == "ALL_HOURS"
        for case, row in self.cases.items():
            inside, number = self.measure(indicator, row)
            base[case] = float(inside and self.in_cell(breakdown, cell, row))
            value[case] = number * base[case]
        size = sum(self.weighed[case]["weight"] * base[case] for case in base)
        sum_of_values = sum(self.weighed[case]["weight"] * value[case] for case in base)
        if total or not size:
            return value, sum_of_values
        ratio = sum_of_values / size
        return {case: (value[case] - ratio * base[case]) / size for case in base}, ratio

    @staticmethod
    def measure(indicator: str, row: dict[str, object]) -> tuple[bool, float]:
        firms, citizens = row["with_whom.firms"], row["with_whom.citizens"]
        match indicator:
            case "DONE":
                return row["done"] is not None, float(row["done"] == "yes")
            case "FIRMS":
                return firms is not None, float(firms is True)
            case "CITIZENS":
                return firms is not None, float(citizens is True)
            case "ANY":
                return firms is not None, float(firms is True or citizens is True)
        return row["hours"] is not None, float(str(row["hours"] or 0))

    @staticmethod
    def in_cell(breakdown: str, cell: str, row: dict[str, object]) -> bool:
        match breakdown:
            case "total":
                return True
            case "kind_size":
                return f"{row['kind']}:{row['size']}" == cell
            case "partner":
                return row[f"with_whom.{cell}"] is True
        return row[breakdown] == cell

    def error(self, linearised: dict[str, float]) -> float:
        units: dict[str, float] = {}
        first: dict[str, str] = {}
        for case, part in linearised.items():
            unit = self.weighed[case]["unit_id"]
            units[unit] = units.get(unit, 0.0) + part
            first.setdefault(unit, case)
        totals = np.array([units[unit] for unit in units])
        rows = [self.weighed[first[unit]] for unit in units]
        x = np.array([self.auxiliaries.get(first[unit], ()) for unit in units]).reshape(len(units), -1)
        root = np.sqrt([row["base_weight"] for row in rows])
        if x.shape[1]:
            slopes = np.linalg.lstsq(x * root[:, None], totals * root, rcond=None)[0]
            totals = totals - x @ slopes
        totals = totals * np.array([row["weight"] for row in rows])
        variance = 0.0
        for stratum in {row["stratum"] for row in rows}:
            mine = [place for place, row in enumerate(rows) if row["stratum"] == stratum]
            fraction = len(mine) / rows[mine[0]]["population_psus"]
            if fraction < 1:
                variance += (1 - fraction) * len(mine) * float(np.var(totals[mine], ddof=1))
        return float(np.sqrt(variance))
