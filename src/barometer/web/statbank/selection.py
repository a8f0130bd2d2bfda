"""Which cells of a table are asked for, as PxWebApi writes it: codes, *, ?, top(), bottom(), range(), from(), to()."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod

from django.conf import settings

from barometer.publication.open_data import INDICATOR, PERIOD, DataCube, Dimension, pivot, select
from barometer.web.statbank.refusals import Fault, Refusal, unknown

Selection = Mapping[str, Sequence[str]]
"""Variable -> what is asked for of it, in the order asked."""
MOST_EXPRESSIONS = 100
"""That may be asked for of a variable beside each of its codes."""
_CALL = re.compile(r"(top|bottom|range|from|to)\((.*)\)", re.IGNORECASE | re.DOTALL)
_PART = re.compile(r"\[[^\]]*\]|\w+\([^)]*\)|[^,]+")


def default_selection(cube: DataCube) -> dict[str, list[str]]:
    """What is given when nothing is asked for: the first indicator, of everyone and each group."""
    return {one.id: list(one.codes[:1] if one.role == INDICATOR else one.codes) for one in cube.dimensions}


def chosen(cube: DataCube, asked: Selection) -> DataCube:
    """The part of the table that is asked for, in the table's order.

    A variable that is not asked for is left out where it has a value for everyone, else it is whole. Nothing asked
    for is the default selection. Raises Refusal: 400 with every unknown variable and value, 403 for more cells than
    the limit.
    """
    wanted, faults = _resolved(cube, asked or default_selection(cube))
    if faults:
        raise Refusal(400, "The selection is not valid.", faults=faults)
    dropped = [one.id for one in cube.dimensions if one.everyone and one.id not in wanted]
    for one in cube.dimensions:
        wanted.setdefault(one.id, [one.everyone] if one.everyone else list(one.codes))
    check_size(prod(len(codes) for codes in wanted.values()))
    part = select(cube, wanted)
    return replace(part, dimensions=tuple(one for one in part.dimensions if one.id not in dropped))


def placed(cube: DataCube, stub: Sequence[str], heading: Sequence[str]) -> DataCube:
    """The table with its variables where they are asked for; those left over stand in the other place.

    'TIME' means the period. Raises Refusal 400 for a variable that the selection does not have, or that is named twice,
    and for one left over when both places are given.
    """
    if not stub and not heading:
        return cube
    known = {one.id.lower(): one.id for one in cube.dimensions} | {"time": PERIOD}
    asked = [("stub", name) for name in stub] + [("heading", name) for name in heading]
    valid = [one.id for one in cube.dimensions]
    faults = [unknown(place, name, valid, "variable") for place, name in asked if name.lower() not in known]
    names = [known[name.lower()] for _, name in asked if name.lower() in known]
    faults += [
        Fault(place, name, f"{place}: '{name}' is placed twice.", tuple(valid))
        for n, (place, name) in enumerate(asked)
        if name.lower() in known and known[name.lower()] in [known.get(other.lower()) for _, other in asked[:n]]
    ]
    left = [name for name in valid if name not in names]
    if stub and heading and left:
        faults.append(Fault("stub", "", f"stub, heading: {', '.join(left)} is in neither.", tuple(left)))
    if faults:
        raise Refusal(400, "Illegal placement", faults=faults)
    down, across = names[: len(stub)], names[len(stub) :]
    return pivot(cube, down or left, across or (left if stub else []))


def check_size(cells: int) -> None:
    """Refuse what is larger than one answer may be."""
    limit = settings.API_CELLS
    if cells > limit:
        detail = f"The selection has {cells} cells; one answer may have {limit} (maxDataCells). Ask for parts of it."
        fault = Fault("maxDataCells", str(cells), detail, (str(limit),))
        raise Refusal(403, "Too many cells selected", faults=[fault])


def split_list(words: str) -> list[str]:
    """A list as it stands in an address: commas part values, except in brackets '[a,b]' and in calls 'top(2,1)'."""
    return [part[1:-1] if part.startswith("[") else part.strip() for part in _PART.findall(words)]


def _resolved(cube: DataCube, asked: Selection) -> tuple[dict[str, list[str]], list[Fault]]:
    """Codes of each variable asked for, and all that is wrong with what is asked for."""
    known = {one.id.lower(): one for one in cube.dimensions}
    wanted: dict[str, list[str]] = {}
    faults: list[Fault] = []
    for name, values in asked.items():
        dimension = known.get(name.lower())
        if dimension is None:
            faults.append(unknown(name, name, [one.id for one in cube.dimensions], "variable"))
        elif values or not dimension.everyone:
            found, wrong = _of_variable(dimension, values)
            wanted[dimension.id] = found
            faults += wrong
    return wanted, faults


def _of_variable(dimension: Dimension, values: Sequence[str]) -> tuple[list[str], list[Fault]]:
    codes, name = dimension.codes, dimension.id
    if not values:
        return [], [Fault(name, "", f"{name}: name at least one value.", codes)]
    if len(values) > len(codes) + MOST_EXPRESSIONS:
        detail = f"{name}: {len(values)} values are asked for; there are {len(codes)}."
        return [], [Fault(name, str(len(values)), detail, codes)]
    found = {value: _codes(dimension, value) for value in values}
    faults = [unknown(name, value, codes) for value, some in found.items() if not some]
    return list(dict.fromkeys(code for some in found.values() for code in some)), faults


def _codes(dimension: Dimension, asked: str) -> list[str]:
    """The codes that one expression means; [] when it means none."""
    codes = list(dimension.codes)
    if asked in codes:
        return [asked]
    if call := _CALL.fullmatch(asked.strip()):
        return _called(dimension, call[1].lower(), [part.strip() for part in call[2].split(",")])
    if "*" in asked or "?" in asked:
        return [code for code in codes if _fits(asked.lower(), code.lower())]
    return [code for code in codes if code.lower() == asked.lower()]


def _fits(pattern: str, code: str) -> bool:
    """Whether '*' and '?' of a pattern can stand for what the code has there. In time that grows with the product of
    their lengths, whatever the pattern: it comes from anybody."""
    before = [True] + [False] * len(code)
    for sign in pattern:
        after = [before[0] and sign == "*"]
        for place, here in enumerate(code):
            after.append(after[-1] or before[place + 1] if sign == "*" else before[place] and sign in ("?", here))
        before = after
    return before[-1]


def _called(dimension: Dimension, name: str, given: Sequence[str]) -> list[str]:
    """top and bottom count, range, from and to name codes; of periods the latest are the top."""
    codes = list(dimension.codes)
    if name in ("top", "bottom"):
        if not (1 <= len(given) <= 2 and all(word.isdecimal() and len(word) < 7 for word in given)):
            return []
        count, offset = (*map(int, given), 0)[:2]
        backwards = (name == "bottom") != (dimension.role == PERIOD)
        ordered = codes[::-1] if backwards else codes
        return ordered[offset : offset + count]
    if len(given) != (2 if name == "range" else 1) or any(word not in codes for word in given):
        return []
    first = codes.index(given[0]) if name != "to" else 0
    last = codes.index(given[-1]) if name != "from" else len(codes) - 1
    return codes[first : last + 1]
