"""Conditions in the words of a language, with the numbers questions have on paper."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from babel import Locale
from babel.lists import format_list
from babel.numbers import format_decimal

from barometer.expressions import Expression, Node, Variable
from barometer.model import FrameColumn, Instrument, Question, QuestionKind, Survey, Text

UNANSWERED = (QuestionKind.INFORMATION, QuestionKind.COMPUTED)
"""Kinds nobody answers; they have no number."""
_QUOTES = {"da": "»{}«", "nb": "«{}»", "sv": "”{}”"}
_OPPOSITE = {"not in": "in", "!=": "=="}
_COMPARED = {"==": "equal", "!=": "unequal", "<": "less", "<=": "most", ">": "more", ">=": "least"}
_REVERSE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_SIGN = {"+": " + ", "-": " − ", "*": " × ", "/": " / "}


def languages() -> tuple[str, ...]:
    """Languages that have a catalogue; others are printed with English between the questionnaire's own words."""
    return tuple(sorted(one.name.removesuffix(".toml") for one in _FOLDER.iterdir()))


@dataclass(frozen=True)
class Wording:
    """An instrument's conditions in a language; `columns`: of the register, by name."""

    instrument: Instrument
    columns: Mapping[str, FrameColumn]
    language: str

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Question -> its number on paper."""
        numbered = [question.id for question in self.instrument.questions if question.kind not in UNANSWERED]
        return {name: number for number, name in enumerate(numbered, 1)}

    def say(self, key: str, **values: object) -> str:
        """The catalogue's text with its placeholders filled."""
        return _catalogue(self.language)[key].format(**values)

    def text(self, text: Text) -> str:
        return text.get(self.language, "")

    def number(self, value: float) -> str:
        return format_decimal(value, format="#,##0.######", locale=self._locale)

    def year(self, value: float) -> str:
        """Without a mark between thousands."""
        return str(int(value))

    def condition(self, expression: Expression) -> str:
        """The condition in words that can follow 'only if'."""
        return self._condition(expression.tree, negated=False)

    def answers(self, expression: Expression) -> tuple[str, str] | None:
        """Where the condition is that one question, or one item of a grid, has one of some answers: the number of the
        question, and the answers in quotation marks; else None."""
        parts = expression.tree.arguments if expression.tree.op == "or" else (expression.tree,)
        found: dict[tuple[str, str], list[str]] = {}
        for node in parts:
            if node.op not in ("==", "in", "contains"):
                return None
            question, part, _ = self._named(node.arguments[0])
            said = node.arguments[1].value if node.op == "==" and node.arguments[1].op == "text" else node.value
            codes = said if isinstance(said, tuple) else (said,) if isinstance(said, str) and said else ()
            if question is None or not codes:
                return None
            labels = found.setdefault((question.id, part), [])
            labels += [self._quoted(self._label(question, code)) for code in codes]
        if len(found) != 1:
            return None
        (name, _), labels = found.popitem()
        return str(self.numbers.get(name, name)), format_list(labels, style="or", locale=self._locale)

    @property
    def _locale(self) -> Locale:
        return Locale.parse("en_GB" if self.language == "en" else self.language)

    def _condition(self, node: Node, *, negated: bool, inside: str = "") -> str:
        if node.op == "not":
            return self._condition(node.arguments[0], negated=not negated, inside=inside)
        if node.op in ("and", "or"):
            return self._joined(node, negated, inside)
        if node.op == "answered":
            return self._answered(node, negated)
        if node.op in ("contains", "not contains"):
            return self._marked(node, negated is (node.op == "contains"))
        if node.op == "variable":
            name = node.variable.name if node.variable else ""
            return self.say("not", condition=name) if negated else name
        return self._compared(node, negated)

    def _joined(self, node: Node, negated: bool, inside: str) -> str:
        """'and' and 'or'; one answer to several questions is said once."""
        if (alike := _alike(node)) is not None and all(self._named(one)[0] for one in alike[0]):
            return self._is(*alike, negated, node.op)
        op = {"and": "or", "or": "and"}[node.op] if negated else node.op
        parts = [self._condition(one, negated=negated, inside=op) for one in node.arguments]
        joined = f", {self.say(op)} ".join(parts) if inside == "" else f" {self.say(op)} ".join(parts)
        return f"({joined})" if inside not in ("", op) else joined

    def _answered(self, node: Node, negated: bool) -> str:
        question, part, column = self._named(node.arguments[0])
        if question is None:
            return self.say("not_known" if negated else "known", column=self._column(column))
        return self.say("not_answered" if negated else "answered", question=self._reference(question, part))

    def _marked(self, node: Node, negated: bool) -> str:
        question, _, _ = self._named(node.arguments[0])
        assert question is not None  # registers have no sets
        label = self._label(question, str(node.value))
        key = "not_marked" if negated else "marked"
        return self.say(key, label=label, question=self._reference(question, ""))

    def _compared(self, node: Node, negated: bool) -> str:
        left = node.arguments[0]
        if node.op in ("in", "not in"):
            return self._is([left], tuple(node.value) if isinstance(node.value, tuple) else (), negated, "or", node.op)
        right = node.arguments[1]
        if right.op == "text":
            return self._is([left], (str(right.value),), negated, "or", node.op)
        if left.variable is not None and not left.variable.is_number:
            key = "same" if (node.op == "==") is not negated else "not_same"
            one, other = (self._place(side) for side in (left, right))
            return self.say(key, left=one, right=other)
        op = _REVERSE[node.op] if negated else node.op
        plain = right.value if right.op == "number" else None
        year = left.variable is not None and self._is_year(left.variable)
        written = self.year(float(plain)) if year and isinstance(plain, float) else self._amount(right)
        return self.say(_COMPARED[op], left=self._amount(left), right=written)

    def _is(self, named: Sequence[Node], codes: Sequence[str], negated: bool, join: str, op: str = "==") -> str:
        """One of the codes is the answer to one of the questions, or the category of a register column."""
        questions = [self._named(one) for one in named]
        first, _, column = questions[0]
        differs = op in _OPPOSITE
        if first is None:
            labels = self._either([self._category(column, code) for code in codes])
            return self.say(
                "column_is_not" if negated is not differs else "column_is",
                column=self._column(column),
                labels=labels,
            )
        labels = self._either([self._label(first, code) for code in codes])
        references = [self._reference(question, part) for question, part, _ in questions if question is not None]
        listed = format_list(references, style="or" if join == "or" else "standard", locale=self._locale)
        key = "is_not" if negated and not differs else "differs" if differs and not negated else "is"
        return self.say(key, labels=labels, questions=listed)

    def _either(self, labels: Sequence[str]) -> str:
        return format_list([self._quoted(label) for label in labels], style="or", locale=self._locale)

    def _amount(self, node: Node) -> str:
        """A number in words."""
        if node.op == "number":
            return self.number(float(node.value) if isinstance(node.value, int | float) else 0)
        if node.op == "variable":
            return self._amount_of(node)
        if node.op == "count":
            question, _, _ = self._named(node.arguments[0])
            return self.say("the_marks", question=self._reference(question, "") if question else "")
        parts = [self._amount(one) for one in node.arguments]
        if node.op == "negative":
            return f"−{parts[0]}"
        return f"({_SIGN[node.op].join(parts)})" if node.op in _SIGN else f"{node.op}({'; '.join(parts)})"

    def _amount_of(self, node: Node) -> str:
        question, part, column = self._named(node)
        if question is None:
            return self._quoted(self._column(column))
        if question.kind is QuestionKind.RANKING:
            return self.say("the_rank", label=self._label(question, part), question=self._reference(question, ""))
        if question.kind is QuestionKind.COMPUTED:
            return self._quoted(self.text(question.text) or question.id)
        return self.say("the_number", question=self._reference(question, part))

    def _named(self, node: Node) -> tuple[Question | None, str, str]:
        """The question of a variable and what follows its point; or the register column."""
        name = node.variable.name if node.variable else ""
        head, _, part = name.partition(".")
        question = next((one for one in self.instrument.questions if one.id == head), None)
        return question, "" if part == "missing" else part, "" if question else name

    def _place(self, node: Node) -> str:
        question, part, column = self._named(node)
        return self._reference(question, part) if question else self._quoted(self._column(column))

    def _reference(self, question: Question, part: str) -> str:
        """The number of the question, with the item where it is about one."""
        number = str(self.numbers.get(question.id, question.id))
        item = next((one for one in question.items if one.code == part), None)
        if item is None:
            return number
        return f"{number} ({self._quoted(self.text(item.label))})"

    def _label(self, question: Question, code: str) -> str:
        for choice in question.choices:
            if choice.code == code:
                return self.text(choice.label)
        return self.say(code) if code in _catalogue(self.language) else code

    def _quoted(self, words: str) -> str:
        return _QUOTES.get(self.language, "“{}”").format(words)

    def _column(self, name: str) -> str:
        """The label of a register column."""
        return self.text(self.columns[name].label) if name in self.columns else name

    def _category(self, column: str, code: str) -> str:
        known = self.columns.get(column)
        return next((self.text(one.label) for one in known.categories if one.code == code), code) if known else code

    def _is_year(self, variable: Variable) -> bool:
        return any(one.id == variable.name and one.kind is QuestionKind.YEAR for one in self.instrument.questions)


def wording(survey: Survey, language: str) -> Wording:
    """How the survey's conditions are said in a language."""
    return Wording(survey.instrument, {column.name: column for column in survey.frame.columns}, language)


_FOLDER = files("barometer.printing") / "catalogues"


@cache
def _catalogue(language: str) -> Mapping[str, str]:
    known = language if language in languages() else "en"
    loaded: dict[str, str] = tomllib.loads((_FOLDER / f"{known}.toml").read_text("utf-8"))
    return loaded


def _alike(node: Node) -> tuple[list[Node], tuple[str, ...]] | None:
    """Questions that are all compared with the same codes, and the codes."""
    found: list[tuple[Node, tuple[str, ...]]] = []
    for part in node.arguments:
        if part.op == "==" and part.arguments[1].op == "text" and "." not in _name(part):
            found.append((part.arguments[0], (str(part.arguments[1].value),)))
        elif part.op == "in" and isinstance(part.value, tuple) and "." not in _name(part):
            found.append((part.arguments[0], part.value))
    same = len(found) == len(node.arguments) and len({codes for _, codes in found}) == 1
    return ([one for one, _ in found], found[0][1]) if same else None


def _name(node: Node) -> str:
    variable = node.arguments[0].variable
    return variable.name if variable else "."
