"""The self-test's file: a part of the questionnaire that stands alone, and the released figures unchanged."""

from dataclasses import replace
from pathlib import Path

import pdfua
import pikepdf
import pytest

from barometer.edition import read_edition, starter
from barometer.model import QuestionKind, Required
from barometer.publication import SELF_TEST, compared, headline_edition, own_answers_pdf, read_self_test
from barometer.publication._cube import index
from barometer.publication._self_test import self_test_file
from barometer.publication._self_test_cut import cut, register_used
from published_example import edition, release

INSTRUMENT = read_edition(starter()).surveys[0].instrument


def test_every_figure_is_the_releases_own() -> None:
    cube = index(release(), edition())
    test = read_self_test(self_test_file(cube)[SELF_TEST])
    assert len(test.cells) > 20
    assert all(cell == cube.cells[cell.indicator, cell.breakdown][cell.cell] for cell in test.cells.values())


def test_indicators_of_the_file_are_those_whose_questions_are_asked() -> None:
    test = read_self_test(self_test_file(index(release(), edition()))[SELF_TEST])
    told = {one for _, ids in test.themes for one in ids}
    assert {"INC_SERV", "INC_ANY", "NOV_REUSE", "COL_ANY", "HIN_ECONOMY", "SPR_ANY"} <= told
    assert "HOURS" not in told  # a mean, and its question is not asked


def test_only_what_is_released_is_in_the_file_of_a_first_step() -> None:
    step = headline_edition(edition())
    test = self_test_file(index(release(), step))
    for content in test.values():
        assert {one.indicator for one in read_self_test(content).cells.values()} <= set(step.headline)


def test_an_edition_without_a_self_test_has_no_file() -> None:
    assert self_test_file(index(release(), replace(edition(), self_test=None))) == {}


def test_questions_bring_those_their_conditions_look_at() -> None:
    names = [question.id for question in cut(INSTRUMENT, ["novelty"]).questions]
    assert names == ["service", "process", "novelty"]


def test_a_computed_number_and_checks_come_only_with_all_they_need() -> None:
    assert not cut(INSTRUMENT, ["service"]).checks
    whole = cut(INSTRUMENT, ["hours_each"])
    assert {"hours", "hours_each"} <= {question.id for question in whole.questions}
    assert [check.id for check in whole.checks] == ["hours_given"] and "employees" in register_used(whole)


def test_nothing_must_be_answered_and_nothing_is_said_in_own_words() -> None:
    test = cut(INSTRUMENT, [question.id for question in INSTRUMENT.questions])
    for question in test.questions:
        assert question.required is not Required.HARD and not question.other_texts and not question.prefill
        assert question.kind not in (QuestionKind.TEXT, QuestionKind.LONGTEXT, QuestionKind.DATE, QuestionKind.CONSENT)


@pytest.mark.parametrize("code", ["da", "en", "nb", "sv"])
def test_a_checker_of_accessible_pdf_finds_nothing_in_the_result(code: str, tmp_path: Path) -> None:
    test = read_self_test(self_test_file(index(release(), edition()))[SELF_TEST])
    themes = compared(test, code, {"service": "yes", "process": "no", "novelty": "copy", "sector": "state"})
    path = tmp_path / "result.pdf"
    path.write_bytes(own_answers_pdf(test, code, themes, "release 1"))
    report = pdfua.validate(str(path))
    assert [f"{finding.rule_id}: {finding.message}" for finding in report.findings] == []
    with pikepdf.open(path) as pdf:
        assert str(pdf.Root.Lang) == code
