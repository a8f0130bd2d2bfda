"""The names expressions of a survey may use, and parsing against them."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from barometer.edition._entries import Report
from barometer.edition._fields import Word
from barometer.expressions import Expression, Scope, Type, Variable, parse_condition, parse_number
from barometer.model import CONSENTED, Instrument, Question, QuestionKind
from barometer.problems import BadInput
from barometer.tables import ANSWERS, SAMPLE, WEIGHTS

FUNCTIONS = ("answered", "count", "any", "all", "sum", "min", "max")
RESERVED = frozenset(FUNCTIONS) | {column.name for column in (*SAMPLE, *ANSWERS, *WEIGHTS)}
"""Names no question and no register column may have."""


@dataclass(frozen=True)
class Names:
    """Known names, and what is known to be wrong with them.

    `broken` names exist, but their definition has been reported; expressions that use them are not checked.
    With `unreadable`, so much is missing that no expression can be. `taken` names cannot be used for others.
    """

    scope: Scope = field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()
    unreadable: bool = False

    def __contains__(self, name: str) -> bool:
        return name in self.scope or name in self.broken

    def plus(self, scope: Scope, broken: Collection[str] = ()) -> "Names":
        return Names({**self.scope, **scope}, self.broken | frozenset(broken), self.taken, self.unreadable)

    def condition(self, source: Word | None, report: Report, later: Collection[str] = ()) -> Expression | None:
        """The condition, or None when there is none, when it is wrong, or when it cannot be checked."""
        return self._parse(parse_condition, source, report, later)

    def number(self, source: Word | None, report: Report, later: Collection[str] = ()) -> Expression | None:
        return self._parse(parse_number, source, report, later)

    def _parse(
        self, parse: Callable[..., Expression], source: Word | None, report: Report, later: Collection[str]
    ) -> Expression | None:
        if source is None or not source.text or self.unreadable or self._uses_broken(source.text):
            return None
        try:
            return parse(source.text, self.scope, source.place, later=later)
        except BadInput as error:
            report.extend(error.problems)
            return None

    def _uses_broken(self, source: str) -> bool:
        if not self.broken:
            return False
        words = re.findall(r"[^\W\d]\w*", re.sub(r"'[^']*'|\"[^\"]*\"", "", source))
        return not self.broken.isdisjoint(words)


def answer_scope(instrument: Instrument) -> Scope:
    """The variables the answers of an instrument have, in the order they are asked."""
    return {name: variable for question in instrument.questions for name, variable in question_scope(question).items()}


def question_scope(question: Question) -> Scope:
    """The variables of one question.

    None of an information; one an item of a grid (code) or of shares (number); one a choice of a ranking, its rank;
    otherwise one. Dates are texts such as '2026-03-01'. A question that offers missing answers beside the answer has
    one more, 'question.missing'.
    """
    offered = tuple(missing.value for missing in question.missing)
    missing = {f"{question.id}.missing": Variable(f"{question.id}.missing", Type.CODE, offered)} if offered else {}
    return {**_answer_variables(question), **missing}


def _answer_variables(question: Question) -> Scope:
    codes = tuple(choice.code for choice in question.choices)
    match question.kind:
        case QuestionKind.INFORMATION:
            return {}
        case QuestionKind.SHARES:
            return _numbers(f"{question.id}.{item.code}" for item in question.items)
        case QuestionKind.RANKING:
            return _numbers(f"{question.id}.{code}" for code in codes)
        case QuestionKind.CONSENT:
            return {question.id: Variable(question.id, Type.CODE, (CONSENTED,))}
        case QuestionKind.GRID:
            names = [f"{question.id}.{item.code}" for item in question.items]
            return {name: Variable(name, Type.CODE, codes) for name in names}
        case QuestionKind.SINGLE:
            return {question.id: Variable(question.id, Type.CODE, codes)}
        case QuestionKind.MULTI:
            return {question.id: Variable(question.id, Type.SET, codes)}
        case QuestionKind.NUMBER | QuestionKind.YEAR | QuestionKind.COMPUTED:
            return _numbers([question.id])
        case QuestionKind.TEXT | QuestionKind.LONGTEXT | QuestionKind.DATE:
            return {question.id: Variable(question.id, Type.TEXT)}


def _numbers(names: Iterable[str]) -> Scope:
    return {name: Variable(name, Type.NUMBER) for name in names}
