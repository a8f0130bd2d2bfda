"""Numbers and dates as people of several languages write them, read without guessing.

A reading is the value, two values where both are meant somewhere, or nothing.
"""

import re
from datetime import date

_BLANKS = " \u00a0\u2009\u202f'\u2019"
_PLAIN = re.compile(r"[0-9]{1,15}")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_POINTS = re.compile(r"([0-9]{1,2})\.\s*([0-9]{1,2})\.\s*([0-9]{4})")
_SLASHES = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})")


def numbers_meant(text: str) -> tuple[float, ...]:
    """What the text may mean as a number: one value, two, or none.

    Blanks and apostrophes divide groups of three digits. With both a point and a comma the last is the decimal
    mark; one that stands twice divides groups. A single mark before exactly three digits may be either: '1.200' is
    1200 in Danish and 1.2 in English, so both are given; not so for '0.200', '1234.500' and '1 200.500'.
    """
    stripped = text.strip().replace("−", "-")
    sign = -1.0 if stripped.startswith("-") else 1.0
    body = stripped[1:] if stripped[:1] in ("-", "+") else stripped
    digits = _without_blanks(body)
    if digits is None:
        return ()
    marks = [mark for mark in digits if mark in ".,"]
    readings = _readings(digits, marks, spaced=digits != body)
    return tuple(sign * reading for reading in readings)


def dates_meant(text: str) -> tuple[date, ...]:
    """What the text may mean as a day: 2026-03-31, 31.3.2026 and 31/3/2026; two for 3/4/2026, which is a day in
    March to some and in April to others."""
    stripped = text.strip()
    if match := _ISO.fullmatch(stripped):
        return _days(((int(match[1]), int(match[2]), int(match[3])),))
    if match := _POINTS.fullmatch(stripped):
        return _days(((int(match[3]), int(match[2]), int(match[1])),))
    if match := _SLASHES.fullmatch(stripped):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        return _days(((year, second, first), (year, first, second)))
    return ()


def _without_blanks(body: str) -> str | None:
    """The text without blanks between groups of three digits; None where blanks stand elsewhere."""
    if not any(blank in body for blank in _BLANKS):
        return body
    whole, mark, rest = _cut(body)
    groups = re.split(f"[{_BLANKS}]", whole)
    if not re.fullmatch(r"[0-9]{1,3}", groups[0]) or any(not re.fullmatch(r"[0-9]{3}", one) for one in groups[1:]):
        return None
    return "".join(groups) + mark + rest


def _cut(body: str) -> tuple[str, str, str]:
    """Before, at and after the first mark."""
    match = re.search(r"[.,]", body)
    return (body[: match.start()], match[0], body[match.end() :]) if match else (body, "", "")


def _readings(digits: str, marks: list[str], *, spaced: bool) -> tuple[float, ...]:
    kinds = set(marks)
    if not marks:
        return _value(digits)
    if len(kinds) == 2:
        last = marks[-1]
        other = "," if last == "." else "."
        whole, _, fraction = digits.rpartition(last)
        return _value(whole.replace(other, ""), fraction) if last not in marks[:-1] and _grouped(whole, other) else ()
    mark = marks[0]
    if len(marks) > 1:
        return _value(digits.replace(mark, "")) if _grouped(digits, mark) and not spaced else ()
    whole, _, fraction = digits.partition(mark)
    as_decimals = _value(whole, fraction)
    if len(fraction) == 3 and _grouped(digits, mark) and not spaced:
        return tuple(dict.fromkeys((*_value(digits.replace(mark, "")), *as_decimals)))
    return as_decimals


def _grouped(digits: str, mark: str) -> bool:
    """Whether the mark divides groups of three digits after a first of one to three that begins with no zero."""
    first, *others = digits.split(mark)
    return bool(re.fullmatch(r"[1-9][0-9]{0,2}", first)) and all(re.fullmatch(r"[0-9]{3}", one) for one in others)


def _value(whole: str, fraction: str | None = None) -> tuple[float, ...]:
    parts = (whole,) if fraction is None else (whole, fraction)
    if not all(_PLAIN.fullmatch(part) for part in parts):
        return ()
    return (float(".".join(parts)),)


def _days(candidates: tuple[tuple[int, int, int], ...]) -> tuple[date, ...]:
    days = []
    for year, month, day in candidates:
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue
    return tuple(dict.fromkeys(days))
