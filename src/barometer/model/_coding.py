"""Coding schemes: what coders sort the answers to an open question into."""

from dataclasses import dataclass, field, replace

from barometer.model._instrument import Choice, Instrument, Page, Question, QuestionKind, Required, Text


@dataclass(frozen=True)
class SchemeCode:
    """One code. `was`: ids of codes of the version before that became this one, where it has another id now."""

    id: str
    label: Text
    description: str = ""  # for coders: what belongs here and what does not
    example: str = ""  # for coders: words of a typical answer
    was: tuple[str, ...] = ()


@dataclass(frozen=True)
class CodingScheme:
    """The codes of one open answer: a text question's id, or 'question.code.text' beside a choice."""

    answer: str
    codes: tuple[SchemeCode, ...] = field(default_factory=tuple)
    multiple: bool = False  # an answer may get several codes

    @property
    def question_id(self) -> str:
        """What the coded answer is called in tables and expressions."""
        return f"{self.answer.replace('.', '_')}_code"

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(code.id for code in self.codes)

    def question(self, asked: Question) -> Question:
        """The coded answer as a question of its own, which reaches whom the open one reaches."""
        return Question(
            self.question_id,
            QuestionKind.MULTI if self.multiple else QuestionKind.SINGLE,
            asked.text,
            choices=tuple(Choice(code.id, code.label) for code in self.codes),
            when=asked.when,
            required=Required.NO,
        )


def open_answers(instrument: Instrument) -> dict[str, Question]:
    """Names of the answers in respondents' own words -> the question they belong to, in the order of asking."""
    found: dict[str, Question] = {}
    for question in instrument.questions:
        if question.kind in (QuestionKind.TEXT, QuestionKind.LONGTEXT):
            found[question.id] = question
        found |= dict.fromkeys(question.other_texts, question)
    return found


def with_codings(instrument: Instrument, schemes: tuple[CodingScheme, ...]) -> Instrument:
    """The instrument with each coded answer right behind the question it is made from. Nobody is asked it."""
    if not schemes:
        return instrument
    asked = open_answers(instrument)
    behind: dict[str, list[Question]] = {}
    for scheme in schemes:
        source = asked.get(scheme.answer)
        if source is None:  # another version of the questionnaire had it
            continue
        behind.setdefault(source.id, []).append(scheme.question(source))
    return replace(instrument, pages=tuple(_with(page, behind) for page in instrument.pages))


def _with(page: Page, behind: dict[str, list[Question]]) -> Page:
    questions = [one for question in page.questions for one in (question, *behind.get(question.id, ()))]
    return replace(page, questions=tuple(questions))
