"""What can be wrong with answers, design and weighting taken together."""

from collections.abc import Iterator

import polars as pl

from barometer.model import Calibration, Selection, Survey
from barometer.problems import Place, Problem, suggestion
from barometer.tables import Sample
from barometer.weighting._margins import is_numeric
from barometer.weighting._response import class_of


def check_answers_and_design(survey: Survey, sample: Sample, answers: pl.DataFrame) -> tuple[Problem, ...]:
    """Every problem that keeps the answers from being weighed, all at once."""
    problems = [*_answer_problems(survey, sample, answers), *_design_problems(survey)]
    if not problems and survey.weighting.weighted:
        units = sample.units.join(answers, on="unit_id", how="semi")
        problems = [*_class_problems(survey, sample, units), *_margin_problems(survey, units)]
    return tuple(problems)


def _answer_problems(survey: Survey, sample: Sample, answers: pl.DataFrame) -> Iterator[Problem]:
    place = Place(file=survey.answers.file or "answers", field=survey.id)
    if answers.is_empty():
        yield Problem(
            "W001",
            place,
            "0 answers",
            "at least one",
            "Check that fieldwork has answers to collect, or that the answer file is the right one.",
        )
    strangers = answers.join(sample.units, on="unit_id", how="anti")["unit_id"].unique().sort()
    if len(strangers):
        shown = ", ".join(f"'{unit}'" for unit in strangers.head(3))
        yield Problem(
            "W002",
            place,
            f"{len(strangers)} units that are not in the sample, such as {shown}",
            "answers from sampled units only",
            "Correct the unit ids, or remove the answers.",
        )
    double = answers.filter(pl.col("case_id").is_duplicated())["case_id"].unique().sort()
    if len(double):
        shown = ", ".join(f"'{case}'" for case in double.head(3))
        yield Problem(
            "W003",
            place,
            f"{len(double)} case ids used more than once, such as {shown}",
            "one row a case",
            "Remove the double answers, keeping the last one handed in.",
        )


def _design_problems(survey: Survey) -> Iterator[Problem]:
    design, weighting = survey.design, survey.weighting
    if design.selection is Selection.STRATIFIED and not weighting.weighted:
        yield Problem(
            "W004",
            _place(survey, "weighted"),
            "weighted = false for a stratified sample",
            "weights, since units were drawn with different chances",
            "Set weighted = true.",
        )
    if design.selection is Selection.REPORTED and weighting.weighted:
        yield Problem(
            "W005",
            _place(survey, "weighted"),
            "weighted = true for reports",
            "weighted = false, since nobody was drawn",
            'Set weighted = false; or selection = "census" if every unit of the frame was asked.',
        )
    used = [("response_classes", name) for name in weighting.response_classes]
    used += [("propensity", name) for name in weighting.propensity]
    used += [("margins", name) for margin in weighting.margins for name in margin.columns]
    for field, name in dict.fromkeys(used):
        if name not in survey.frame.units.columns:
            yield Problem(
                "W006",
                _place(survey, field),
                f"'{name}'",
                "a column of the frame",
                suggestion(name, survey.frame.units.columns),
            )


def _class_problems(survey: Survey, sample: Sample, units: pl.DataFrame) -> Iterator[Problem]:
    columns = survey.weighting.response_classes
    if not columns:
        return
    key = class_of(columns)
    asked = sample.units.group_by(key, *columns).len().sort("class")
    answered = set(units.select(key).to_series())
    last = columns[-1]
    for row in asked.filter(~pl.col("class").is_in(answered)).iter_rows(named=True):
        same = [pl.col(name).eq_missing(pl.lit(row[name])) for name in columns[:-1]]
        near = asked.filter(pl.col("class").is_in(answered), *same)[last]
        shown = f" with {last} " + ", ".join(f"'{code}'" for code in near) if len(near) else ""
        yield Problem(
            "W007",
            _place(survey, "response_classes"),
            f"nobody answered of the {row['len']} units asked with "
            + ", ".join(f"{name} '{row[name]}'" for name in columns),
            "at least one respondent in each class",
            f"Merge the class with its neighbours{shown}, or leave '{last}' out of response_classes.",
        )


def _margin_problems(survey: Survey, units: pl.DataFrame) -> Iterator[Problem]:
    if survey.weighting.calibration is Calibration.NONE:
        return
    frame = survey.frame
    for margin in survey.weighting.margins:
        columns = list(margin.columns)
        if is_numeric(frame, margin):
            blank = frame.units[columns[0]].null_count()
            if blank:
                yield Problem(
                    "W009",
                    Place(file=frame.file, column=columns[0]),
                    f"{blank} units without a number",
                    "a number for every unit of the frame",
                    f"Fill in the register, or drop the margin [{columns[0]}].",
                )
            continue
        empty = frame.units.group_by(columns).len().join(units, on=columns, how="anti", nulls_equal=True)
        for row in empty.sort(columns).iter_rows(named=True):
            cell = ", ".join(f"{name} '{row[name]}'" for name in columns)
            yield Problem(
                "W008",
                _place(survey, "margins"),
                f"no respondent with {cell}; the frame has {row['len']}",
                "a respondent in every cell of the margin",
                f"Merge the category with another in the register, or drop the margin [{', '.join(columns)}].",
            )


def _place(survey: Survey, field: str) -> Place:
    return Place(file="weighting.toml", field=f"{survey.id}.{field}")
