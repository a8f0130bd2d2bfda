"""[self_test] of outputs.toml: what visitors of the public self-test are asked."""

from barometer.edition._breakdowns import Breakdowns
from barometer.edition._entries import Report
from barometer.edition._fields import Fields, Word
from barometer.edition._surveys import SurveyRead, Surveys
from barometer.model import QuestionKind, SelfTest
from barometer.problems import suggestion

KEYS = ("survey", "questions", "breakdowns")
ASKED = (
    QuestionKind.SINGLE,
    QuestionKind.MULTI,
    QuestionKind.GRID,
    QuestionKind.NUMBER,
    QuestionKind.YEAR,
    QuestionKind.SHARES,
    QuestionKind.RANKING,
)
"""Kinds a self-test may ask: none is answered in one's own words, which could tell who answered."""


def read_self_test(top: Fields, surveys: Surveys, breakdowns: Breakdowns, report: Report) -> SelfTest | None:
    """None without the table. Without `questions`, the core questions of the survey are asked."""
    fields = top.table("self_test", KEYS)
    survey = surveys.of(fields, report) if fields else None
    if fields is None or survey is None or survey.instrument is None:
        return None
    named = fields.strings("questions")
    questions = tuple(word.text for word in named if _may_ask(word, survey, report))
    if not named:
        questions = tuple(one.id for one in survey.instrument.questions if one.core and one.kind in ASKED)
    if not questions and not named:
        way_out = "Name them in questions, or mark questions with core."
        report.error("E004", fields.place("questions"), "no questions", "the questions of the self-test", way_out)
    by = fields.strings("breakdowns")
    return SelfTest(
        survey.id, questions, tuple(word.text for word in by if _by_register(word, survey, breakdowns, report))
    )


def _may_ask(word: Word, survey: SurveyRead, report: Report) -> bool:
    assert survey.instrument is not None
    kinds = {question.id: question.kind for question in survey.instrument.questions}
    if word.text not in kinds:
        expected = f"a question of questionnaire '{survey.instrument.id}'"
        report.error("E009", word.place, f"question '{word.text}'", expected, suggestion(word.text, kinds))
        return False
    if kinds[word.text] not in ASKED:
        found = f"'{word.text}', a question of kind {kinds[word.text].value}"
        expected = "one of: " + ", ".join(kind.value for kind in ASKED)
        report.error("E007", word.place, found, expected, "Leave it out: a self-test asks for nothing in own words.")
        return False
    return True


def _by_register(word: Word, survey: SurveyRead, breakdowns: Breakdowns, report: Report) -> bool:
    if not breakdowns.knows(survey.id, word, report):
        return False
    if breakdowns.of(survey.id)[word.text].column:
        return True
    found, expected = f"'{word.text}', which no register column makes", "a breakdown with a column"
    report.error("E007", word.place, found, expected, "Name breakdowns whose category a visitor can tell.")
    return False
