"""One case's answers as the analyst's page of corrections shows them: under a pseudonym, question by question."""

from dataclasses import dataclass

from barometer.model import Question
from barometer.questionnaire import check_case, on_path
from barometer.web.fieldwork.instruments import instrument_of
from barometer.web.fieldwork.models import Edit, Response
from barometer.web.fieldwork.queries.edits import edited_values
from barometer.web.fieldwork.queries.wording import readable, told


@dataclass(frozen=True)
class AnswerRow:
    """One answer that can be corrected. `given`, `now`: in words, '' for none; they differ where a correction lies
    over it."""

    name: str
    given: str
    now: str

    @property
    def corrected(self) -> bool:
        return self.given != self.now


@dataclass(frozen=True)
class QuestionRows:
    """A question that was asked of the respondent, with its answers; `wrong`: checks that do not hold, in words."""

    text: str
    rows: tuple[AnswerRow, ...]
    wrong: tuple[str, ...]


def question_of(response: Response, name: str) -> Question | None:
    """The question an answer's name belongs to."""
    questions = instrument_of(response.version_id).questions
    return next((question for question in questions if name in question.names), None)


def answers_of(response: Response, language: str) -> list[QuestionRows]:
    """Questions on the respondent's path, or with an answer, in the questionnaire's order."""
    instrument = instrument_of(response.version_id)
    handed_in = response.submissions.order_by("-complete", "-number").first()
    given = dict(handed_in.values) if handed_in else {}
    now = edited_values(response)
    facts = {**response.register, **now}
    asked = on_path(instrument, facts)
    wrong: dict[str, list[str]] = {}
    for problem in check_case(instrument, facts):
        named = problem.values.get("questions") or (problem.place.field.split(".")[0],)
        for question in instrument.questions:
            if isinstance(named, list | tuple | set | frozenset) and question.id in named:
                wrong.setdefault(question.id, []).append(told(problem, question, instrument, language))
    found = []
    for question in instrument.questions:
        names = [name for name in question.names if name in asked or name in given or name in now]
        if names:
            rows = tuple(
                AnswerRow(name, _words(question, name, given, language), _words(question, name, now, language))
                for name in names
            )
            words = tuple(dict.fromkeys(wrong.get(question.id, ())))
            found.append(QuestionRows(question.text.get(language, question.id), rows, words))
    return found


def standing_edits(response: Response) -> list[Edit]:
    """Corrections of the case, the last first, withdrawn ones included."""
    return list(response.edits.order_by("-pk"))


def _words(question: Question, name: str, values: dict[str, object], language: str) -> str:
    value = values.get(name)
    if value is None:
        return ""
    if name in question.other_texts:
        return str(value)
    return "; ".join(readable(question, {name: value}, language)) or str(value)
