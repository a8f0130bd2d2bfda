"""Disclosure control told by examples small enough to check by hand."""

import polars as pl

from barometer.disclosure import protect, protect_in_full
from barometer.model import Rules
from disclosure_examples import Case, edition, estimates


def rows(release_cells: pl.DataFrame, breakdown: str) -> dict[str, str]:
    chosen = release_cells.filter(pl.col("breakdown") == breakdown)
    return dict(chosen.select("cell", "status").iter_rows())


def test_one_hidden_cell_beside_a_total_hides_nothing() -> None:
    """Ten workplaces in three regions: 4, 3 and 3. All three in the south did it: 100 %.

    Hiding the south alone would be no use. The country says 6 of 10, north and east say 2 of 4 and 1 of 3: so the
    south must have 6 - 2 - 1 = 3 of 3. A second region has to be hidden too, though nothing is wrong with it.
    """
    answers = {"north": "yes yes no no", "east": "yes no no", "south": "yes yes yes"}
    cases: list[Case] = [
        {"unit": f"{region} {number}", "region": region, "q": answer}
        for region, told in answers.items()
        for number, answer in enumerate(told.split())
    ]
    made = edition({"region": tuple(answers)}, {"q": ("yes", "no")}, {"DID": "q == 'yes'"}, {"region": "region"})
    release, decision = protect_in_full(made, estimates(made, cases))
    by_region = rows(release.cells, "region")
    assert rows(release.cells, "total") == {"all": ""}
    assert by_region["south"] == "c"
    assert sorted(by_region.values()) == ["", "c", "c"]
    south = decision.findings.filter(pl.col("cell") == "south").row(0, named=True)
    assert (south["truth"], south["lower"], south["required"]) == (3, 1, 1)


def test_a_ministry_with_one_body_is_that_body() -> None:
    """Forty reports about one ministry come from its only body: whatever they say, that body says it. Reports don't
    protect, bodies do. The body itself must not learn another small ministry's answers from what is left either."""
    bodies = {"culture": [40], "health": [30, 30], "justice": [9] * 6, "finance": [11] * 6, "defence": [8] * 5}
    cases: list[Case] = [
        {"unit": f"{ministry} {body}", "ministry": ministry, "q": ("yes", "no", "yes")[(report + body) % 3]}
        for ministry, sizes in bodies.items()
        for body, size in enumerate(sizes)
        for report in range(size)
    ]
    made = edition(
        {"ministry": tuple(bodies)},
        {"q": ("yes", "no")},
        {"DID": "q == 'yes'"},
        {"ministry": "ministry"},
        rules=Rules(minimum_units=5),
    )
    release, decision = protect_in_full(made, estimates(made, cases))
    by_ministry = rows(release.cells, "ministry")
    assert rows(release.cells, "total") == {"all": ""}
    assert by_ministry["culture"] == by_ministry["health"] == "c"
    # Two hidden cells would be enough against strangers, but then culture could work out health.
    assert list(by_ministry.values()).count("c") == 3
    assert any(len(need.known) for one in decision.protected for need in one.needs)


def test_the_number_of_innovative_workplaces_is_an_answer() -> None:
    """All eight workplaces in the east are innovative. The share of 'bought it' among innovative workplaces there
    must go, although 4 of 8 is harmless: printed with its base, 8, it says that all eight innovate."""
    told = {"north": ["yes"] * 8 + ["no"] * 8, "west": ["yes"] * 7 + ["no"] * 9, "east": ["yes"] * 8}
    cases: list[Case] = [
        {"unit": f"{region} {number}", "region": region, "q": answer, "r": "bought" if number % 2 else "made"}
        for region, answers in told.items()
        for number, answer in enumerate(answers)
    ]
    made = edition(
        {"region": tuple(told)},
        {"q": ("yes", "no"), "r": ("bought", "made")},
        {"BOUGHT": "r == 'bought'"},
        {"region": "region"},
        universes={"INNOVATIVE": "q == 'yes'"},
        about={"BOUGHT": "INNOVATIVE"},
    )
    by_region = rows(protect(made, estimates(made, cases)).cells, "region")
    assert by_region["east"] == "c"
    assert list(by_region.values()).count("c") == 2


def test_what_the_questionnaire_settles_is_no_secret() -> None:
    """Only municipalities are offered 'our own municipality'. That 0 % of the regions ticked it gives nothing away."""
    cases: list[Case] = [
        {"unit": f"{sector} {number}", "sector": sector, "partner": partner}
        for sector, partners in {"municipality": ["own", "other"] * 5, "region": ["other"] * 10}.items()
        for number, partner in enumerate(partners)
    ]
    said = {"OWN": "partner == 'own'"}
    register, questions = {"sector": ("municipality", "region")}, {"partner": ("own", "other")}
    offered = {("partner", "own"): "sector == 'municipality'"}
    by_routing = edition(register, questions, said, {"sector": "sector"}, offered=offered)
    free = edition(register, questions, said, {"sector": "sector"})
    assert set(rows(protect(by_routing, estimates(by_routing, cases)).cells, "sector").values()) == {""}
    assert set(rows(protect(free, estimates(free, cases)).cells, "sector").values()) == {"c"}


def test_answers_that_exclude_each_other_are_protected_together() -> None:
    """Nobody in the south answered 'copy'. Hiding that share alone is no use while the other answers are printed."""
    told = {"north": "first copy other " * 4, "west": "first copy other first " * 3, "south": "first other " * 5}
    cases: list[Case] = [
        {"unit": f"{region} {number}", "region": region, "novelty": answer}
        for region, answers in told.items()
        for number, answer in enumerate(answers.split())
    ]
    made = edition(
        {"region": tuple(told)},
        {"novelty": ("first", "copy", "other")},
        {name.upper(): f"novelty == '{name}'" for name in ("first", "copy", "other")},
        {"region": "region"},
    )
    release = protect(made, estimates(made, cases))
    south = release.cells.filter(pl.col("cell") == "south").select("indicator", "status")
    hidden = {indicator for indicator, status in south.iter_rows() if status == "c"}
    assert "COPY" in hidden
    assert len(hidden) >= 2


def test_what_is_left_of_a_union_is_an_answer_too() -> None:
    """Reuse is copying or adapting. Nobody copied, so reuse equals adapting in every table: an accident, not a
    definition. Printing both would say that nobody copied."""
    cases: list[Case] = [
        {"unit": f"{region} {number}", "region": region, "novelty": answer}
        for region, told in {"north": "first adapted " * 6, "south": "first adapted adapted " * 4}.items()
        for number, answer in enumerate(told.split())
    ]
    for reuse in (("COPY", "ADAPTED"), "novelty in ('copy', 'adapted')"):
        made = edition(
            {"region": ("north", "south")},
            {"novelty": ("first", "copy", "adapted")},
            {"COPY": "novelty == 'copy'", "ADAPTED": "novelty == 'adapted'", "REUSE": reuse},
            {"region": "region"},
        )
        cells = protect(made, estimates(made, cases)).cells
        total = dict(cells.filter(pl.col("breakdown") == "total").select("indicator", "status").iter_rows())
        assert total["COPY"] == "c"
        assert "c" in (total["ADAPTED"], total["REUSE"])
        assert set(cells["status"]) == {"", "c"}
