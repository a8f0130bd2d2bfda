"""Generated notes, against the numbers of the release."""

import re
from dataclasses import replace
from functools import cache

import pytest

from barometer.model import Series
from barometer.publication._cube import Cube, index
from barometer.publication._figure import Figure, alone, by_breakdown, side_by_side
from barometer.publication._language import language
from barometer.publication._note import note
from published_example import MEANING, edition, release

LANGUAGES = ("da", "nb", "sv", "en")


@cache
def cube() -> Cube:
    return index(release(), edition())


def figure(indicator_id: str, breakdown_id: str = "sector") -> Figure:
    indicator = cube().indicator(indicator_id)
    return by_breakdown(cube(), indicator, cube().owners[indicator_id].programme.breakdown(breakdown_id))


def sentences(shown: Figure, code: str) -> dict[str, str]:
    return {sentence.kind: sentence.text for sentence in note(shown, language(code))}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_note_tells_everything_a_reader_must_know(code: str) -> None:
    said = sentences(figure("INC_SERV"), code)
    assert list(said) == [
        "shows",
        "question",
        "asked",
        "base",
        "sum",
        "dont_know",
        "missing",
        "breaks",
        "weighting",
        "margin",
        "synthetic",
        "significance",
    ]


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_question_is_quoted_word_for_word(code: str) -> None:
    question = edition().surveys[0].instrument.question("service")
    assert question.text[code] in sentences(figure("INC_SERV"), code)["question"]
    grid = edition().surveys[0].instrument.question("factors")
    said = sentences(figure("HIN_ECONOMY", "size"), code)["question"]
    assert f"{grid.text[code]} – {grid.items[2].label[code]}" in said


@pytest.mark.parametrize("code", LANGUAGES)
def test_base_and_dont_know_are_the_numbers_of_the_release(code: str) -> None:
    total = release().cells.filter(indicator="INC_SERV", breakdown="total").row(0, named=True)
    said = sentences(figure("INC_SERV"), code)
    assert f"n = {total['n']} " in said["base"]
    assert edition().surveys[0].programme.universes[0].noun[code] in said["base"]
    share = language(code).percent(total["n_dont_know"] / total["n"])
    assert said["dont_know"].startswith(f"{total['n_dont_know']} ")
    assert f"({share}, " in said["dont_know"]
    assert language(code).say("note.dont_know_in") in said["dont_know"]


def test_dont_know_left_out_is_a_share_of_all_who_answered() -> None:
    total = release().cells.filter(indicator="SPR_ANY", breakdown="total").row(0, named=True)
    said = sentences(figure("SPR_ANY", "size"), "en")["dont_know"]
    everyone = total["n"] + total["n_dont_know"]
    assert said.startswith(
        f"{total['n_dont_know']} answered “don’t know” ({total['n_dont_know'] / everyone:.0%}, unweighted)"
    )
    assert said.endswith("“Don’t know” is left out of the denominator.")


def test_missing_answers_are_told() -> None:
    total = release().cells.filter(indicator="INC_SERV", breakdown="total").row(0, named=True)
    assert total["n_missing"] == 0
    assert sentences(figure("INC_SERV"), "en")["missing"] == "Everyone who got the question answered it."


def test_not_relevant_left_out_is_told() -> None:
    said = sentences(figure("HIN_ECONOMY", "size"), "en")
    assert said["dont_know"] == "“Not relevant” is left out of the denominator."


@pytest.mark.parametrize("code", LANGUAGES)
def test_significance_names_the_pairs_that_differ_and_no_others(code: str) -> None:
    """Of the three pairs of sectors, two are significant, as the release says."""
    pairs = release().contrasts.filter(indicator="INC_SERV", breakdown="sector")
    found = pairs.filter(pairs["p"] < 0.05)
    assert {(row["cell_a"], row["cell_b"]) for row in found.iter_rows(named=True)} == {
        ("municipality", "state"),
        ("region", "state"),
    }
    said = sentences(figure("INC_SERV"), code)["significance"]
    names = {
        one.code: language(code).say("note.quoted", words=one.label[code])
        for one in edition().surveys[0].programme.breakdown("sector").categories
    }
    low = language(code).listing([names["municipality"], names["region"]])
    assert language(code).say("significance.higher", high=names["state"], low=low) in said
    assert said.endswith(language(code).say("significance.rest"))
    assert f"{names['municipality']} {language(code).messages['significance.higher'].split()[1]}" not in said


def test_no_difference_is_said_as_such() -> None:
    said = sentences(figure("COL_CITIZ", "size"), "en")["significance"]
    assert said == "None of the 3 differences between groups is significant at the 0.05 level."


def test_one_pair_gets_its_p_value() -> None:
    pair = release().contrasts.filter(indicator="SPR_ANY", breakdown="collaboration").row(0, named=True)
    said = sentences(figure("SPR_ANY", "collaboration"), "en")["significance"]
    assert language("en").p_value(pair["p"]) in said
    assert ("not significant" in said) == (pair["p"] >= 0.05)


def test_many_pairs_are_counted_and_adjusted() -> None:
    pairs = release().contrasts.filter(indicator="INC_SERV", breakdown="sector_size")
    found, holm = (pairs.filter(pairs[name] < 0.05).height for name in ("p", "p_holm"))
    said = sentences(figure("INC_SERV", "sector_size"), "en")["significance"]
    assert pairs.height == 36
    assert said.startswith(f"{found} of 36 differences between groups are significant")
    assert language("en").count_of("significance.holm", holm, pairs="36") in said


def test_where_no_difference_is_left_after_adjustment_that_is_said() -> None:
    shown = figure("INC_SERV", "sector_size")
    none = replace(shown, contrasts=tuple(replace(pair, p_holm=1.0) for pair in shown.contrasts))
    assert "None of them is still significant after adjustment for 36 tests" in sentences(none, "en")["significance"]


def test_nobody_answering_dont_know_is_said_without_a_nought() -> None:
    shown = figure("INC_SERV")
    rows = tuple(replace(row, cell=replace(row.cell, n_dont_know=0)) for row in shown.rows)
    assert sentences(replace(shown, rows=rows), "en")["dont_know"].startswith("Nobody answered “don’t know”.")


def test_hidden_figures_are_explained_where_there_are_any() -> None:
    assert "hidden" in sentences(figure("INC_PROC"), "en")["marks"]
    assert "marks" not in sentences(figure("INC_SERV"), "en")


def test_weights_and_margins_follow_the_survey() -> None:
    weighted, census = sentences(figure("INC_SERV"), "da"), sentences(figure("C_INC_SERV"), "da")
    assert weighted["weighting"] == "Svarene er vægtet, så de repræsenterer alle arbejdspladser."
    assert census["weighting"] == "Svarene er ikke vægtet."
    assert MEANING["da"] in census["margin"]
    assert MEANING["da"] not in weighted["margin"]


def test_a_union_names_its_components_and_their_questions() -> None:
    said = sentences(figure("INC_ANY", "size"), "en")
    assert "“New or changed service” and “New or changed way of working”" in said["components"]
    assert "new or changed service in 2023?" in said["question"]
    assert "new or changed way of working in 2023?" in said["question"]


def test_a_break_names_the_edition_as_the_series_does() -> None:
    assert sentences(figure("INC_SERV"), "sv")["breaks"] == "Tidsseriebrott mot Example-2022: Frågan var ny."


def test_a_break_against_an_edition_outside_the_series_names_its_id() -> None:
    shown = replace(figure("INC_SERV"), series=Series())
    assert sentences(shown, "sv")["breaks"] == "Tidsseriebrott mot example-2022: Frågan var ny."


def test_why_figures_of_one_question_do_not_add_up() -> None:
    def said(*indicators: str) -> str:
        shown = side_by_side(cube(), "overview", {}, [cube().indicator(one) for one in indicators])
        return sentences(shown, "en").get("sum", "")

    assert "Several answers could be given" in said("COL_CITIZ", "COL_FIRM")
    assert "come from different questions" in said("INC_SERV", "INC_PROC")
    assert sentences(alone(cube(), cube().indicator("INC_SERV")), "en").get("sum") is None
    assert "The groups overlap" in sentences(figure("SPR_ANY", "partner"), "en")["sum"]
    assert "sum" not in sentences(figure("HOURS", "size"), "en")


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_placeholder_is_left(code: str) -> None:
    for indicator in edition().indicators:
        for breakdown in cube().breakdowns(indicator.id):
            text = " ".join(sentences(by_breakdown(cube(), indicator, breakdown), code).values())
            assert not re.search(r"[{}]|None(?! of the)", text)
