"""Codes of one version of a scheme in the next: kept, renamed, joined, split or dropped. Pure: no database."""

from collections.abc import Mapping, Sequence
from typing import Any

Codes = Sequence[Mapping[str, Any]]
"""`SchemeVersion.codes`."""


def becomes(code: str, following: Codes) -> tuple[str, ...]:
    """What a code is in the following version: the code of the same id and those that say they were it."""
    return tuple(one["id"] for one in following if one["id"] == code or code in one["was"])


def carried(given: Sequence[str], version: int, published: Mapping[int, Codes]) -> tuple[str, ...] | None:
    """Codes given in a version as codes of the last one; None where one of them was dropped or split, so that
    somebody has to look at the answer again. `published`: number of a version -> its codes."""
    now = list(given)
    for number in sorted(one for one in published if one > version):
        following = [becomes(code, published[number]) for code in now]
        if any(len(one) != 1 for one in following):
            return None
        now = list(dict.fromkeys(one[0] for one in following))
    order = [one["id"] for one in published[max(published)]] if published else []
    return tuple(sorted(now, key=order.index))


def fate(before: Codes, after: Codes) -> dict[str, tuple[str, ...]]:
    """Each code of a version -> what becomes of it in the next: one code, several (split), or none (dropped)."""
    return {one["id"]: becomes(one["id"], after) for one in before}
