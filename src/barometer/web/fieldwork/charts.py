"""The drawing of a collection's days: how much is handed in so far, and how much came each day.

Gives numbers only; the template draws. Coordinates are texts with a decimal point, whatever the page's language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from barometer.web.fieldwork.queries.monitor import Day

LEFT, RIGHT, TOP = 46, 14, 30
UPPER, GAP, LOWER, FOOT = 190, 34, 56, 24
"""Heights: the curve, the space for the mails' marks, the bars, the dates."""
SCALES = (0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True)
class Line:
    """A survey's curve: `number` chooses colour and dashes; the name stands at the end."""

    name: str
    number: int
    points: str
    end_x: str
    end_y: str
    label_y: str
    share: float
    early: bool  # ends in the left half, where a name before the point would leave the picture


@dataclass(frozen=True)
class Bar:
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class Mark:
    """A tick of an axis, or a day on which letters went out."""

    at: str
    label: str | float | date


@dataclass(frozen=True)
class Curve:
    width: int
    height: int
    left: int
    right: int
    base: str
    floor: str
    mail_y: str
    lines: tuple[Line, ...]
    bars: tuple[Bar, ...]
    most: int
    bars_top: str
    levels: tuple[Mark, ...]
    dates: tuple[Mark, ...]
    mails: tuple[Mark, ...]
    end: str


def curve(surveys: Mapping[str, Sequence[Day]], *, width: int) -> Curve | None:
    """One line a survey, bars of all surveys together; None when nothing has happened yet."""
    lived = {name: days for name, days in surveys.items() if days}
    if not lived:
        return None
    first = min(days[0].day for days in lived.values())
    last = max(max(days[-1].day for days in lived.values()), first + timedelta(days=6))
    scale = _Scale(first, (last - first).days, width, _top(lived))
    submitted: dict[date, int] = {}
    mailed: set[date] = set()
    for days in lived.values():
        for one in days:
            submitted[one.day] = submitted.get(one.day, 0) + one.submitted
            mailed |= {one.day} if one.mails else set()
    floor = TOP + UPPER + GAP + LOWER
    return Curve(
        width=width,
        height=floor + FOOT,
        left=LEFT,
        right=width - RIGHT,
        base=_text(TOP + UPPER),
        floor=_text(floor),
        mail_y=_text(TOP + UPPER + 20),
        lines=_apart([_line(name, number, days, scale) for number, (name, days) in enumerate(lived.items(), 1)]),
        bars=tuple(_bars(submitted, scale, floor)),
        most=max(submitted.values()),
        bars_top=_text(floor - LOWER),
        levels=tuple(Mark(_text(scale.y(scale.top * step / 4)), scale.top * step / 4) for step in range(5)),
        dates=tuple(_dates(scale, 4 if width < 500 else 8)),
        mails=tuple(Mark(_text(scale.x(day)), day) for day in sorted(mailed)),
        end=_text(scale.x(last)),
    )


@dataclass(frozen=True)
class _Scale:
    first: date
    days: int
    width: int
    top: float

    @property
    def step(self) -> float:
        return (self.width - LEFT - RIGHT) / (self.days + 1)

    def x(self, day: date) -> float:
        return LEFT + self.step * ((day - self.first).days + 0.5)

    def y(self, share: float) -> float:
        return TOP + UPPER * (1 - share / self.top)


def _top(surveys: Mapping[str, Sequence[Day]]) -> float:
    most = max(days[-1].share for days in surveys.values())
    return next((scale for scale in SCALES if scale >= most * 1.02), 1.0)


def _line(name: str, number: int, days: Sequence[Day], scale: _Scale) -> Line:
    points = [(scale.x(one.day), scale.y(one.share)) for one in days]
    x, y = points[-1]
    shown = " ".join(f"{_text(px)},{_text(py)}" for px, py in points)
    return Line(name, number, shown, _text(x), _text(y), _text(y - 10), days[-1].share, x < scale.width / 2)


def _apart(lines: list[Line]) -> tuple[Line, ...]:
    """Labels of lines that end near each other are set one above the other."""
    placed: list[Line] = []
    for line in sorted(lines, key=lambda one: -float(one.label_y)):
        y = min([float(line.label_y), *(float(other.label_y) - 17 for other in placed)])
        placed.append(Line(**{**vars(line), "label_y": _text(max(y, 12.0))}))
    return tuple(sorted(placed, key=lambda one: one.number))


def _bars(submitted: Mapping[date, int], scale: _Scale, floor: int) -> list[Bar]:
    most = max([*submitted.values(), 1])
    width = max(scale.step * 0.7, 1.0)
    return [
        Bar(_text(scale.x(day) - width / 2), _text(floor - LOWER * n / most), _text(width), _text(LOWER * n / most))
        for day, n in sorted(submitted.items())
        if n
    ]


def _dates(scale: _Scale, count: int) -> list[Mark]:
    every = max(1, -(-(scale.days + 1) // count))
    days = [scale.first + timedelta(days=step) for step in range(0, scale.days + 1, every)]
    return [Mark(_text(scale.x(day)), day) for day in days]


def _text(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
