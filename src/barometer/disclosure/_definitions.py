"""What everybody knows without seeing an answer: what the definitions alone settle.

A region's workplaces cannot innovate together with 'our own municipality' when the questionnaire offers that
answer to municipalities only. Such zeros are no secret, and treating them as secret would hide good figures.
"""

from collections.abc import Iterator, Mapping

from barometer.expressions import Expression, Node, Type, condition
from barometer.model import Choice, Indicator, Item, Page, Programme, Question, Survey, Universe

Known = Mapping[str, str]
"""Register values that everybody in a leaf has: column -> code."""


class Definitions:
    """Three-valued meaning of an edition's definitions when only some register values are known: True or False
    where the definitions settle it for everybody, None where it depends on what people answered."""

    def __init__(self, survey: Survey) -> None:
        programme: Programme = survey.programme
        self.register = {column.name for column in survey.frame.columns}
        self.universes = {universe.id: universe for universe in programme.universes}
        self.indicators = {indicator.id: indicator for indicator in programme.indicators}
        self.questions = {
            question.id: (page, question) for page in survey.measured.pages for question in page.questions
        }
        self.mentioned = self.register & {name for one in _conditions(survey) for name in one.names}
        self.settled: dict[tuple[str, tuple[str | None, ...]], bool | None] = {}

    def is_public(self, universe: Universe) -> bool:
        """Whether membership follows from the register alone."""
        if universe.condition is None:
            return True
        return all(
            name in self.register or (name in self.universes and self.is_public(self.universes[name]))
            for name in universe.condition.names
        )

    def member(self, universe: Universe, known: Known) -> bool | None:
        """Whether respondents with these register values are in the universe."""
        return True if universe.condition is None else self._holds(universe.condition.tree, known)

    def numerator(self, indicator: Indicator, known: Known) -> bool | None:
        """Whether members of the universe with these register values are in the numerator of a share."""
        told = indicator.id, tuple(known.get(name) for name in self.mentioned)  # nothing else can matter
        if told not in self.settled:
            self.settled[told] = self._numerator(indicator, known)
        return self.settled[told]

    def _numerator(self, indicator: Indicator, known: Known) -> bool | None:
        if indicator.components:
            return _any([self._share(self.indicators[one], known) for one in indicator.components])
        return None if indicator.numerator is None else self._holds(indicator.numerator.tree, known)

    def _share(self, indicator: Indicator, known: Known) -> bool | None:
        universe = self.universes.get(indicator.universe)
        member = True if universe is None else self.member(universe, known)
        return _all([member, self.numerator(indicator, known)])

    def _holds(self, node: Node, known: Known) -> bool | None:
        if node.op in ("and", "or", "not"):
            parts = [self._holds(argument, known) for argument in node.arguments]
            if node.op == "not":
                return None if parts[0] is None else not parts[0]
            return _all(parts) if node.op == "and" else _any(parts)
        names = _names(node)
        if names and names <= known.keys():
            return condition(Expression("", node, tuple(names)), known)
        if node.variable is not None and node.variable.type is Type.FLAG:
            return self._flag(node.variable.name, known)
        if node.op in ("contains", "==", "in", "answered"):
            return None if self._offered(node, known) else False
        return None

    def _flag(self, name: str, known: Known) -> bool | None:
        if name in self.universes:
            return self.member(self.universes[name], known)
        return self._share(self.indicators[name], known) if name in self.indicators else None

    def _offered(self, node: Node, known: Known) -> bool:
        """Whether anybody with these register values can give the answer the comparison asks for."""
        variable = node.arguments[0].variable if node.arguments else None
        if variable is None:
            return True
        name, _, item = variable.name.partition(".")
        if name not in self.questions:
            return True
        page, question = self.questions[name]
        rows = [one for one in question.items if one.code == item]
        parts: list[Page | Question | Item] = [page, question, *rows]
        if any(self._closed(one, known) for one in parts):
            return False
        codes = _codes(node)
        choices = [choice for choice in question.choices if choice.code in codes]
        return not choices or not all(self._closed(choice, known) for choice in choices)

    def _closed(self, part: Page | Question | Item | Choice, known: Known) -> bool:
        return part.when is not None and self._holds(part.when.tree, known) is False


def _conditions(survey: Survey) -> Iterator[Expression]:
    """Every condition that membership, numerators and routing are made of."""
    parts: list[Page | Question | Item | Choice] = list(survey.measured.pages)
    for question in survey.measured.questions:
        parts += [question, *question.items, *question.choices]
    conditions = [part.when for part in parts]
    conditions += [universe.condition for universe in survey.programme.universes]
    conditions += [indicator.numerator for indicator in survey.programme.indicators]
    yield from (one for one in conditions if one is not None)


def _codes(node: Node) -> tuple[str, ...]:
    if node.op == "==":
        other = node.arguments[1]
        return (str(other.value),) if other.op == "text" else ()
    return node.value if isinstance(node.value, tuple) else (str(node.value),)


def _names(node: Node) -> set[str]:
    own = {node.variable.name} if node.variable else set()
    return own.union(*(_names(argument) for argument in node.arguments))


def _all(parts: list[bool | None]) -> bool | None:
    return False if False in parts else None if None in parts else True


def _any(parts: list[bool | None]) -> bool | None:
    return True if True in parts else None if None in parts else False
