"""indicators.toml: universes and indicators, each using only what stands before it."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from barometer.edition._entries import Report
from barometer.edition._fields import Fields, Word
from barometer.edition._names import Names
from barometer.edition._surveys import SurveyRead, Surveys
from barometer.edition._texts import read_text
from barometer.expressions import Expression, Type, Variable
from barometer.model import Indicator, Keep, Measure, Question, QuestionKind, Text, Universe
from barometer.problems import suggestion

UNIVERSE = ("id", "survey", "when", "label", "noun")
INDICATOR = (
    "id",
    "survey",
    "universe",
    "measure",
    "label",
    "numerator",
    "value",
    "question",
    "components",
    "dont_know",
    "not_relevant",
    "unit",
    "note",
    "breaks",
)


@dataclass
class Registry:
    """Universes and indicators read so far, and the names they add to those of a survey.

    `broken` ids are defined, but could not be placed; references to them are not reported once more.
    """

    universes: dict[str, dict[str, Universe]] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    names: dict[str, Names] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    unreadable: bool = False

    @property
    def whole(self) -> bool:
        return not self.unreadable and not self.broken

    def add_broken(self, ids: Collection[str]) -> None:
        """Note ids that cannot be placed in a survey; expressions of any survey may mean them."""
        self.broken |= set(ids)
        self.names = {key: names.plus({}, ids) for key, names in self.names.items()}

    def of(self, survey: str) -> dict[str, Indicator]:
        return {key: indicator for key, indicator in self.indicators.items() if indicator.survey == survey}

    def knows(self, word: Word, report: Report, what: str = "an indicator") -> bool:
        """Whether the indicator exists; if it doesn't and that is news, it is reported."""
        if word.text in self.indicators:
            return True
        if not self.unreadable and word.text not in self.broken:
            report.error("E009", word.place, f"indicator '{word.text}'", what, suggestion(word.text, self.indicators))
        return False


def read_indicators(top: Fields | None, surveys: Surveys, report: Report) -> Registry:
    registry = Registry(names={key: survey.names for key, survey in surveys.by_id.items()})
    if top is None:
        registry.unreadable = True
        registry.names = {key: replace(names, unreadable=True) for key, names in registry.names.items()}
        return registry
    universes = top.tables("universe", UNIVERSE, required=True)
    for number, fields in enumerate(universes):
        _universe(fields, surveys, registry, _ids(universes[number:]), report)
    indicators = top.tables("indicator", INDICATOR, required=True)
    for number, fields in enumerate(indicators):
        _indicator(fields, surveys, registry, _ids(indicators[number:]), report)
    return registry


def _ids(tables: tuple[Fields, ...]) -> frozenset[str]:
    ids = [fields.entries["id"].value for fields in tables if fields.has("id")]
    return frozenset(one for one in ids if isinstance(one, str))


def _universe(fields: Fields, surveys: Surveys, registry: Registry, later: frozenset[str], report: Report) -> None:
    universe_id = fields.string("id", None, r"[A-Z][A-Z0-9_]*", "'INNOV'")
    survey = surveys.of(fields, report)
    label, noun = fields.text("label"), fields.text("noun")
    if survey is None or not universe_id:
        registry.add_broken(_ids((fields,)))
        return
    known = registry.universes.setdefault(survey.id, {})
    if universe_id in known:
        report.error(
            "E008", fields.place("id"), f"a second universe '{universe_id}'", "each id once", "Give it another id."
        )
        return
    names = registry.names[survey.id]
    condition = _earlier(names, fields.optional_word("when"), report, later)
    known[universe_id] = Universe(universe_id, survey.id, label, noun, condition)
    registry.names[survey.id] = names.plus({universe_id: Variable(universe_id, Type.FLAG)})


def _earlier(names: Names, source: Word | None, report: Report, later: Collection[str]) -> Expression | None:
    """The condition; a name defined further down is reported as that."""
    own = Report()
    condition = names.condition(source, own, later)
    way_out = "Move the definition it uses before this one."
    report.extend(
        replace(problem, code="E010", way_out=way_out) if problem.code == "X009" else problem for problem in own
    )
    return condition


def _indicator(fields: Fields, surveys: Surveys, registry: Registry, later: frozenset[str], report: Report) -> None:
    indicator_id = fields.string("id", None, r"[A-Z][A-Z0-9_]*(=[a-z0-9_]+)?", "'COL_FIRM' or 'NOV_LEVEL=first'")
    survey = surveys.of(fields, report)
    measure = fields.one_of("measure", Measure, Measure.SHARE) or Measure.SHARE
    draft = Indicator(
        id=indicator_id,
        survey=survey.id if survey else "",
        measure=measure,
        label=fields.text("label"),
        universe=fields.string("universe"),
        question=fields.string("question", ""),
        components=tuple(word.text for word in fields.strings("components")),
        dont_know=fields.one_of("dont_know", Keep, Keep.IN) or Keep.IN,
        not_relevant=fields.one_of("not_relevant", Keep, Keep.IN) or Keep.IN,
        unit=fields.text("unit", optional=True),
        note=fields.text("note", optional=True),
        breaks=_breaks(fields),
    )
    _check_parts(fields, measure, report)
    if survey is None or not indicator_id:
        registry.add_broken(_ids((fields,)))
        return
    _check_references(fields, draft, survey, registry, report)
    _place(fields, draft, survey, registry, later, report)


def _place(
    fields: Fields,
    draft: Indicator,
    survey: SurveyRead,
    registry: Registry,
    later: frozenset[str],
    report: Report,
) -> None:
    """Put the indicator with its expressions into the registry, and its name among those of the survey."""
    names = registry.names[survey.id]
    numerator = _earlier(names, fields.optional_word("numerator"), report, later)
    if fields.has("components"):
        numerator = _union(fields, draft, registry, names, later, report)
    value = names.number(fields.optional_word("value"), report)
    if draft.id in registry.indicators:
        report.error(
            "E008", fields.place("id"), f"a second indicator '{draft.id}'", "each id once", "Give it another id."
        )
        return
    if draft.id in registry.universes.get(survey.id, {}):
        report.error(
            "E011", fields.place("id"), f"'{draft.id}', also a universe", "a name of its own", "Rename one of them."
        )
        registry.add_broken({draft.id})
        return
    registry.indicators[draft.id] = replace(draft, numerator=numerator, value=value)
    if draft.measure is Measure.SHARE and draft.id.isidentifier():
        registry.names[survey.id] = names.plus({draft.id: Variable(draft.id, Type.FLAG)})


def _breaks(fields: Fields) -> dict[str, Text]:
    table = fields.table("breaks", None)
    return {key: read_text(entry, "breaks", fields.context) for key, entry in table.entries.items()} if table else {}


def _check_parts(fields: Fields, measure: Measure, report: Report) -> None:
    place = fields.place("numerator") if fields.has("numerator") else fields.entry.place
    if measure is Measure.SHARE:
        given = [key for key in ("numerator", "components") if fields.has(key)]
        if len(given) != 1:
            found = "both numerator and components" if given else "neither numerator nor components"
            report.error("E018", place, found, "exactly one of them for a share", "Keep one.")
        foreign = [key for key in ("value", "unit") if fields.has(key)]
    else:
        for key in ("value", "unit"):
            if not fields.has(key):
                found = f"a {measure.value} without {key}"
                report.error("E018", fields.place(key), found, f"a {key} for means and totals", f"Add {key}.")
        foreign = [key for key in ("numerator", "components") if fields.has(key)]
    for key in foreign:
        found = f"{key} of a {measure.value}"
        report.error("E018", fields.place(key), found, f"no {key} here", f"Delete {key}, or change measure.")


def _check_references(fields: Fields, draft: Indicator, survey: SurveyRead, registry: Registry, report: Report) -> None:
    universes = registry.universes.get(survey.id, {})
    if draft.universe and draft.universe not in universes and draft.universe not in registry.broken:
        report.error(
            "E009",
            fields.place("universe"),
            f"universe '{draft.universe}'",
            f"a universe of survey '{survey.id}'",
            suggestion(draft.universe, universes),
        )
    if draft.question and survey.instrument is not None:
        known = [name for question in survey.instrument.questions for name in _askable(question)]
        known += [scheme.question_id for scheme in survey.codings]
        if draft.question not in known and draft.question.split(".")[0] not in survey.names.broken:
            report.error(
                "E009",
                fields.place("question"),
                f"question '{draft.question}'",
                f"a question of questionnaire '{survey.instrument.id}', or a grid item 'question.item'",
                suggestion(draft.question, known),
            )


def _askable(question: Question) -> list[str]:
    if question.kind is QuestionKind.INFORMATION:
        return []
    return [question.id, *(f"{question.id}.{item.code}" for item in question.items)]


def _union(
    fields: Fields,
    draft: Indicator,
    registry: Registry,
    names: Names,
    later: frozenset[str],
    report: Report,
) -> Expression | None:
    """Those who meet at least one component. Ids with '=' are no names, so their numerators stand in for them."""
    sources = []
    for word in fields.strings("components"):
        if word.text in later and word.text not in registry.indicators:
            found = f"component '{word.text}'"
            way_out = "Move the component before the union."
            report.error("E010", word.place, found, "an indicator defined before this one", way_out)
        elif registry.knows(word, report, "an indicator defined before this one"):
            part = registry.indicators[word.text]
            if part.measure is not Measure.SHARE or (part.survey, part.universe) != (draft.survey, draft.universe):
                report.error(
                    "E019",
                    word.place,
                    f"'{word.text}', a {part.measure.value} of universe '{part.universe}' in survey '{part.survey}'",
                    f"a share of universe '{draft.universe}' in survey '{draft.survey}'",
                    "Use indicators of one universe, or write a numerator instead of components.",
                )
            elif word.text.isidentifier():
                sources.append(word.text)
            elif part.numerator:
                sources.append(f"({part.numerator.source})")
    if len(sources) < len(draft.components) or not sources:
        return None
    return names.condition(Word(" or ".join(sources), fields.place("components")), report)
