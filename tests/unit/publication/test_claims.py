"""Sentences that compare are held against the released tests."""

from dataclasses import replace

import pytest

import disclosure_examples
from barometer.disclosure import protect
from barometer.model import Claim, Relation
from barometer.problems import BadInput, Problem
from barometer.publication import check_claims, publish
from published_example import edition, release

GOOD = edition().claims[0]


def problems(**changes: object) -> tuple[Problem, ...]:
    return check_claims(release(), replace(edition(), claims=(replace(GOOD, **changes),)))


def test_claims_the_figures_bear_out_pass() -> None:
    assert {claim.relation for claim in edition().claims} == {Relation.MORE, Relation.NOT_DIFFERENT}
    assert check_claims(release(), edition()) == ()


def test_a_claim_may_be_told_from_the_other_side() -> None:
    assert problems(left="municipality", relation=Relation.LESS, right="state") == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"left": "municipality", "right": "state"},  # the wrong way
        {"relation": Relation.NOT_DIFFERENT},  # different after all
        {"left": "municipality", "right": "region"},  # the right way, not significant
        {"left": "region", "relation": Relation.LESS, "right": "municipality"},
    ],
)
def test_a_claim_against_the_figures_is_refused(changes: dict[str, object]) -> None:
    (problem,) = problems(**changes)
    assert problem.code == "P001"
    assert problem.place.file == "outputs.toml"
    assert problem.place.field == "claim.state-more"
    with pytest.raises(BadInput) as caught:
        publish(release(), replace(edition(), claims=(replace(GOOD, **changes),)))
    assert caught.value.problems == (problem,)


def test_the_difference_of_municipalities_and_regions_has_the_sign_the_test_above_leans_on() -> None:
    pair = release().contrasts.filter(indicator="INC_SERV", breakdown="sector", cell_a="municipality", cell_b="region")
    assert pair["difference"].item() > 0
    assert pair["p"].item() >= edition().rules.level


def test_a_claim_about_a_hidden_figure_is_refused() -> None:
    hidden = release().cells.filter(indicator="INC_PROC", breakdown="sector", status="c")["cell"].to_list()
    assert "state" in hidden
    (problem,) = problems(indicator="INC_PROC")
    assert problem.code == "P002"
    assert "state" in problem.found


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"indicator": "INC_SERVE"}, "INC_SERV"),
        ({"breakdown": "sektor"}, "sector"),
        ({"left": "stat"}, "state"),
    ],
)
def test_a_claim_about_something_unknown_is_refused_with_a_suggestion(changes: dict[str, object], word: str) -> None:
    (problem,) = problems(**changes)
    assert problem.code == "P003"
    assert word in problem.way_out


def test_all_claims_are_judged() -> None:
    wrong = [replace(GOOD, id=f"wrong-{number}", left="municipality", right="state") for number in range(3)]
    found = check_claims(release(), replace(edition(), claims=tuple(wrong)))
    assert [problem.place.field for problem in found] == ["claim.wrong-0", "claim.wrong-1", "claim.wrong-2"]


def test_a_claim_without_a_test_is_refused() -> None:
    """The example tests neighbouring cells only: a with b, b with c, not a with c."""
    small = disclosure_examples.edition(
        {"kind": ("a", "b", "c")}, {"q": ("yes", "no")}, {"YES": "q == 'yes'"}, {"kind": "kind"}
    )
    cases = [
        {"unit": f"{kind}{number}", "kind": kind, "q": "yes" if number % 2 else "no"}
        for kind in ("a", "b", "c")
        for number in range(20)
    ]
    public = protect(small, disclosure_examples.estimates(small, cases))
    claims = tuple(Claim(f"a-{other}", "YES", "kind", "a", Relation.NOT_DIFFERENT, other, {}) for other in ("b", "c"))
    (problem,) = check_claims(public, replace(small, claims=claims))
    assert problem.code == "P004"
    assert problem.place.field == "claim.a-c"
