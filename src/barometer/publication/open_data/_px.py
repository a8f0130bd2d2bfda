"""PX files, the 2013 version of Statistics Sweden's PC-Axis file format, in UTF-8 and all languages at once."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from math import prod

from barometer.model import Language
from barometer.publication.open_data._cube import (
    EMPTY,
    HIDDEN,
    MEASURE,
    PERIOD,
    UNAVAILABLE,
    Category,
    DataCube,
    Dimension,
    say,
)

SYMBOLS = {EMPTY: ".", HIDDEN: "..", UNAVAILABLE: "...", "m": "....", "q": "....."}
"""Dots in place of a number, as the format wants them; other marks take six dots."""
OTHER = "......"
LONGEST_MATRIX = 20
_ROLES = {"period": "Time", "measure": "contents"}


def write_px(cube: DataCube) -> bytes:
    """The table with labels in every language of the edition, the first of them the default.

    Texts have no quotation mark '"' in them, which the format has no place for. Numbers have all their decimals;
    SHOWDECIMALS says how many to show.
    """
    lines = [*_head(cube)]
    for language in cube.languages:
        lines += _words(cube, language, "" if language == cube.languages[0] else f"[{language}]")
    lines += _data(cube)
    return ("\r\n".join(lines) + "\r\n").encode()


def read_px(content: bytes) -> tuple[tuple[float | None, ...], tuple[str, ...]]:
    """Numbers and dots ('' where there is a number) of a PX file's DATA, for the check that what was written reads
    back."""
    data = content.decode().rpartition("DATA=")[2].strip().removesuffix(";").split()
    numbers = tuple(None if word.startswith('"') else float(word) for word in data)
    return numbers, tuple(word.strip('"') if word.startswith('"') else "" for word in data)


def symbol(mark: str) -> str:
    """The dots that stand for a cell without a number."""
    return SYMBOLS.get(mark, OTHER)


def matrix(cube: DataCube) -> str:
    """The table's short name: its id, shortened with a checksum where it is too long for the format."""
    name = cube.id
    return name if len(name) <= LONGEST_MATRIX else f"{name[:13]}-{sha256(name.encode()).hexdigest()[:6]}"


def _head(cube: DataCube) -> Iterator[str]:
    others = cube.languages[1:]
    decimals = max(_decimals(value) for value in cube.values)
    yield 'CHARSET="ANSI";'
    yield 'AXIS-VERSION="2013";'
    yield 'CODEPAGE="utf-8";'
    yield f"LANGUAGE={_text(cube.languages[0])};"
    if others:
        yield f"LANGUAGES={_list(cube.languages)};"
    yield f'CREATION-DATE="{cube.updated:%Y%m%d %H:%M}";'
    yield f"DECIMALS={decimals};"
    yield f"SHOWDECIMALS={max(one.decimals for one in cube.dimension(MEASURE).categories)};"
    yield f"MATRIX={_text(matrix(cube))};"
    yield f"TABLEID={_text(cube.id)};"
    yield "AGGREGALLOWED=NO;"
    yield "COPYRIGHT=NO;"
    yield f"SUBJECT-CODE={_text(cube.survey)};"


def _words(cube: DataCube, language: Language, mark: str) -> Iterator[str]:
    """The part of the head that is told once a language."""
    names = {one.id: _variable(cube, one, language) for one in cube.dimensions}
    title = say(cube.title, language)
    yield f"SUBJECT-AREA{mark}={_text(say(cube.subject, language))};"
    yield f"DESCRIPTION{mark}={_text(title)};"
    yield f"TITLE{mark}={_text(title)};"
    yield f"CONTENTS{mark}={_text(title)};"
    measures = cube.dimension(MEASURE).categories
    yield f"UNITS{mark}={_text(say(measures[0].unit, language) or '-')};"
    for keyword, place in (("STUB", cube.stub), ("HEADING", cube.heading)):
        if place:
            yield f"{keyword}{mark}={_list(names[one.id] for one in place)};"
    yield f"CONTVARIABLE{mark}={_text(names[MEASURE])};"
    values = {one.id: _values(one, language) for one in cube.dimensions}
    for one in cube.dimensions:
        yield f"VALUES{mark}({_text(names[one.id])})={_list(values[one.id])};"
    for one in cube.dimensions:
        yield f"CODES{mark}({_text(names[one.id])})={_list(one.codes)};"
        yield f"VARIABLECODE{mark}({_text(names[one.id])})={_text(one.id)};"
        if one.role in _ROLES:
            yield f"VARIABLE-TYPE{mark}({_text(names[one.id])})={_text(_ROLES[one.role])};"
        if one.role == PERIOD and all(len(code) == 4 and code.isdecimal() for code in one.codes):
            yield f"TIMEVAL{mark}({_text(names[one.id])})=TLIST(A1),{_list(one.codes)};"
        if one.everyone in one.codes:
            everyone = values[one.id][one.codes.index(one.everyone)]
            yield f"ELIMINATION{mark}({_text(names[one.id])})={_text(everyone)};"
    for measure, label in zip(measures, values[MEASURE], strict=True):
        yield from _of_measure(cube, measure, label, names, language, mark)
    yield f"SOURCE{mark}={_text(say(cube.source, language))};"
    yield from _notes(cube, names, values, language, mark)
    for short, dots in sorted({symbol(one): one for one in sorted(cube.gaps)}.items()):
        yield f"DATASYMBOL{len(short)}{mark}={_text(say(cube.legend[dots], language))};"


def _of_measure(
    cube: DataCube, measure: Category, label: str, names: Mapping[str, str], language: Language, mark: str
) -> Iterator[str]:
    yield f'LAST-UPDATED{mark}({_text(label)})="{cube.updated:%Y%m%d %H:%M}";'
    yield f"UNITS{mark}({_text(label)})={_text(say(measure.unit, language) or '-')};"
    yield f"CONTACT{mark}({_text(label)})={_text(cube.contact)};"
    if measure.decimals:
        yield f"PRECISION{mark}({_text(names[MEASURE])},{_text(label)})={measure.decimals};"


def _notes(
    cube: DataCube,
    names: Mapping[str, str],
    values: Mapping[str, Sequence[str]],
    language: Language,
    mark: str,
) -> Iterator[str]:
    """Notes of the table, of indicators, and of single cells whose number needs care."""
    licence = f"{cube.licence}. {cube.edition}" + (f", {cube.number}" if cube.number is not None else "")
    notes = [*(say(note, language) for note in cube.notes), licence]
    keyword = "NOTEX" if cube.synthetic else "NOTE"  # NOTEX must be shown
    yield f"{keyword}{mark}={_text('#'.join(notes))};"
    for one in cube.dimensions:
        for category, label in zip(one.categories, values[one.id], strict=True):
            if category.notes:
                words = "#".join(say(note, language) for note in category.notes)
                yield f"VALUENOTE{mark}({_text(names[one.id])},{_text(label)})={_text(words)};"
    measure = [one.id for one in cube.dimensions].index(MEASURE)
    step, count = prod(cube.size[measure + 1 :]), cube.size[measure]
    lists = [values[one.id] for one in cube.dimensions]
    for place in range(len(cube.values)):
        if cube.marks[place] and cube.values[place] is not None and place // step % count == 0:
            labels = _labels(place, cube.size, lists)
            yield f"CELLNOTE{mark}({_list(labels)})={_text(say(cube.legend[cube.marks[place]], language))};"


def _labels(place: int, size: Sequence[int], values: Sequence[Sequence[str]]) -> list[str]:
    labels = []
    for count, own in zip(reversed(size), reversed(values), strict=True):
        place, here = divmod(place, count)
        labels.append(own[here])
    return labels[::-1]


def _data(cube: DataCube) -> Iterator[str]:
    yield "DATA="
    across = prod(len(one.categories) for one in cube.heading)
    words = [
        f'"{symbol(mark)}"' if value is None else plain_number(value)
        for value, mark in zip(cube.values, cube.marks, strict=True)
    ]
    for start in range(0, len(words), across):
        yield " ".join(words[start : start + across])
    yield ";"


def _variable(cube: DataCube, dimension: Dimension, language: Language) -> str:
    """The name of a variable, unlike the others' and without characters that would split it."""
    names = [say(one.label, language) for one in cube.dimensions]
    own = say(dimension.label, language)
    return own if names.count(own) == 1 else f"{own} [{dimension.id}]"


def _values(dimension: Dimension, language: Language) -> list[str]:
    """Labels of the categories; two that are alike get their codes behind them, since the format looks them up."""
    labels = [say(category.label, language) for category in dimension.categories]
    return [
        label if labels.count(label) == 1 else f"{label} [{code}]"
        for label, code in zip(labels, dimension.codes, strict=True)
    ]


def plain_number(value: float) -> str:
    """All decimals and no exponent."""
    return str(value) if isinstance(value, int) else f"{value:.10f}".rstrip("0").rstrip(".")


def _decimals(value: float | None) -> int:
    return 0 if value is None else len(plain_number(value).partition(".")[2])


def _text(words: str) -> str:
    return '"' + words.replace('"', "”").replace("\r", " ").replace("\n", " ") + '"'


def _list(words: "Iterator[str] | Sequence[str]") -> str:
    return ",".join(_text(word) for word in words)
