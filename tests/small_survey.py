"""A small questionnaire with every kind of question, and a survey around it."""

import polars as pl

from barometer.expressions import Type, Variable, parse_condition
from barometer.model import (
    AnswerSource,
    Check,
    Choice,
    Code,
    Design,
    Frame,
    FrameColumn,
    Instrument,
    Item,
    Level,
    Missing,
    Page,
    Programme,
    Question,
    QuestionKind,
    Required,
    Selection,
    Survey,
    Weighting,
)
from barometer.problems import Place

SCOPE = {
    variable.name: variable
    for variable in (
        Variable("sector", Type.CODE, ("municipality", "state")),
        Variable("innovated", Type.CODE, ("yes", "no", "dont_know")),
        Variable("partners", Type.SET, ("own", "company", "citizens", "none")),
        Variable("channel", Type.CODE, ("network", "ministry")),
        Variable("hours", Type.NUMBER),
        Variable("factors.law", Type.CODE, ("promoted", "hindered")),
        Variable("factors.staff", Type.CODE, ("promoted", "hindered")),
        Variable("title", Type.TEXT),
    )
}


def when(source):
    return parse_condition(source, SCOPE, Place())


def text(words):
    return {"en": words}


def choice(code, **more):
    return Choice(code, text(code), **more)


INSTRUMENT = Instrument(
    id="small",
    version="1",
    title=text("Small"),
    languages=("en",),
    pages=(
        Page(
            "start",
            text("Start"),
            (
                Question("welcome", QuestionKind.INFORMATION, text("Welcome")),
                Question(
                    "innovated",
                    QuestionKind.SINGLE,
                    text("Did you innovate?"),
                    choices=(choice("yes"), choice("no"), choice("dont_know", missing=Missing.DONT_KNOW)),
                    required=Required.HARD,
                ),
            ),
        ),
        Page(
            "more",
            text("More"),
            (
                Question(
                    "partners",
                    QuestionKind.MULTI,
                    text("With whom?"),
                    choices=(
                        choice("own", when=when("sector == 'municipality'")),
                        choice("company"),
                        choice("citizens"),
                        choice("none", exclusive=True),
                    ),
                    minimum=1,
                    maximum=2,
                    required=Required.SOFT,
                ),
                Question(
                    "channel",
                    QuestionKind.SINGLE,
                    text("Which channel?"),
                    choices=(choice("network"), choice("ministry", when=when("sector == 'state'"))),
                    when=when("'company' in partners"),
                    required=Required.NO,
                ),
                Question(
                    "hours",
                    QuestionKind.NUMBER,
                    text("How many hours?"),
                    minimum=0,
                    maximum=1000,
                    decimals=1,
                    required=Required.NO,
                ),
            ),
            when=when("innovated == 'yes'"),
        ),
        Page(
            "end",
            text("End"),
            (
                Question(
                    "factors",
                    QuestionKind.GRID,
                    text("What helped?"),
                    choices=(choice("promoted"), choice("hindered")),
                    items=(
                        Item("law", text("Law"), when=when("sector == 'state'")),
                        Item("staff", text("Staff")),
                    ),
                    when=when("channel == 'network' or hours > 10"),
                    required=Required.HARD,
                ),
                Question("title", QuestionKind.TEXT, text("A name"), maximum=10, required=Required.NO),
            ),
        ),
    ),
    checks=(
        Check("hours_partners", when("not hours > 500 or count(partners) > 1"), Level.SOFT, text("Many hours alone?")),
        Check("law", when("not factors.law == 'hindered' or hours > 1"), Level.HARD, text("Hours are missing.")),
    ),
)

UNITS = pl.DataFrame(
    {
        "unit_id": ["u1", "u2", "u3", "u4"],
        "name": ["Ås  kommune", "Skatteetaten", "Kartverket", "Kartverket"],
        "sector": ["municipality", "state", "state", "state"],
    }
)


def survey(instrument=INSTRUMENT, units=UNITS):
    sectors = (Code("municipality", text("Municipality")), Code("state", text("State body")))
    frame = Frame(
        id="bodies",
        file="frame.csv",
        unit=text("body"),
        units_plural=text("bodies"),
        source=text("made up"),
        columns=(FrameColumn("sector", "category", text("Sector"), sectors),),
        exclusions=(),
        units=units,
        name_column="name",
    )
    return Survey(
        id="bodies",
        title=text("Bodies"),
        instrument=instrument,
        frame=frame,
        design=Design(Selection.REPORTED),
        weighting=Weighting(weighted=False),
        answers=AnswerSource("imported", "answers.csv", "map.toml"),
        programme=Programme("bodies", (), (), (), {}),
    )
