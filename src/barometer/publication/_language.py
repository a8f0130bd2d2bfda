"""One language of the site: its catalogue of interface texts, and numbers and dates as its readers write them."""

import datetime
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from string import Formatter

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from barometer.model import Text

CATALOGUES = files("barometer.publication") / "catalogues"
NO_BREAK_SPACE = "\u00a0"
EN_DASH = "–"
MINUS = "−"


@dataclass(frozen=True)
class Language:
    """Interface texts and formats of one language. Every number is rounded half up, from the decimal the release
    holds, so that a page says what a reader would get by hand."""

    code: str
    locale: Locale
    messages: Mapping[str, str]
    _written: dict[tuple[object, ...], str] = field(default_factory=dict, compare=False, repr=False)

    def say(self, key: str, **values: object) -> str:
        """The interface text `key` with its placeholders filled; KeyError when either is unknown."""
        return self.messages[key].format(**values)

    def count_of(self, key: str, count: int, **values: object) -> str:
        """Text `key.one` or `key.other`, with `{count}` written with thousands separators."""
        form = "one" if count == 1 else "other"
        return self.say(f"{key}.{form}", count=self.number(count), **values)

    def text(self, text: Text) -> str:
        """`text` in this language; in its first language where it is not translated; '' when there is none."""
        return text.get(self.code) or next(iter(text.values()), "")

    def number(self, value: float, decimals: int = 0) -> str:
        return self._once(("number", value, decimals), lambda: self._number(value, decimals))

    def percent(self, share: float, decimals: int = 0) -> str:
        """A share in [0, 1] as per cent: '86 %' with a no-break space, '86%' in English."""
        return self._once(("percent", share, decimals), lambda: self._percent(share, decimals))

    def percent_interval(self, low: float, high: float, decimals: int = 0) -> str:
        """'84–88 %'."""
        return f"{self.number(low * 100, decimals)}{EN_DASH}{self.percent(high, decimals)}"

    def p_value(self, p: float) -> str:
        """'p = 0,03', or 'p < 0,001' for anything smaller; three decimals below 0.1, so 0.049 is not 0.05. Its spaces
        do not break."""
        sign, shown = ("<", self.number(0.001, 3)) if p < 0.001 else ("=", self.number(p, 3 if p < 0.1 else 2))
        return f"p{NO_BREAK_SPACE}{sign}{NO_BREAK_SPACE}{shown}"

    def date(self, day: datetime.date) -> str:
        locale = "en_GB" if self.code == "en" else self.locale
        return format_date(day, "long", locale=locale)

    def period(self, start: datetime.date, end: datetime.date) -> str:
        """Whole calendar years as '2013–2014', else two dates."""
        if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
            return str(start.year) if start.year == end.year else f"{start.year}{EN_DASH}{end.year}"
        return f"{self.date(start)} {EN_DASH} {self.date(end)}"

    def listing(self, items: Iterable[str]) -> str:
        """'a, b og c'."""
        return format_list(list(items), locale="en_GB" if self.code == "en" else self.locale)

    def _once(self, key: tuple[object, ...], write: Callable[[], str]) -> str:
        # Babel takes tens of microseconds a number and a site has a hundred thousand of few different ones.
        if key not in self._written:
            self._written[key] = write()
        return self._written[key]

    def _number(self, value: float, decimals: int) -> str:
        rounded = _rounded(value, decimals)
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        written = format_decimal(abs(rounded), format=pattern, locale=self.locale)
        return MINUS + written if rounded < 0 else written

    def _percent(self, share: float, decimals: int) -> str:
        rounded = _rounded(share * 100, decimals)
        written = format_percent(abs(rounded) / 100, locale=self.locale, decimal_quantization=False)
        if decimals:
            written = format_percent(0, locale=self.locale).replace("0", self._number(abs(share * 100), decimals))
        return MINUS + written if rounded < 0 else written


def _rounded(value: float, decimals: int) -> Decimal:
    # The release holds six decimals; repr gives those back without the binary tail that would turn 0.125 down.
    return Decimal(repr(round(value, 8))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


@cache
def languages_available() -> tuple[str, ...]:
    """Languages with a catalogue; a new one is added by adding its file."""
    return tuple(sorted(path.name[:-5] for path in CATALOGUES.iterdir() if path.name.endswith(".toml")))


@cache
def language(code: str) -> Language:
    """The language `code`. KeyError when it has no catalogue."""
    if code not in languages_available():
        raise KeyError(code)
    content = tomllib.loads((CATALOGUES / f"{code}.toml").read_text(encoding="utf-8"))
    return Language(code, Locale.parse(code), dict(_flat(content)))


def placeholders(message: str) -> frozenset[str]:
    """Names in braces of an interface text."""
    return frozenset(name for _, name, _, _ in Formatter().parse(message) if name)


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterable[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, str(value)
