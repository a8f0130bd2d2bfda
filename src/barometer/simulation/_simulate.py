"""The door: respondents of a sample and their answers, such that estimates print published figures."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.edition import Figure, answer_scope, contradictions, read_figures
from barometer.estimation import estimate
from barometer.expressions import Expression, Scope, Type, Variable, parse_condition, to_polars
from barometer.model import Level, Measure, QuestionKind, Survey
from barometer.problems import BadInput, Place, Problem, raise_errors, suggestion
from barometer.questionnaire import answer_columns
from barometer.simulation._answering import fill_in
from barometer.simulation._choosing import choose
from barometer.simulation._response import respondents
from barometer.simulation._specification import FILE, QuestionPlan, SurveyPlan, read_survey_plan
from barometer.simulation._targets import key, targets_of
from barometer.simulation._tilting import tilt
from barometer.tables import ANSWERS, SAMPLE, Sample, Weights, check_columns
from barometer.weighting import weigh

FIGURES = "figures.csv"
Lifts = list[tuple[str, Expression, Mapping[str, float]]]
Flags = NDArray[np.bool_]


def simulate_answers(
    survey: Survey, sample: Sample, specification: bytes, figures: bytes, rng: np.random.Generator
) -> pl.DataFrame:
    """Answers (ANSWERS) of those of the sample who respond, in random order.

    `specification` is the simulation.toml, `figures` the figures.csv of the edition; either may be empty. Weighted
    estimates round to every figure of the survey that is neither approximate nor contradicted by others. The
    same arguments and state of `rng` give the same table.

    Raises BadInput: E002 to E012 for a faulty specification, E027 for faulty figures, E060 naming every figure that
    could not be met, E061 and E062 where respondents or answers cannot be made.
    """
    check_columns(sample.units, SAMPLE, "sample")
    plan = read_survey_plan(specification, survey.id)
    printed = _printed(survey, figures)
    contradicted = contradictions(printed, survey.programme)
    wanted = [figure for figure in printed if figure not in contradicted]
    lifts = _check(survey, plan, printed)
    units = respondents(sample.units, plan.response, survey.id, _weighed_by(survey), rng)
    answers = _answers(survey, sample, units, plan, lifts, wanted, rng)
    raise_errors(_unmet(survey, sample, answers, wanted))
    return answers


def _weighed_by(survey: Survey) -> list[tuple[str, ...]]:
    """Crossings of register columns of which the weighting needs a respondent in every cell."""
    if not survey.weighting.weighted:
        return []
    crossings = [survey.weighting.response_classes, *(margin.columns for margin in survey.weighting.margins)]
    return [
        columns
        for columns in crossings
        if columns and all(survey.frame.column(column).kind == "category" for column in columns)
    ]


def _printed(survey: Survey, figures: bytes) -> tuple[Figure, ...]:
    """The figures of this survey; rows of other surveys are theirs to check."""
    if not figures.strip():
        return ()
    header, *rows = csv.reader(io.StringIO(figures.decode("utf-8-sig"), newline=""))
    mine = [
        row for row in rows if len(row) != len(header) or dict(zip(header, row, strict=True)).get("survey") == survey.id
    ]
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *mine])
    return read_figures(FIGURES, out.getvalue().encode(), [survey])


def _answers(
    survey: Survey,
    sample: Sample,
    units: pl.DataFrame,
    plan: SurveyPlan,
    lifts: Lifts,
    wanted: Sequence[Figure],
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Draw several sets of answers for each respondent and keep one."""
    width = len(str(units.height))
    cases = units.select(
        pl.format(f"{survey.id}-{{}}", (pl.int_range(pl.len()) + 1).cast(pl.String).str.zfill(width)).alias("case_id"),
        "unit_id",
    )
    each = plan.adjustment.candidates
    repeated = np.repeat(np.arange(units.height), each)
    columns = answer_columns(survey.measured)
    inclination = _inclination(units, plan, rng)
    filled = fill_in(survey.measured, columns, units[repeated], inclination[repeated], plan, lifts, survey.id, rng)
    plausible = _plausible(survey, filled, units.height)
    candidates = cases[repeated].hstack(filled.select(list(columns)))
    numbered = candidates.with_columns(
        case_id=pl.Series([f"{i:08d}" for i in range(candidates.height)], dtype=pl.String)
    )
    weights = _weights_of(weigh(survey, sample, candidates[::each]), numbered, repeated)
    adjustment = plan.adjustment
    targets = targets_of(survey, sample, numbered, weights, wanted, adjustment.aims, adjustment.margin)
    chosen = choose(targets, tilt(targets, plausible, units.height), rng)
    return check_columns(candidates[chosen], ANSWERS, "answers")


def _inclination(units: pl.DataFrame, plan: SurveyPlan, rng: np.random.Generator) -> NDArray[np.float64]:
    """A standard normal number each, plus what register columns add."""
    inclination = rng.standard_normal(units.height)
    for column, effects in plan.inclination.items():
        inclination += units[column].replace_strict(effects, default=0.0, return_dtype=pl.Float64).to_numpy()
    return inclination


def _plausible(survey: Survey, filled: pl.DataFrame, units: int) -> Flags:
    """Sets of answers that pass the instrument's checks: hard ones always, soft ones where the respondent has
    such a set. Raises BadInput E062 for checks that nobody's answers pass."""
    everything = np.ones((units, filled.height // units), dtype=bool)
    hard = everything & _passed(survey, filled, everything, Level.HARD)
    if not hard.any(axis=1).all():
        stuck = int((~hard.any(axis=1)).sum())
        found = f"{stuck} of {units} respondents of {survey.id} without answers that pass all hard checks"
        way_out = "Give more 'candidates', or shares and lifts that fit the checks of the questionnaire."
        place = Place(FILE, field=survey.id)
        raise BadInput((Problem("E062", place, found, "answers that pass", way_out),))
    soft = hard & _passed(survey, filled, everything, Level.SOFT)
    return np.where(soft.any(axis=1, keepdims=True), soft, hard).ravel()


def _passed(survey: Survey, filled: pl.DataFrame, everything: Flags, level: Level) -> Flags:
    conditions = [to_polars(check.condition) for check in survey.measured.checks if check.level is level]
    if not conditions:
        return everything
    return filled.select(pl.all_horizontal(conditions)).to_series().to_numpy().reshape(everything.shape)


def _weights_of(weights: Weights, candidates: pl.DataFrame, repeated: NDArray[np.int64]) -> Weights:
    """The weights of respondents, repeated for each of their candidates: who responds fixes them."""
    cases = weights.cases[repeated].with_columns(case_id=candidates["case_id"])
    return Weights(weights.survey, cases, weights.auxiliaries[repeated], weights.response, weights.diagnostics)


def _unmet(survey: Survey, sample: Sample, answers: pl.DataFrame, wanted: Sequence[Figure]) -> Iterator[Problem]:
    """Figures that the estimates, made the ordinary way, do not print."""
    if not wanted:
        return
    cells = {
        (row["indicator"], row["breakdown"], row["cell"]): row
        for row in estimate(survey, sample, answers, weigh(survey, sample, answers)).cells.iter_rows(named=True)
    }
    for figure in wanted:
        row = cells[figure.indicator, figure.breakdown, figure.cell]
        scale = 100 if survey.programme.indicator(figure.indicator).measure is Measure.SHARE else 1
        value = float("nan") if row["value"] is None else scale * row["value"]
        if not figure.approximate and not abs(value - figure.value_pct) < figure.rounding:
            yield _miss(figure, f"{value:.2f}", f"{figure.value_pct:g} as printed")
        if figure.n is not None and row["n"] != figure.n:
            yield _miss(figure, f"n = {row['n']}", f"n = {figure.n}")


def _miss(figure: Figure, found: str, expected: str) -> Problem:
    place = Place(FIGURES, field=str(figure))
    way_out = (
        "Bring the shares of simulation.toml nearer to the figure, give more 'candidates', or say in the "
        "figure's column 'approximate' why it cannot be compared."
    )
    return Problem("E060", place, found, expected, way_out)


def _check(survey: Survey, plan: SurveyPlan, printed: Sequence[Figure]) -> Lifts:
    """Names of the specification that the survey does not have; the lifts, parsed."""
    problems: list[Problem] = []
    questions = _codes(survey)
    columns = {one.name: [code.code for code in one.categories] for one in survey.frame.columns}
    for name, question in plan.questions.items():
        problems += _check_question(f"{survey.id}.question.{name}", name, question, questions, columns)
    named = (("response.rates", plan.response.rates), ("response.exactly", plan.response.exactly))
    for where, by in (*named, ("inclination", plan.inclination)):
        problems += _check_columns(f"{survey.id}.{where}", by, columns)
    aimed = [key(figure) for figure in printed]
    problems += _unknown(f"{survey.id}.adjustment.aims", plan.adjustment.aims, "a row of figures.csv", aimed)
    lifts: Lifts = []
    scope = _scope(survey)
    for number, lift in enumerate(plan.lifts, 1):
        where = f"{survey.id}.lift[{number}]"
        problems += _unknown(where, [lift.question], "a question", questions)
        problems += _unknown(where, lift.codes, "a choice of the question", questions.get(lift.question, lift.codes))
        try:
            lifts.append((lift.question, parse_condition(lift.when, scope, Place(FILE, field=where)), lift.codes))
        except BadInput as error:
            problems += error.problems
    raise_errors(problems)
    return lifts


def _codes(survey: Survey) -> dict[str, list[str]]:
    """Choices by question and by grid item."""
    questions = {one.id: [choice.code for choice in one.choices] for one in survey.measured.questions}
    for grid in survey.measured.questions:
        if grid.kind is QuestionKind.GRID:
            questions |= {f"{grid.id}.{item.code}": questions[grid.id] for item in grid.items}
    return questions


def _check_question(
    where: str,
    name: str,
    plan: QuestionPlan,
    questions: Mapping[str, Sequence[str]],
    columns: Mapping[str, Sequence[str]],
) -> Iterator[Problem]:
    if name not in questions:
        yield from _unknown(where, [name], "a question or item of the survey", questions)
        return
    yield from _unknown(f"{where}.shares", plan.shares, "a choice of the question", questions[name])
    yield from _unknown(f"{where}.pull", plan.pull, "a choice of the question", questions[name])
    yield from _check_columns(f"{where}.by", plan.by, columns)
    for column, categories in plan.by.items():
        for category, shares in categories.items():
            place = f"{where}.by.{column}.{category}"
            yield from _unknown(place, shares, "a choice of the question", questions[name])


def _check_columns(
    where: str, by: Mapping[str, Mapping[str, object]], columns: Mapping[str, Sequence[str]]
) -> Iterator[Problem]:
    for column, categories in by.items():
        yield from _unknown(where, [column], "a column of the register", columns)
        if column in columns:
            yield from _unknown(f"{where}.{column}", categories, "a category of the column", columns[column])


def _unknown(
    where: str,
    words: Sequence[str] | Mapping[str, object],
    expected: str,
    known: Sequence[str] | Mapping[str, object],
) -> Iterator[Problem]:
    for word in words:
        if word not in known:
            yield Problem("E009", Place(FILE, field=where), f"'{word}'", expected, suggestion(word, known))


def _scope(survey: Survey) -> Scope:
    """Names a lift may use: questions and columns of the register."""
    kinds = {"category": Type.CODE, "text": Type.TEXT}
    register = {
        one.name: Variable(one.name, kinds.get(one.kind, Type.NUMBER), tuple(code.code for code in one.categories))
        for one in survey.frame.columns
    }
    return {**answer_scope(survey.measured), **register}
