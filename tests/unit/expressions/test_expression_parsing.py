"""What an expression may say, and how each mistake in it is told."""

import pytest

from barometer.expressions import Type, Variable, canonical_source, parse_condition, parse_number
from barometer.problems import BadInput, Place

SCOPE = {
    variable.name: variable
    for variable in (
        Variable("inc_prod", Type.CODE, ("yes", "no", "dont_know")),
        Variable("sector", Type.CODE, ("municipality", "state")),
        Variable("partners", Type.SET, ("company", "knowledge")),
        Variable("hours", Type.NUMBER),
        Variable("title", Type.TEXT),
        Variable("INNOV", Type.FLAG),
        Variable("factors.employees", Type.CODE, ("promoted", "hindered")),
    )
}
PLACE = Place("indicators.toml", field="when")


def codes(source, parse=parse_condition, later=()):
    with pytest.raises(BadInput) as caught:
        parse(source, SCOPE, PLACE, later=later)
    assert {problem.place for problem in caught.value.problems} == {PLACE}
    return [problem.code for problem in caught.value.problems]


def only_problem(source, **keywords):
    with pytest.raises(BadInput) as caught:
        parse_condition(source, SCOPE, PLACE, **keywords)
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    "source",
    [
        "inc_prod == 'yes' or sector != 'state'",
        "'company' in partners and count(partners) >= 2",
        "factors.employees in ('promoted', 'hindered')",
        "inc_prod not in ['yes']",
        "inc_prod in ('yes')",
        "answered(hours) and hours * 2 - 1 > min(hours, 3) / -4",
        "any(INNOV, not INNOV, answered(title)) and all(INNOV, title == 'x')",
        "hours in (1, 2.5)",
        "  INNOV\n  and answered(partners)",
    ],
)
def test_well_formed_conditions_are_read(source):
    assert parse_condition(source, SCOPE, PLACE).source == source


def test_names_are_given_once_in_order_of_appearance():
    expression = parse_condition("hours > 1 and 'company' in partners and hours < 9", SCOPE, PLACE)
    assert expression.names == ("hours", "partners")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", ["X001"]),
        ("(inc_prod == 'yes'", ["X001"]),
        ("inc_prod == 'yes' and", ["X001"]),
        ("inc_prod = 'yes'", ["X002"]),
        ("INNOV && INNOV || INNOV", ["X002", "X002"]),
        ("inc_prod == ’yes’", ["X002", "X002"]),
        ("INNOV AND INNOV", ["X002"]),
        ("inc_prodd == 'yes'", ["X003"]),
        ("len(partners) > 1", ["X004"]),
        ("inc_prod == 'yess'", ["X005"]),
        ("inc_prod in ('ja', 'nei')", ["X005", "X005"]),
        ("'firm' in partners", ["X005"]),
        ("hours == '5'", ["X006"]),
        ("inc_prod == 5", ["X006"]),
        ("inc_prod < 'no'", ["X006"]),
        ("'a' == 'a'", ["X006"]),
        ("inc_prod == sector", ["X006"]),
        ("INNOV == True", ["X006"]),
        ("partners == 'company'", ["X007"]),
        ("partners in ('company', 'knowledge')", ["X007", "X007"]),
        ("inc_prod == yes", ["X008"]),
        ("company in partners", ["X008"]),
        ("inc_prod", ["X010"]),
        ("partners or hours", ["X010", "X010"]),
        ("hours > 0,5", ["X010"]),
        ("count(partners)", ["X010"]),
        ("hours + inc_prod > 1", ["X011"]),
        ("hours + '1' > 1", ["X011"]),
        ("hours > 1e999", ["X011"]),
        ("0 < hours < 10", ["X012"]),
        ("0 < hourss < 10", ["X012", "X003"]),
        ("count(inc_prod) > 1", ["X013"]),
        ("answered(INNOV)", ["X013"]),
        ("answered(hours, title)", ["X013"]),
        ("any()", ["X013"]),
        ("hours ** 2 > 1", ["X014"]),
        ("inc_prod is 'yes'", ["X014"]),
        ("(lambda: 1)()", ["X014"]),
        ("title.upper.x == 'A'", ["X014"]),
        ("'yes' in inc_prod", ["X015"]),
        ("'company' in 'company'", ["X015"]),
        ("hours in ()", ["X015"]),
        ("factors == 'promoted'", ["X016"]),
    ],
)
def test_each_mistake_has_its_code(source, expected):
    assert codes(source) == expected


def test_all_mistakes_of_an_expression_are_told_at_once():
    source = "inc_prod = yes and hours > 'x' or partners == 'company' or nope or len(title) > 2"
    assert codes(source) == ["X002", "X008", "X006", "X007", "X003", "X004"]


def test_a_misspelt_name_gets_a_suggestion_and_its_position():
    problem = only_problem("INNOV and inc_prdo == 'yes'")
    assert "character 11" in problem.found
    assert problem.way_out == "Did you mean 'inc_prod'?"


def test_an_unknown_code_lists_the_codes():
    assert "'yes', 'no', 'dont_know'" in only_problem("inc_prod == 'maybe'").expected


def test_multiple_choice_comparison_says_what_to_write():
    assert only_problem("partners != 'company'").way_out == "Write 'company' not in partners."


def test_chained_comparison_says_what_to_write():
    assert only_problem("0 < hours <= 10").way_out == "Write 0 < hours and hours <= 10."


def test_later_questions_are_told_as_such():
    assert codes("answered(spread)", later=("spread",)) == ["X009"]
    assert codes("answered(spread)") == ["X003"]


@pytest.mark.parametrize("source", ["INNOV", "hours > 1", "not INNOV", "answered(hours)", "title", "1, 2"])
def test_a_condition_or_text_is_no_number(source):
    assert codes(source, parse_number) == ["X011"]


def test_syntax_position_counts_blanks_before_the_expression():
    assert "character 11" in only_problem("  INNOV + ) ").found


@pytest.mark.parametrize("source", ["(" * 300 + "INNOV" + ")" * 300, "not " * 250 + "INNOV", "not " * 6000 + "INNOV"])
def test_nesting_nobody_can_follow_is_refused(source):
    assert codes(source) == ["X001"]


@pytest.mark.parametrize("source", ["hours > 1\0", "\ud800 == 1", "hours > 0x", "é ́= 1", "`hours`", "hours;hours"])
def test_strange_characters_are_problems_not_crashes(source):
    assert codes(source)


def test_canonical_source_does_not_depend_on_layout():
    assert canonical_source('a  in ("x","y")\n and (b>1)') == canonical_source("a in ('x', 'y') and b > 1")


def test_canonical_source_keeps_what_matters():
    assert canonical_source("(a == 'x' or b) and c") != canonical_source("a == 'x' or b and c")
