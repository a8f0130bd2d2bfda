"""Live numbers in the texts of an edition: {{ share("COL_FIRM", sector="state") }}, found, read and checked by name.

A call is a function of `FUNCTIONS` with literal arguments; nothing is evaluated.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from barometer.edition._entries import Report
from barometer.model import ALL, TOTAL, Language, Measure, Programme, Relation
from barometer.problems import Place, Problem, Severity, suggestion

FUNCTIONS: Mapping[str, str] = {
    "share": "a share: '43 %'",
    "value": "a mean or total, with its unit",
    "interval": "its interval: '40–46 %'",
    "n": "how many answers it rests on",
    "of_ten": "a share in everyday words: '9 of 10'",
    "compare": 'two figures and the outcome of their test; breakdown="state, municipality"',
    "claim": 'nothing; refuses the text unless the test bears it out: breakdown="state > municipality"',
}
"""What a text may call, and what it becomes. The first argument is an indicator, the other a breakdown's cell."""

LETTERS = "letters/"
RELATIONS = {relation.value: relation for relation in Relation}

_CALL = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_CODE = r"[^\s,<>~]+"
_CLAIM = re.compile(rf"\s*({_CODE})\s*([<>~])\s*({_CODE})\s*")
_PAIR = re.compile(rf"\s*({_CODE})\s*,\s*({_CODE})\s*")
# Levels and wholes are not results.
_TYPED = re.compile(r"(?<![\w.,])(?!(?:5|95|100)\D)\d+(?:[.,]\d+)?\s?(?:%|per cent|percent|procent|prosent|pct\.)")
OF_SHARES = ("share", "of_ten")
OF_MEANS = ("value",)


@dataclass(frozen=True)
class Live:
    """One call in a text: where it stands, what is asked for, of which cells (two for compare and claim)."""

    start: int
    end: int
    line: int
    function: str
    indicator: str
    breakdown: str = TOTAL
    cells: tuple[str, ...] = (ALL,)
    relation: Relation | None = None


def live(source: str) -> tuple[Live, ...]:
    """The well-formed calls of a text, in order. `live_problems` has the others."""
    return tuple(one for one in _read(source) if isinstance(one, Live))


def live_problems(source: str, where: Place, programmes: Mapping[str, Programme]) -> Iterator[Problem]:
    """Calls that cannot be read (E031) or name what the edition does not have (E032); numbers typed by hand (E033)."""
    known = {indicator.id: programme for programme in programmes.values() for indicator in programme.indicators}
    for one in _read(source):
        if isinstance(one, Problem):
            yield replace(one, place=_at(where, one.place.line))
        else:
            yield from _unknown(one, _at(where, one.line), known)
    for typed in _TYPED.finditer(_CALL.sub(lambda call: " " * len(call[0]), source)):
        yield Problem(
            "E033",
            _at(where, _line(source, typed.start())),
            f"'{typed[0]}' typed by hand",
            'a live number such as {{ share("INDICATOR") }}',
            "Use a live number if the figure is one of this edition's; otherwise leave it and name its source.",
            Severity.WARNING,
        )


def check_live_texts(
    texts: Mapping[Language, Mapping[str, str]], programmes: Mapping[str, Programme], report: Report
) -> None:
    """The live numbers of every text that is published; letters have none."""
    for language, sources in texts.items():
        for name, source in sources.items():
            if not name.startswith(LETTERS):
                report.extend(live_problems(source, Place(f"texts/{language}/{name}.md"), programmes))
    _check_alike(texts, report)


def _check_alike(texts: Mapping[Language, Mapping[str, str]], report: Report) -> None:
    """Every language has the live numbers and claims of the first (E036, a warning); their order is free."""
    first = next(iter(texts), "")
    for name, source in texts.get(first, {}).items():
        wanted = {_asked(one) for one in live(source)}
        for language, sources in texts.items():
            found = {_asked(one) for one in live(sources.get(name, ""))} if name in sources else wanted
            if found != wanted and not name.startswith(LETTERS):
                told = [f"no {one}" for one in sorted(wanted - found)] + [
                    f"{one} too" for one in sorted(found - wanted)
                ]
                expected, way_out = (
                    f"those of texts/{first}/{name}.md",
                    "Translate the sentence, or leave it out in every language.",
                )
                report.warning("E036", Place(f"texts/{language}/{name}.md"), ", ".join(told), expected, way_out)


def _asked(one: Live) -> str:
    relation = f" {one.relation.value} " if one.relation else ", "
    cells = "" if one.breakdown == TOTAL else f', {one.breakdown}="{relation.join(one.cells)}"'
    return f'{one.function}("{one.indicator}"{cells})'


def _read(source: str) -> Iterator[Live | Problem]:
    """Every call; what cannot be read is a problem without a file."""
    for found in _CALL.finditer(source):
        line = _line(source, found.start())
        try:
            yield _call(found, line)
        except (SyntaxError, ValueError) as fault:
            reason = fault.msg if isinstance(fault, SyntaxError) else str(fault)
            yield Problem(
                "E031",
                Place("", line),
                f"{{{{{found[1]}}}}}: {reason}",
                'a call such as {{ share("COL_FIRM", sector="state") }}',
                f"Functions: {', '.join(FUNCTIONS)}; each takes an indicator and at most one breakdown.",
            )


def _call(found: re.Match[str], line: int) -> Live:
    tree = ast.parse(found[1].strip(), mode="eval").body
    if not isinstance(tree, ast.Call) or not isinstance(tree.func, ast.Name):
        raise ValueError("not a call")
    function = tree.func.id
    if function not in FUNCTIONS:
        raise ValueError(f"no function '{function}'; {suggestion(function, FUNCTIONS)}")
    if len(tree.args) != 1:
        raise ValueError("one indicator is needed before the breakdown")
    indicator = _literal(tree.args[0])
    if len(tree.keywords) > 1 or any(keyword.arg is None for keyword in tree.keywords):
        raise ValueError("more than one breakdown")
    place = found.start(), found.end(), line, function, indicator
    if function in ("compare", "claim"):
        return _two(place, tree.keywords)
    if not tree.keywords:
        return Live(*place)
    keyword = tree.keywords[0]
    return Live(*place, str(keyword.arg), (_literal(keyword.value).strip(),))


def _two(place: tuple[int, int, int, str, str], keywords: list[ast.keyword]) -> Live:
    if not keywords:
        raise ValueError("two groups to compare are needed")
    wanted = _literal(keywords[0].value)
    if place[3] == "claim":
        if not (match := _CLAIM.fullmatch(wanted)):
            raise ValueError(f"'{wanted}' is not two groups with >, < or ~ between them")
        return Live(*place, str(keywords[0].arg), (match[1], match[3]), RELATIONS[match[2]])
    if not (match := _PAIR.fullmatch(wanted)):
        raise ValueError(f"'{wanted}' is not two groups with a comma between them")
    return Live(*place, str(keywords[0].arg), (match[1], match[2]))


def _literal(node: ast.expr) -> str:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        raise ValueError("arguments are texts in quotation marks")
    return node.value


def _unknown(one: Live, place: Place, known: Mapping[str, Programme]) -> Iterator[Problem]:
    """The first level that is wrong hides the ones below it."""
    if one.indicator not in known:
        found, near = f"indicator '{one.indicator}'", suggestion(one.indicator, known)
        yield Problem("E032", place, found, "an indicator of indicators.toml", near)
        return
    programme = known[one.indicator]
    share = programme.indicator(one.indicator).measure is Measure.SHARE
    if one.function in (OF_MEANS if share else OF_SHARES):
        found = f"{one.function} of {'a share' if share else 'a mean or total'}"
        right = " or ".join(OF_SHARES if share else OF_MEANS)
        yield Problem("E032", place, found, right, f"Write {right} instead.")
        return
    if one.breakdown == TOTAL:
        return
    wanted = programme.by.get(one.indicator, ())
    if one.breakdown not in wanted:
        found = f"breakdown '{one.breakdown}' of {one.indicator}"
        yield Problem("E032", place, found, "a table of outputs.toml", suggestion(one.breakdown, wanted))
        return
    codes = [category.code for category in programme.breakdown(one.breakdown).categories]
    for code in (code for code in one.cells if code not in codes):
        yield Problem("E032", place, f"category '{code}'", f"a category of {one.breakdown}", suggestion(code, codes))


def _at(where: Place, line: int) -> Place:
    """A line of a text file; a text inside a settings file has its field already."""
    return where if where.field else replace(where, line=line)


def _line(source: str, position: int) -> int:
    return source.count("\n", 0, position) + 1
