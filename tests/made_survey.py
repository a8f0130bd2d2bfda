"""Surveys made in a few lines of code, for tests and benchmarks of sampling, weighting and estimation."""

from collections.abc import Mapping, Sequence

import polars as pl

from barometer.expressions import Scope, Type, Variable, parse_condition, parse_number
from barometer.model import (
    AnswerSource,
    Breakdown,
    Category,
    Choice,
    Code,
    Design,
    Frame,
    FrameColumn,
    Indicator,
    Instrument,
    Keep,
    Measure,
    Missing,
    Page,
    Programme,
    Question,
    QuestionKind,
    Selection,
    Survey,
    Universe,
    Weighting,
)
from barometer.problems import Place

HERE = Place(file="made up")
MISSING = {missing.value: missing for missing in Missing}
CENSUS = Design(selection=Selection.CENSUS)


def label(text: str) -> dict[str, str]:
    return {"en": text}


def single(name: str, *codes: str) -> Question:
    return Question(name, QuestionKind.SINGLE, label(name), choices=_choices(codes))


def multi(name: str, *codes: str) -> Question:
    return Question(name, QuestionKind.MULTI, label(name), choices=_choices(codes))


def number(name: str) -> Question:
    return Question(name, QuestionKind.NUMBER, label(name))


def _choices(codes: Sequence[str]) -> tuple[Choice, ...]:
    return tuple(Choice(code, label(code), missing=MISSING.get(code)) for code in codes)


def made_frame(units: pl.DataFrame, prn_column: str = "", categories: Mapping[str, Sequence[str]] = {}) -> Frame:
    """A frame whose text columns are categories, in the order of `categories` or else of the alphabet."""
    columns = []
    for name, dtype in units.schema.items():
        if name in ("unit_id", prn_column):
            continue
        if dtype == pl.String:
            codes = categories.get(name) or sorted(units[name].drop_nulls().unique())
            columns.append(FrameColumn(name, "category", label(name), tuple(Code(code, label(code)) for code in codes)))
        else:
            kind = "integer" if dtype.is_integer() else "number"
            columns.append(FrameColumn(name, kind, label(name)))
    return Frame(
        id="units",
        file="frame.csv",
        unit=label("unit"),
        units_plural=label("units"),
        source=label("made up"),
        columns=tuple(columns),
        exclusions=(),
        units=units,
        prn_column=prn_column,
    )


class Programmer:
    """Builds a programme piece by piece; expressions may use questions, register columns and earlier pieces."""

    def __init__(self, frame: Frame, questions: Sequence[Question] = ()) -> None:
        self.scope: dict[str, Variable] = dict(_scope(frame, questions))
        self.frame = frame
        self.questions = questions
        self.universes: list[Universe] = []
        self.indicators: list[Indicator] = []
        self.breakdowns: list[Breakdown] = []
        self.universe("ALL")

    def universe(self, name: str, when: str = "") -> None:
        condition = parse_condition(when, self.scope, HERE) if when else None
        self.universes.append(Universe(name, "made", label(name), label(name), condition))
        self.scope[name] = Variable(name, Type.FLAG)

    def share(
        self,
        name: str,
        numerator: str = "",
        *,
        universe: str = "ALL",
        question: str = "",
        components: tuple[str, ...] = (),
        dont_know: Keep = Keep.IN,
        not_relevant: Keep = Keep.IN,
    ) -> None:
        self.indicators.append(
            Indicator(
                id=name,
                survey="made",
                measure=Measure.SHARE,
                label=label(name),
                universe=universe,
                numerator=parse_condition(numerator, self.scope, HERE) if numerator else None,
                question=question,
                components=components,
                dont_know=dont_know,
                not_relevant=not_relevant,
            )
        )
        self.scope[name] = Variable(name, Type.FLAG)

    def number(self, name: str, value: str, measure: Measure, *, universe: str = "ALL", question: str = "") -> None:
        expression = parse_number(value, self.scope, HERE)
        self.indicators.append(
            Indicator(name, "made", measure, label(name), universe, value=expression, question=question)
        )

    def by_column(self, name: str) -> None:
        codes = [code.code for code in self.frame.column(name).categories]
        self.breakdowns.append(
            Breakdown(name, "made", label(name), tuple(Category(code, label(code)) for code in codes), column=name)
        )

    def by_crossing(self, name: str, first: str, second: str) -> None:
        one, other = (next(b for b in self.breakdowns if b.id == part) for part in (first, second))
        cells = tuple(
            Category(f"{a.code}:{b.code}", label(f"{a.code}, {b.code}"))
            for a in one.categories
            for b in other.categories
        )
        self.breakdowns.append(Breakdown(name, "made", label(name), cells, crossing=(first, second)))

    def by_answers(self, name: str, overlapping: bool = False, **conditions: str) -> None:
        cells = tuple(
            Category(code, label(code), when=parse_condition(when, self.scope, HERE))
            for code, when in conditions.items()
        )
        self.breakdowns.append(Breakdown(name, "made", label(name), cells, overlapping=overlapping))

    def programme(self) -> Programme:
        """Everything by every breakdown."""
        every = tuple(breakdown.id for breakdown in self.breakdowns)
        return Programme(
            survey="made",
            universes=tuple(self.universes),
            indicators=tuple(self.indicators),
            breakdowns=tuple(self.breakdowns),
            by={indicator.id: every for indicator in self.indicators},
        )


def made_survey(
    frame: Frame,
    *,
    design: Design = CENSUS,
    weighting: Weighting | None = None,
    questions: Sequence[Question] = (),
    programme: Programme | None = None,
) -> Survey:
    return Survey(
        id="made",
        title=label("made"),
        instrument=Instrument("made", "1", label("made"), ("en",), (Page("one", label("one"), tuple(questions)),)),
        frame=frame,
        design=design,
        weighting=weighting or Weighting(),
        answers=AnswerSource("imported", file="answers.csv"),
        programme=programme or Programmer(frame, questions).programme(),
    )


def _scope(frame: Frame, questions: Sequence[Question]) -> Scope:
    variables = []
    for column in frame.columns:
        codes = tuple(code.code for code in column.categories)
        variables.append(Variable(column.name, Type.CODE if codes else Type.NUMBER, codes))
    kinds = {QuestionKind.MULTI: Type.SET, QuestionKind.NUMBER: Type.NUMBER}
    for question in questions:
        codes = tuple(choice.code for choice in question.choices)
        names = [f"{question.id}.{item.code}" for item in question.items] or [question.id]
        variables += [Variable(name, kinds.get(question.kind, Type.CODE), codes) for name in names]
    return {variable.name: variable for variable in variables}
