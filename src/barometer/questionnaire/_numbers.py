"""Numbers written as text by people, read by declared rules and never guessed."""

import math
import re
from dataclasses import dataclass
from functools import cached_property

RANGES = ("low", "middle", "high")


@dataclass(frozen=True)
class NumberRule:
    """How numbers are written. `range` '' : 10-20 is unreadable."""

    decimal: str = "."
    thousands: str = ""
    drop: tuple[str, ...] = ()
    range: str = ""

    def read(self, text: str) -> tuple[float | None, bool]:
        """The number, None if it cannot be read; and whether it took more than reading a plain number."""
        plain = self._plain(text.strip())
        if plain is not None:
            return plain, False
        bare = self._words.sub(" ", text).strip() if self.drop else text.strip()
        number = self._plain(bare)
        return (number if number is not None else self._between(bare)), True

    def _plain(self, text: str) -> float | None:
        if not self._number.fullmatch(text):
            return None
        digits = re.sub(r"[\s\u00a0\u202f]", "", text)
        if self.thousands:
            digits = digits.replace(self.thousands, "")
        value = float(digits.replace(self.decimal, ".").replace("−", "-"))
        return value if math.isfinite(value) else None

    def _between(self, text: str) -> float | None:
        ends = re.split(r"(?<=[0-9])\s*[-–]\s*(?=[0-9])", text)
        if not self.range or len(ends) != 2:
            return None
        low, high = (self._plain(end) for end in ends)
        if low is None or high is None or low > high:
            return None
        return {"low": low, "middle": (low + high) / 2, "high": high}[self.range]

    @cached_property
    def _number(self) -> re.Pattern[str]:
        """A sign, digits alone or in groups of three after the first group, and decimals."""
        blank = self.thousands in (" ", "\u00a0", "\u202f")
        mark = "[ \u00a0\u202f]" if blank else re.escape(self.thousands)
        grouped = rf"[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+|" if self.thousands else ""
        return re.compile(rf"[+\-−]?(?:{grouped}[0-9]+)(?:{re.escape(self.decimal)}[0-9]+)?")

    @cached_property
    def _words(self) -> re.Pattern[str]:
        """The words passed over, longest first; digits may stand against them, other letters not."""
        words = sorted(self.drop, key=len, reverse=True)
        return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(map(re.escape, words))})(?![^\W\d_])", re.IGNORECASE)
