"""A visitor's own answers beside the released figures: in words, for page and PDF alike."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time
from enum import Enum

from barometer.expressions import condition
from barometer.model import ALL, MISSING_CODES, TOTAL, Indicator, Missing, Question, Universe
from barometer.publication._cube import UNCERTAIN, Cell
from barometer.publication._figure import Row, written
from barometer.publication._language import NO_BREAK_SPACE, Language, language
from barometer.publication._page import page_of
from barometer.publication._print import typeset
from barometer.publication._self_test import PublishedTest
from barometer.publication._svg import share_meter
from barometer.questionnaire import on_path, path


class Stand(Enum):
    """Where a visitor stands on an indicator."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"  # answered don't know, or would not say
    IRRELEVANT = "irrelevant"  # answered not relevant
    UNANSWERED = "unanswered"
    OUTSIDE = "outside"  # not of those the indicator is about


SILENT = (Stand.UNANSWERED, Stand.OUTSIDE)


@dataclass(frozen=True)
class Beside:
    """A released figure beside the own answer: words before it, the figure with its interval, words after it. The
    fractions and `drawing`, an SVG without words, are for those who see it."""

    who: str
    before: str
    figure: str
    after: str = ""
    share: float | None = None
    low: float | None = None
    high: float | None = None
    uncertain: bool = False
    drawing: str = ""

    @property
    def words(self) -> str:
        """The whole of it."""
        return f"{self.before}{self.figure}{self.after}"


@dataclass(frozen=True)
class OwnRow:
    id: str
    label: str
    stand: Stand
    own: str
    beside: tuple[Beside, ...]
    page: str  # of the indicator, inside a language's folder of the site


@dataclass(frozen=True)
class OwnTheme:
    title: str
    rows: tuple[OwnRow, ...]

    @property
    def said(self) -> tuple[OwnRow, ...]:
        """Rows the visitor has said something about."""
        return tuple(row for row in self.rows if row.stand not in SILENT)

    @property
    def silent(self) -> tuple[OwnRow, ...]:
        return tuple(row for row in self.rows if row.stand in SILENT)


def stands(test: PublishedTest, values: Mapping[str, object]) -> dict[str, Stand]:
    """Where somebody stands on each indicator. `values`: answers, and categories told under the register's names."""
    counted = on_path(test.instrument, values)
    asked = {question.id: question for question in path(test.instrument, values).questions}
    facts, uses, found = dict(counted), _uses(test), {}
    for one in test.steps:
        if isinstance(one, Universe):
            facts[one.id] = one.condition is None or condition(one.condition, facts)
            continue
        assert one.numerator is not None
        holds = facts[one.id] = condition(one.numerator, facts)
        if not facts[one.universe]:
            found[one.id] = Stand.OUTSIDE
        elif holds:
            found[one.id] = Stand.YES
        else:
            found[one.id] = _not_yes(uses[one.id], counted, asked)
    return found


def compared(test: PublishedTest, code: str, values: Mapping[str, object]) -> tuple[OwnTheme, ...]:
    """Every indicator with the own answer and the figures of everyone and of the groups told in `values`."""
    one, where = language(code), stands(test, values)
    return tuple(
        OwnTheme(one.text(title), tuple(_row(test, one, test.indicator(each), where[each], values) for each in ids))
        for title, ids in test.themes
    )


def own_answers_pdf(test: PublishedTest, code: str, themes: Iterable[OwnTheme], release: str) -> bytes:
    """The result as an accessible PDF (PDF/UA-1), dated the day of release: what the visitor has said something about.
    `release`: where the figures are from."""
    one, themes = language(code), tuple(themes)
    left = sum(len(theme.silent) for theme in themes)
    data = {
        "language": one.code,
        "title": one.say("self_test.title"),
        "subtitle": one.text(test.title),
        "publisher": one.text(test.publisher),
        "date": [test.day.year, test.day.month, test.day.day],
        "warning": one.say("note.synthetic") if test.synthetic else "",
        "reading": reading(test, code),
        "release": release,
        "themes": [
            {"title": theme.title, "rows": [_to_print(row) for row in theme.said]} for theme in themes if theme.said
        ],
        "left_out": one.count_of("self_test.left_out", left) if left else "",
    }
    return typeset("self-test.typ", datetime.combine(test.day, time(), UTC), data)


def _to_print(row: OwnRow) -> dict[str, object]:
    beside = [{**asdict(each), "words": each.words, "drawing": ""} for each in row.beside]
    return {**asdict(row), "stand": row.stand.value, "beside": beside}


def reading(test: PublishedTest, code: str) -> list[str]:
    """How the result is to be read."""
    one = language(code)
    confidence = one.percent(1 - test.level)
    return [
        one.say("self_test.interval", confidence=confidence),
        one.say("self_test.no_test"),
        one.say("self_test.unit"),
    ]


def _row(
    test: PublishedTest, one: Language, indicator: Indicator, stand: Stand, values: Mapping[str, object]
) -> OwnRow:
    everyone = one.text(test.universe(indicator.universe).label)
    beside = [_beside(one, indicator, stand, test.cells[indicator.id, TOTAL, ALL], everyone)]
    for who, cell in _groups(test, one, indicator, values):
        beside.append(_beside(one, indicator, stand, cell, who))
    own = one.say(f"self_test.{stand.value}")
    return OwnRow(indicator.id, one.text(indicator.label), stand, own, tuple(beside), page_of(indicator.id))


def _groups(
    test: PublishedTest, one: Language, indicator: Indicator, values: Mapping[str, object]
) -> Iterable[tuple[str, Cell]]:
    """Released cells the visitor belongs to; where cells are shown together, the one that holds theirs."""
    for breakdown in test.breakdowns:
        told = values.get(breakdown.column)
        for shown in (breakdown, *(each for each in test.merged if each.merges == breakdown.id)):
            for category in shown.categories:
                cell = test.cells.get((indicator.id, shown.id, category.code))
                if cell is not None and told in (category.code, *category.parts):
                    yield one.text(category.label), cell


def _beside(one: Language, indicator: Indicator, stand: Stand, cell: Cell, who: str) -> Beside:
    if cell.status or cell.value is None:
        return Beside(who, one.say(f"self_test.status_{cell.status or 'z'}"), "")
    text = written(one, indicator, cell, 0)
    who = f"{who} (n{NO_BREAK_SPACE}={NO_BREAK_SPACE}{text.n})"
    figure = f"{text.value} [{text.interval}]" if text.interval else text.value
    kind = stand.value if stand in (Stand.YES, Stand.NO) else "else"
    before, _, after = one.say(f"self_test.beside_{kind}", figure="\n").partition("\n")
    after += f" ({text.remark})" if text.remark else ""
    drawing = share_meter(Row(indicator.label, cell, indicator, 0))
    uncertain = cell.quality == UNCERTAIN
    return Beside(who, before, figure, after, cell.value, cell.ci_low, cell.ci_high, uncertain, drawing)


def _not_yes(names: frozenset[str], counted: Mapping[str, object], asked: Mapping[str, Question]) -> Stand:
    """Why an indicator does not hold: an answer is not there, says nothing, or says no."""
    silent = set()
    for name in names:
        question = asked.get(name.split(".")[0])
        if question is not None:
            value = counted.get(name, counted.get(question.id))
            if value is None:
                return Stand.UNANSWERED
            silent.add(_says_nothing(question, value))
    silent.discard(None)
    if not silent:
        return Stand.NO
    return Stand.IRRELEVANT if silent == {Missing.NOT_RELEVANT} else Stand.UNKNOWN


def _says_nothing(question: Question, value: object) -> Missing | None:
    """The missing answer that stands in place of one."""
    given = value if isinstance(value, list | tuple | set | frozenset) else (value,)
    silent = {**MISSING_CODES, **{choice.code: choice.missing for choice in question.choices if choice.missing}}
    found = [silent.get(str(code)) for code in given]
    return found[0] if found and all(found) else None


def _uses(test: PublishedTest) -> dict[str, frozenset[str]]:
    """Names of answers that each universe and indicator looks at in the end."""
    uses: dict[str, frozenset[str]] = {}
    for one in test.steps:
        expression = one.condition if isinstance(one, Universe) else one.numerator
        names = (uses.get(name, frozenset({name})) for name in (expression.names if expression else ()))
        uses[one.id] = frozenset(name for each in names for name in each)
    return uses
