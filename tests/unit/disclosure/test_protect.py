"""Rules, application and audit of disclosure control."""

from dataclasses import replace

import polars as pl
import pytest

from barometer.disclosure import protect, protect_in_full
from barometer.disclosure._protect import apply
from barometer.model import Rules
from barometer.problems import BadInput
from barometer.tables import RESPONSE, Estimates
from disclosure_examples import Case, edition, estimates

REGIONS = ("north", "east", "south", "west")
EDITION = edition(
    {"region": REGIONS, "size": ("s", "l")},
    {"q": ("yes", "no")},
    {"DID": "q == 'yes'"},
    {"region": "region", "size": "size"},
    headline=("DID",),
)


def cases(told: dict[str, str], **more: object) -> list[Case]:
    return [
        {"unit": f"{region} {number}", "region": region, "size": "sl"[number // 2 % 2], "q": answer, **more}
        for region, answers in told.items()
        for number, answer in enumerate(answers.split())
    ]


MIXED = cases(dict.fromkeys(REGIONS, "yes no yes no yes no yes no"))
EXTREME = cases({**dict.fromkeys(REGIONS, "yes no yes no yes no yes no"), "south": "yes yes yes yes yes yes"})


def status(made: pl.DataFrame, cell: str) -> str:
    return str(made.filter(pl.col("cell") == cell)["status"].item())


def code(edition_: object, made: Estimates) -> set[str]:
    with pytest.raises(BadInput) as caught:
        protect(edition_, made)  # type: ignore[arg-type]
    return {problem.code for problem in caught.value.problems}


def test_harmless_tables_are_published_whole() -> None:
    release = protect(EDITION, estimates(EDITION, MIXED))
    assert release.cells["status"].to_list() == [""] * 7
    assert release.audit.passed
    assert (release.audit.hidden, release.audit.needs) == (0, 0)
    assert release.footnotes == {}


@pytest.mark.parametrize("answers", ["yes yes yes yes yes yes", "no no no no no no", "yes no no no no no"])
def test_shares_of_everybody_nobody_and_all_but_one_are_hidden(answers: str) -> None:
    made = estimates(EDITION, cases({**dict.fromkeys(REGIONS, "yes no yes no yes no"), "south": answers}))
    assert status(protect(EDITION, made).cells, "south") == "c"


def test_an_insider_is_not_left_certain() -> None:
    """One of eight said yes: for her, the others are 0 %. So even seen from her side two more may have said it."""
    made = estimates(
        EDITION, cases({**dict.fromkeys(REGIONS, "yes no yes no yes no yes no"), "south": "yes" + " no" * 7})
    )
    found = protect_in_full(EDITION, made)[1].findings.filter(pl.col("cell") == "south")
    assert found["required"].to_list() == [3.0]
    assert found["upper"].item() >= 3


def test_publishing_one_hidden_cell_again_makes_the_audit_fail() -> None:
    made = estimates(EDITION, EXTREME)
    _, decision = protect_in_full(EDITION, made)
    everything = set(range(made.cells.height))
    assert all(one.audit(everything - decision.hidden)["ok"].all() for one in decision.protected)
    assert decision.secondary
    for row in decision.secondary:
        published = everything - decision.hidden | {row}
        findings = pl.concat([one.audit(published) for one in decision.protected])
        assert not findings["ok"].all()
        with pytest.raises(BadInput) as caught:
            apply(EDITION, made, replace(decision, secondary=decision.secondary - {row}, findings=findings))
        assert {problem.code for problem in caught.value.problems} == {"D012"}


def test_weighted_shares_are_protected_in_weights_too() -> None:
    weighted = [{**case, "weight": 1.0 + place % 3} for place, case in enumerate(EXTREME)]
    findings = protect_in_full(EDITION, estimates(EDITION, weighted))[1].findings
    assert set(findings["measure"]) == {"count", "weighted"}
    assert findings["ok"].all()


def test_dominance_of_one_unit_hides_a_share() -> None:
    reports = [{**case, "unit": "giant"} for case in cases({"south": "yes no " * 20})] + MIXED
    made = estimates(EDITION, reports)
    _, decision = protect_in_full(EDITION, made)
    assert set(decision.sensitive.values()) == {"dominance"}


def test_a_total_that_two_units_make_up_is_hidden_by_the_p_percent_rule() -> None:
    hours = edition({"region": REGIONS}, {"q": ("yes", "no")}, {}, {"region": "region"}, means={"HOURS": "hours"})
    amounts = [{**case, "hours": 10.0 + place % 3} for place, case in enumerate(MIXED)]
    harmless = protect(hours, estimates(hours, amounts)).cells
    assert harmless["status"].to_list() == [""] * 5
    two = [case if case["region"] != "south" else {**case, "hours": 0.01} for case in amounts]
    two = [{**case, "hours": 400.0} if case["unit"] in ("south 0", "south 1") else case for case in two]
    release, decision = protect_in_full(hours, estimates(hours, two))
    assert status(release.cells, "south") == "c"
    assert release.audit.hidden == 2
    assert decision.findings["measure"].unique().to_list() == ["weighted"]


def test_a_total_is_hidden_only_when_it_is_sensitive_itself() -> None:
    release, decision = protect_in_full(EDITION, estimates(EDITION, cases(dict.fromkeys(REGIONS, "no no no no"))))
    assert status(release.cells, "all") == "c"
    assert set(decision.sensitive.values()) == {"extreme"}


def test_contrasts_need_both_cells() -> None:
    release = protect(EDITION, estimates(EDITION, EXTREME))
    shown = set(release.cells.filter(pl.col("status") == "")["cell"])
    pairs = release.contrasts
    assert 0 < pairs.height < 4
    assert set(pairs["cell_a"]) | set(pairs["cell_b"]) <= shown
    assert (pairs["ci_low"] < pairs["difference"]).all()


def test_no_respondents_and_confidential_look_different() -> None:
    empty = protect(EDITION, estimates(EDITION, [case for case in MIXED if case["region"] != "west"])).cells
    assert status(empty, "west") == "z"
    nobody = edition(
        {"region": REGIONS},
        {"q": ("yes", "no"), "r": ("a", "b")},
        {"A": "r == 'a'"},
        {"region": "region"},
        universes={"U": "q == 'yes'"},
        about={"A": "U"},
    )
    told = cases({**dict.fromkeys(REGIONS, "yes yes yes yes no no no no"), "west": "no no no no no no"})
    told = [{**case, "r": "ab"[place // 2 % 2]} for place, case in enumerate(told)]
    assert status(protect(nobody, estimates(nobody, told)).cells, "west") == "c"


def test_quality_marks_and_their_footnotes() -> None:
    made = estimates(EDITION, MIXED)
    wide = pl.col("cell") == "north"
    without = pl.col("cell") == "east"
    changed = made.cells.with_columns(
        ci_low=pl.when(wide).then(0.2).when(without).then(None).otherwise(pl.col("ci_low")),
        ci_high=pl.when(wide).then(0.8).otherwise(pl.col("ci_high")),
    )
    release = protect(EDITION, replace(made, cells=changed))
    marks = dict(release.cells.select("cell", "quality").iter_rows())
    assert (marks["north"], marks["east"], marks["south"]) == ("u", "m", "")
    assert set(release.footnotes) == {"u", "m"}
    assert set(release.footnotes["u"]) == {"da", "nb", "sv", "en"}


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (2, None), (3, 3)])
def test_small_counts_of_dont_know_are_not_told(count: int, shown: int | None) -> None:
    made = estimates(EDITION, MIXED)
    changed = made.cells.with_columns(n_dont_know=pl.lit(count, dtype=pl.Int64))
    cells = protect(EDITION, replace(made, cells=changed)).cells
    assert cells.filter(pl.col("breakdown") == "total")["n_dont_know"].item() == shown
    assert cells.filter(pl.col("breakdown") != "total")["n_dont_know"].null_count() == 6


def test_response_of_a_few_units_is_not_told() -> None:
    made = estimates(EDITION, MIXED)
    rows = [("survey", "region", "north", 9, 2, 2, 5), ("survey", "region", "east", 9, 8, 0, 0)]
    response = pl.DataFrame(rows, schema={one.name: one.dtype for one in RESPONSE}, orient="row")
    released = protect(EDITION, replace(made, response=response)).response
    assert released.rows() == [("survey", "region", "north", 9, None, None, None), rows[1]]


def test_groups_by_answers_are_protected_with_the_whole() -> None:
    """Everybody in the group said yes, so that share must go, and the other group's with it."""
    grouped = edition(
        {"region": REGIONS},
        {"q": ("yes", "no"), "r": ("a", "b")},
        {"A": "r == 'a'", "DID": "q == 'yes'"},
        {"region": "region", "by_a": {"with": "A", "without": "not A"}},
    )
    told = [{**case, "r": "a" if case["q"] == "yes" and place % 3 else "b"} for place, case in enumerate(MIXED)]
    cells = protect(grouped, estimates(grouped, told)).cells.filter(pl.col("breakdown") == "by_a")
    assert cells.filter(pl.col("indicator") == "DID")["status"].to_list() == ["c", "c"]
    assert cells.filter(pl.col("indicator") == "A")["status"].to_list() == ["", ""]  # 100 % and 0 % by definition


def test_components_give_their_union_away() -> None:
    union = edition(
        {"region": REGIONS},
        {"p": ("yes", "no"), "q": ("yes", "no")},
        {"P": "p == 'yes'", "Q": "q == 'yes'", "ANY": ("P", "Q")},
        {"region": "region"},
    )
    told = [{**case, "p": "yes" if place % 5 < 2 else "no"} for place, case in enumerate(MIXED)]
    told = [{**case, "p": "no", "q": "no"} if case["region"] == "south" else case for case in told]
    _, decision = protect_in_full(union, estimates(union, told))
    assert [len(one.family.items) for one in decision.protected] == [3]
    assert decision.findings["ok"].all()


def test_lax_rules_are_refused() -> None:
    made = estimates(EDITION, MIXED)
    lax = replace(EDITION, rules=Rules(minimum_units=2, dominance=0.95))
    with pytest.raises(BadInput) as caught:
        protect(lax, made)
    assert [problem.code for problem in caught.value.problems] == ["D011", "D011"]


def test_evidence_must_fit_the_estimates() -> None:
    made = estimates(EDITION, MIXED)
    assert code(EDITION, replace(made, counts=made.counts.with_columns(n_yes=pl.col("n_yes") + 1))) == {"D010"}
    strange = made.cells.with_columns(indicator=pl.lit("OTHER"))
    assert code(EDITION, replace(made, cells=strange)) == {"D013"}


def test_the_public_audit_rounds_what_would_tell_cells_apart() -> None:
    audit = protect(EDITION, estimates(EDITION, EXTREME)).audit
    assert audit.needs == audit.met == 1
    assert all(number % 5 == 0 for number in audit.sensitive.values())
    assert audit.sensitive["extreme"] == 5
