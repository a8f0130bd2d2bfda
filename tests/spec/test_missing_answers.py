"""What missing answers mean in conditions and numbers: ten respondents, row by row and as columns."""

import polars as pl
import pytest

from barometer.expressions import Type, Variable, condition, number, parse_condition, parse_number, to_polars
from barometer.problems import Place

SCOPE = {
    variable.name: variable
    for variable in (
        Variable("novelty", Type.CODE, ("first", "copy", "dont_know")),
        Variable("partners", Type.SET, ("company", "citizens")),
        Variable("hours", Type.NUMBER),
        Variable("cost", Type.NUMBER),
        Variable("title", Type.TEXT),
        Variable("INNOV", Type.FLAG),
    )
}
RESPONDENTS = [
    {"novelty": "first", "partners": ("company",), "hours": 10.0, "cost": 2.0, "title": "x", "INNOV": True},
    {"novelty": "copy", "partners": ("company", "citizens"), "hours": 0.0, "cost": 5.0, "INNOV": True},
    {"novelty": "dont_know", "partners": (), "hours": -1.0, "cost": 0.0, "title": "", "INNOV": False},
    {"novelty": None, "partners": None, "hours": None, "cost": 1.0, "INNOV": True},
    {"novelty": "first", "partners": None, "hours": 3.0, "cost": None, "INNOV": True},
    {"novelty": None, "partners": ("citizens",), "hours": None, "cost": None, "title": "y", "INNOV": False},
    {"novelty": "copy", "partners": (), "hours": 2.5, "cost": 2.5, "INNOV": True},
    {"novelty": None, "partners": ("company",), "hours": 100.0, "cost": 3.0, "INNOV": False},
    {"novelty": "first", "partners": ("citizens",), "hours": None, "cost": 0.0, "INNOV": True},
    {},
]
T, F = True, False


def as_table(respondents):
    table = {
        "novelty": pl.Series([r.get("novelty") for r in respondents], dtype=pl.String),
        "hours": pl.Series([r.get("hours") for r in respondents], dtype=pl.Float64),
        "cost": pl.Series([r.get("cost") for r in respondents], dtype=pl.Float64),
        "title": pl.Series([r.get("title") for r in respondents], dtype=pl.String),
        "INNOV": pl.Series([r.get("INNOV") for r in respondents], dtype=pl.Boolean),
    }
    for code in ("company", "citizens"):
        marks = [None if r.get("partners") is None else code in r["partners"] for r in respondents]
        table[f"partners.{code}"] = pl.Series(marks, dtype=pl.Boolean)
    return pl.DataFrame(table)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("novelty == 'first'", [T, F, F, F, T, F, F, F, T, F]),
        ("novelty != 'first'", [F, T, T, F, F, F, T, F, F, F]),  # of those who answered
        ("not novelty == 'first'", [F, T, T, T, F, T, T, T, F, T]),
        ("novelty in ('first', 'copy')", [T, T, F, F, T, F, T, F, T, F]),
        ("novelty not in ('first', 'copy')", [F, F, T, F, F, F, F, F, F, F]),
        ("'company' in partners", [T, T, F, F, F, F, F, T, F, F]),
        ("'company' not in partners", [F, F, T, F, F, T, T, F, T, F]),
        ("answered(partners)", [T, T, T, F, F, T, T, T, T, F]),  # no mark is an answer
        ("count(partners) == 0", [F, F, T, T, T, F, T, F, F, T]),  # so is nothing at all
        ("hours > 2", [T, F, F, F, T, F, T, T, F, F]),
        ("not hours > 2", [F, T, T, T, F, T, F, F, T, T]),
        ("hours == cost", [F, F, F, F, F, F, T, F, F, F]),
        ("hours != cost", [T, T, T, F, F, F, F, T, F, F]),
        ("hours / cost >= 0", [T, T, F, F, F, F, T, T, F, F]),  # a division by zero is missing
        ("answered(title)", [T, F, F, F, F, T, F, F, F, F]),  # an empty text is missing
        ("INNOV", [T, T, F, T, T, F, T, F, T, F]),
        ("1 == 1", [T] * 10),
    ],
)
def test_conditions(source, expected):
    expression = parse_condition(source, SCOPE, Place())
    assert [condition(expression, respondent) for respondent in RESPONDENTS] == expected
    assert as_table(RESPONDENTS).select(to_polars(expression).alias("it"))["it"].to_list() == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("hours + cost", [12, 5, -1, None, None, None, 5, 103, None, None]),
        ("sum(hours, cost)", [12, 5, -1, None, None, None, 5, 103, None, None]),
        ("max(hours, cost)", [10, 5, 0, None, None, None, 2.5, 100, None, None]),
        ("min(hours, cost)", [2, 0, -1, None, None, None, 2.5, 3, None, None]),
        ("cost / hours", [0.2, None, 0, None, None, None, 1, 0.03, None, None]),
        ("-hours", [-10, 0, 1, None, -3, None, -2.5, -100, None, None]),
        ("count(partners)", [1, 2, 0, 0, 0, 1, 0, 1, 1, 0]),
        ("7", [7] * 10),
    ],
)
def test_numbers(source, expected):
    expression = parse_number(source, SCOPE, Place())
    assert [number(expression, respondent) for respondent in RESPONDENTS] == expected
    column = as_table(RESPONDENTS).select(to_polars(expression).alias("it"))["it"]
    assert column.dtype == pl.Float64
    assert column.to_list() == expected
