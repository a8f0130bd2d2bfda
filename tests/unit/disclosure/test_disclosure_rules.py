"""Every disclosure rule bites, and none goes below the floor."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl
import pytest

from barometer.disclosure import Decision, protect, protect_in_full
from barometer.model import Edition, Rules, Selection
from barometer.problems import BadInput
from disclosure_examples import Case, edition, estimates

REGIONS = ("north", "west", "south")
MILD = Rules(minimum_units=3, census_units=3)
EDITION = edition({"region": REGIONS}, {"q": ("yes", "no")}, {"DID": "q == 'yes'"}, {"region": "region"}, rules=MILD)


def cases(told: Mapping[str, str]) -> list[Case]:
    return [
        {"unit": f"{region} {number}", "region": region, "q": answer}
        for region, answers in told.items()
        for number, answer in enumerate(answers.split())
    ]


def mixed(yes: int, no: int) -> str:
    return "yes " * yes + "no " * no


def decision(told: list[Case], **rules: float) -> Decision:
    return protect_in_full(under(**rules), estimates(EDITION, told))[1]


def under(**rules: float) -> Edition:
    return replace(EDITION, rules=replace(MILD, **rules))


def sensitive(told: list[Case], **rules: float) -> dict[str, str]:
    """Cells by region hidden for their own sake, and the rule."""
    made = estimates(EDITION, told)
    found = protect_in_full(under(**rules), made)[1].sensitive
    keys = made.cells.select("breakdown", "cell").rows()
    return {keys[row][1]: rule for row, rule in found.items() if keys[row][0] == "region"}


def test_more_units_can_be_asked_for_behind_a_figure() -> None:
    told = cases({"north": mixed(9, 9), "west": mixed(9, 9), "south": mixed(4, 4)})
    assert sensitive(told) == {}
    assert sensitive(told, minimum_units=9) == {"south": "few_units"}


def test_where_everybody_was_asked_more_units_are_needed() -> None:
    """Eight of eight ministries: everybody knows who they are. Eight out of a sample of many are nobody one knows."""
    told = cases({"north": mixed(9, 9), "west": mixed(9, 9), "south": mixed(4, 4)})
    strict = under(census_units=9)
    made = estimates(EDITION, told)
    census, sample = (
        made.response.clear().vstack(
            pl.DataFrame(
                [("survey", "region", region, frame, 18, 18, 18) for region in REGIONS],
                schema=made.response.schema,
                orient="row",
            )
        )
        for frame in (18, 180)
    )

    def hidden(response: pl.DataFrame, edition: Edition = strict) -> set[str]:
        return set(protect_in_full(edition, replace(made, response=response))[1].sensitive.values())

    assert hidden(census) == {"small_population"}
    assert hidden(sample) == set()
    survey = strict.surveys[0]
    reported = replace(survey, design=replace(survey.design, selection=Selection.REPORTED))
    assert hidden(census, replace(strict, surveys=(reported,))) == set()


def test_almost_all_can_mean_all_but_three() -> None:
    told = cases({"north": mixed(9, 9), "west": mixed(9, 9), "south": mixed(3, 15)})
    assert sensitive(told) == {}
    assert sensitive(told, almost_all=3) == {"south": "extreme"}


def test_a_coalition_knows_its_own_answers() -> None:
    """Two who put their answers together know that the other sixteen said no."""
    told = cases({"north": mixed(9, 9), "west": mixed(9, 9), "south": mixed(2, 16)})
    assert sensitive(told) == {}
    assert sensitive(told, coalition=2) == {"south": "extreme"}
    needs = [need for one in decision(told, coalition=2).protected for need in one.needs]
    assert needs
    assert all(need.amount[0] >= 3 for need in needs)


@pytest.mark.parametrize(("rules", "wanted"), [({}, 4), ({"width": 0.2}, 8), ({"least_cases": 7}, 7)])
def test_the_interval_left_to_an_attacker_follows_the_rules(rules: dict[str, float], wanted: int) -> None:
    """Nobody of forty said yes: 10 % are four, 20 % are eight, or seven by absolute number."""
    told = cases({"north": mixed(30, 30), "west": mixed(30, 30), "south": mixed(0, 40)})
    needs = [need for one in decision(told, **rules).protected for need in one.needs]
    assert [need.amount[0] for need in needs] == [wanted]


HOURS = edition({"region": REGIONS}, {}, {}, {"region": "region"}, means={"hours": "hours"}, rules=MILD)


def hours(south: list[float]) -> list[Case]:
    told = {"north": [10.0] * 8, "west": [11.0] * 8, "south": south}
    return [
        {"unit": f"{region} {number}", "region": region, "hours": value}
        for region, values in told.items()
        for number, value in enumerate(values)
    ]


def amounts(south: list[float], **rules: float) -> set[str]:
    strict = replace(HOURS, rules=replace(MILD, **rules))
    return set(protect_in_full(strict, estimates(HOURS, hours(south)))[1].sensitive.values())


def test_a_unit_must_not_make_up_most_of_an_amount() -> None:
    south = [100.0, 30.0, 20.0, 20.0]  # 59 %
    assert amounts(south) == set()
    assert amounts(south, dominance=0.55) == {"dominance"}


def test_the_second_largest_unit_must_not_come_close_to_the_largest() -> None:
    south = [60.0, 50.0, 6.0, 6.0]  # what is left is 20 % of the largest
    assert amounts(south) == set()
    assert amounts(south, p_percent=0.25) == {"dominance"}


def test_a_survey_may_have_stricter_rules_of_its_own() -> None:
    told = cases({"north": mixed(9, 9), "west": mixed(9, 9), "south": mixed(4, 4)})
    own = replace(EDITION, stricter={"survey": replace(MILD, minimum_units=9)})
    assert set(protect_in_full(own, estimates(EDITION, told))[1].sensitive.values()) == {"few_units"}
    other = replace(EDITION, stricter={"another": replace(MILD, minimum_units=9)})
    assert protect_in_full(other, estimates(EDITION, told))[1].sensitive == {}


def test_every_rule_below_the_floor_is_refused_at_once() -> None:
    """Also in code, where no edition folder has been read."""
    lax = Rules(
        minimum_units=2,
        census_units=2,
        almost_all=0,
        dominance=0.95,
        p_percent=0.05,
        coalition=0,
        width=0.05,
        least_cases=1,
    )
    made = estimates(EDITION, cases(dict.fromkeys(REGIONS, mixed(5, 5))))
    with pytest.raises(BadInput) as caught:
        protect(replace(EDITION, rules=lax, stricter={"survey": replace(MILD, width=0.01)}), made)
    fields = [problem.place.field for problem in caught.value.problems]
    assert {problem.code for problem in caught.value.problems} == {"D011"}
    assert fields == [
        *("rules.minimum_units", "rules.census_units", "rules.almost_all", "rules.dominance", "rules.p_percent"),
        *("rules.coalition", "rules.width", "rules.least_cases", "stricter.survey.width"),
    ]


def test_a_coalition_of_two_bodies_works_nothing_out_together() -> None:
    """Reports by bodies: two ministries of one body each know all their reports. Against a coalition of two, trade
    is protected from the side of both together."""
    bodies = {
        "culture": [12],
        "health": [12],
        "trade": [9, 9],
        "justice": [9] * 6,
        "finance": [11] * 6,
        "defence": [8] * 5,
    }
    told: list[Case] = [
        {"unit": f"{ministry} {body}", "ministry": ministry, "q": ("yes", "no", "yes")[(report + body) % 3]}
        for ministry, sizes in bodies.items()
        for body, size in enumerate(sizes)
        for report in range(size)
    ]
    made = edition(
        {"ministry": tuple(bodies)}, {"q": ("yes", "no")}, {"DID": "q == 'yes'"}, {"ministry": "ministry"}, rules=MILD
    )
    alone, pair = (
        {len(need.known) for one in protect_in_full(strict, estimates(made, told))[1].protected for need in one.needs}
        for strict in (made, replace(made, rules=replace(MILD, coalition=2)))
    )
    assert max(alone) == 1
    assert max(pair) == 2
