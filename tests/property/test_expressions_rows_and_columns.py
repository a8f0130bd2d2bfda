"""An expression means the same for one respondent and for a whole table, whatever is missing."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from barometer.expressions import Type, Variable, condition, number, parse_condition, parse_number, to_polars
from barometer.problems import Place
from examples import examples

CODES = ("a", "b", "c")
SCOPE = {
    variable.name: variable
    for variable in (
        Variable("one", Type.CODE, CODES),
        Variable("grid.item", Type.CODE, CODES),
        Variable("many", Type.SET, CODES),
        Variable("hours", Type.NUMBER),
        Variable("cost", Type.NUMBER),
        Variable("title", Type.TEXT),
        Variable("FLAG", Type.FLAG),
    )
}

code = st.sampled_from(CODES).map(repr)
single = st.sampled_from(["one", "grid.item"])
literal = st.one_of(st.integers(-3, 3).map(str), st.floats(-1e3, 1e3).map(repr), st.sampled_from(["1e308", "0", "0.5"]))
equality = st.sampled_from(["==", "!="])
membership = st.sampled_from(["in", "not in"])


def larger_numbers(inner):
    return st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda part: f"(-{part})"),
        st.tuples(st.sampled_from(["sum", "min", "max"]), st.lists(inner, min_size=1, max_size=3)).map(
            lambda call: f"{call[0]}({', '.join(call[1])})"
        ),
    )


numbers = st.recursive(
    st.one_of(st.sampled_from(["hours", "cost", "count(many)"]), literal), larger_numbers, max_leaves=4
)
simple = st.one_of(
    st.just("FLAG"),
    st.tuples(single, equality, code).map(" ".join),
    st.just("one == grid.item"),
    st.just("one != grid.item"),
    st.tuples(
        single, membership, st.lists(code, min_size=1, max_size=3).map(lambda codes: f"[{', '.join(codes)}]")
    ).map(" ".join),
    st.tuples(code, membership, st.just("many")).map(" ".join),
    st.tuples(st.just("title"), equality, st.sampled_from(["'x'", "''"])).map(" ".join),
    st.sampled_from(["one", "grid.item", "many", "hours", "title"]).map("answered({})".format),
    st.tuples(numbers, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), numbers).map(" ".join),
    st.tuples(
        numbers, membership, st.lists(literal, min_size=1, max_size=3).map(lambda each: f"({', '.join(each)},)")
    ).map(" ".join),
)


def larger_conditions(inner):
    return st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda part: f"(not {part})"),
        st.tuples(st.sampled_from(["any", "all"]), st.lists(inner, min_size=1, max_size=3)).map(
            lambda call: f"{call[0]}({', '.join(call[1])})"
        ),
    )


conditions = st.recursive(simple, larger_conditions, max_leaves=6)
amount = st.none() | st.sampled_from([0.0, -0.0, 1.0, 2.0, 1e308, 1e-320]) | st.floats(allow_nan=True)
respondents = st.lists(
    st.fixed_dictionaries(
        {
            "one": st.none() | st.sampled_from(CODES),
            "grid.item": st.none() | st.sampled_from(CODES),
            "many": st.none() | st.frozensets(st.sampled_from(CODES)),
            "hours": amount,
            "cost": amount,
            "title": st.none() | st.sampled_from(["", "x", "y"]),
            "FLAG": st.none() | st.booleans(),
        }
    ),
    max_size=6,
)


def as_table(rows):
    types = {"one": pl.String, "grid.item": pl.String, "hours": pl.Float64, "cost": pl.Float64}
    types |= {"title": pl.String, "FLAG": pl.Boolean}
    columns = {name: pl.Series([row[name] for row in rows], dtype=dtype) for name, dtype in types.items()}
    for choice in CODES:
        marks = [None if row["many"] is None else choice in row["many"] for row in rows]
        columns[f"many.{choice}"] = pl.Series(marks, dtype=pl.Boolean)
    return pl.DataFrame(columns)


@examples(120)
@given(conditions, respondents)
def test_conditions_agree_and_are_never_null(source, rows):
    expression = parse_condition(source, SCOPE, Place())
    column = as_table(rows).select(to_polars(expression).alias("it"))["it"]
    assert column.dtype == pl.Boolean
    assert column.to_list() == [condition(expression, row) for row in rows]


@examples(120)
@given(numbers, respondents)
def test_numbers_agree(source, rows):
    expression = parse_number(source, SCOPE, Place())
    column = as_table(rows).select(to_polars(expression).alias("it"))["it"]
    assert column.dtype == pl.Float64
    assert column.to_list() == [number(expression, row) for row in rows]
