"""Rules, precision, merges and importance of outputs.toml: read, and refused where they cannot be."""

import pytest

from barometer.edition import check_edition, read_edition, starter
from barometer.model import Edition, Importance, Limits, Rules
from barometer.problems import BadInput, Problem, Severity


def folder(rules: str = "", more: str = "") -> dict[str, bytes]:
    """The starter with other rules, and with more tables at the end of outputs.toml."""
    found = starter()
    text = found["outputs.toml"].decode()
    start = text.index("[rules]")
    end = text.index("[[breakdown]]", start)
    if rules:
        text = f"{text[:start]}{rules}\n\n{text[end:]}"
    return {**found, "outputs.toml": f"{text}\n{more}".encode()}


def edition(rules: str = "", more: str = "") -> Edition:
    return read_edition(folder(rules, more))


def errors(rules: str = "", more: str = "") -> list[Problem]:
    return [one for one in check_edition(folder(rules, more)) if one.severity is Severity.ERROR]


def words(text: str) -> str:
    return "{ " + ", ".join(f'{language} = "{text}"' for language in ("en", "da", "nb", "sv")) + " }"


def merge(of: str = '["1-9", "10-49"]', code: str = "1-49", breakdown: str = "size", indicators: str = '["*"]') -> str:
    return f"""
[[merge]]
id = "{breakdown}_merged"
breakdown = "{breakdown}"
indicators = {indicators}
footnote = {words("Shown together.")}
[[merge.categories]]
code = "{code}"
of = {of}
label = {words("Together")}
"""


def test_every_rule_is_read() -> None:
    given = {
        "minimum_units": 7,
        "census_units": 9,
        "almost_all": 2,
        "dominance": 0.7,
        "p_percent": 0.2,
        "coalition": 2,
        "width": 0.15,
        "least_cases": 3,
        "level": 0.1,
    }
    rules = "[rules]\n" + "\n".join(f"{name} = {value}" for name, value in given.items())
    assert edition(rules).rules == Rules(**given)  # type: ignore[arg-type]


def test_every_rule_below_the_floor_is_told_at_once() -> None:
    lax = {
        "minimum_units": 4,
        "census_units": 5,
        "almost_all": 0,
        "dominance": 0.95,
        "p_percent": 0.05,
        "coalition": 0,
        "width": 0.05,
        "least_cases": 1,
    }
    found = errors("[rules]\n" + "\n".join(f"{name} = {value}" for name, value in lax.items()))
    assert {problem.code for problem in found} == {"E013"}
    assert [problem.place.field for problem in found] == [f"rules.{name}" for name in lax]
    assert all("floor" in problem.expected for problem in found)


def test_the_rules_of_a_survey_may_only_be_stricter() -> None:
    strict = edition("[rules]\nminimum_units = 6\n\n[[stricter]]\nsurvey = 'workplaces'\nminimum_units = 8")
    assert strict.rules_of("workplaces") == Rules(minimum_units=8)
    assert strict.rules.minimum_units == 6
    found = errors("[rules]\nminimum_units = 6\n\n[[stricter]]\nsurvey = 'workplaces'\nminimum_units = 5\nwidth = 0.05")
    assert [(problem.code, problem.place.field) for problem in found] == [
        ("E013", "stricter[1].minimum_units"),
        ("E013", "stricter[1].width"),
    ]
    assert all("the edition's own rules" in problem.expected for problem in found)


def test_limits_of_precision_are_read() -> None:
    precision = edition(
        "[precision.flag]\nmargin = 0.1\nn = 30\n\n[precision.hide]\ncv = 0.5\neffective_n = 10\ndf = 4"
    ).precision
    assert precision.flag == Limits(margin=0.1, n=30)
    assert precision.hide == Limits(cv=0.5, effective_n=10, df=4)
    assert edition().precision.flag == Limits(margin=0.15)


def test_a_merge_takes_the_place_of_its_breakdown() -> None:
    programme = edition(more=merge(indicators='["HOURS"]')).surveys[0].programme
    merged = programme.breakdown("size_merged")
    assert (merged.categories[0].code, merged.categories[0].parts) == ("1-49", ("1-9", "10-49"))
    assert merged.footnote["en"] == "Shown together."
    assert programme.register_columns(merged) == ("size",)
    assert "size_merged" in programme.by["HOURS"]
    assert "size" not in programme.by["HOURS"]
    assert "size" in programme.by["INC_ANY"]


def test_merged_groups_by_answers_are_those_of_any_of_their_conditions() -> None:
    three = f"""
[[breakdown]]
id = "novelty"
label = {words("Novelty")}
categories = [
  {{ code = "first", when = "INNOV and novelty == 'first'", label = {words("First")} }},
  {{ code = "copy", when = "INNOV and novelty == 'copy'", label = {words("Copy")} }},
  {{ code = "rest", when = "INNOV and novelty == 'inspired'", label = {words("Rest")} }},
]
[[table]]
indicators = ["COL_ANY"]
breakdowns = ["novelty"]
"""
    more = three + merge('["first", "copy"]', "known", "novelty", '["COL_ANY"]')
    merged = edition(more=more).surveys[0].programme.breakdown("novelty_merged")
    when = merged.categories[0].when
    assert when is not None
    assert when.source == "(INNOV and novelty == 'first') or (INNOV and novelty == 'copy')"
    assert when.names == ("INNOV", "novelty")
    assert [one.code for one in merged.categories] == ["known", "rest"]


@pytest.mark.parametrize(
    ("made", "says"),
    [
        pytest.param(merge('["1-9"]'), "two or more", id="one category"),
        pytest.param(merge('["1-9", "1-9"]'), "each category once", id="the same twice"),
        pytest.param(merge('["1-9", "10-49", "50+"]'), "more than the total", id="everything"),
        pytest.param(
            merge() + merge('["1-49", "50+"]', "all_of_them", "size_merged"), "a breakdown that is no merge", id="merge"
        ),
    ],
)
def test_categories_that_cannot_be_merged_are_refused(made: str, says: str) -> None:
    found = [problem for problem in errors(more=made) if problem.code == "E034"]
    assert found
    assert any(says in problem.expected for problem in found)


def test_a_merge_names_categories_and_indicators_that_there_are() -> None:
    assert "Did you mean '10-49'?" in str(errors(more=merge('["1-9", "10-40"]'))[0])
    [problem] = errors(
        more=merge() + merge('["1-9", "10-49"]', "1-49", "size", '["HOURS"]').replace("size_merged", "x")
    )
    assert (problem.code, problem.place.field) == ("E023", "merge[2].indicators[1]")


def test_importance_is_given_by_indicator_breakdown_and_cell() -> None:
    more = """
[[important]]
indicators = ["INC_ANY"]
weight = 10
[[important]]
indicators = ["COL_ANY"]
breakdowns = ["sector", "total"]
cells = ["state", "all"]
publish = true
"""
    importance = edition(more=more).importance
    assert importance["INC_ANY", "size", "1-9"] == Importance(10)
    assert importance["INC_ANY", "total", "all"] == Importance(10)
    assert {key for key, said in importance.items() if said.publish} == {
        ("COL_ANY", "sector", "state"),
        ("COL_ANY", "total", "all"),
    }


def test_contradictory_importance_is_refused() -> None:
    more = '\n[[important]]\nindicators = ["INC_ANY"]\nweight = 10\n\n[[important]]\nindicators = ["*"]\nweight = 2\n'
    [problem] = errors(more=more)
    assert (problem.code, problem.place.field) == ("E035", "important[2]")
    assert "INC_ANY total all" in problem.found


def test_importance_without_weight_says_nothing() -> None:
    [problem] = errors(more='\n[[important]]\nindicators = ["INC_ANY"]\n')
    assert (problem.code, problem.place.field) == ("E004", "important[1].weight")


def test_other_rules_can_be_tried_without_touching_the_folder() -> None:
    before = folder()
    tried = read_edition(before, ("strict.toml", b"[rules]\nminimum_units = 12\n"))
    assert tried.rules.minimum_units == 12
    assert read_edition(before).rules.minimum_units == 5


def test_a_trial_is_checked_like_the_folder() -> None:
    with pytest.raises(BadInput) as caught:
        read_edition(folder(), ("strict.toml", b"headline = []\n\n[rules]\nminimum_units = 2\n"))
    assert {(problem.code, problem.place.file, problem.place.line) for problem in caught.value.problems} == {
        ("E003", "strict.toml", 1),
        ("E013", "strict.toml", 4),
    }
