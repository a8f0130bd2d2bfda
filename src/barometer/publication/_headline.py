"""The first step of a release in two: the headline figures alone, in the same words."""

import re
from collections.abc import Mapping, Set
from dataclasses import replace

from barometer.edition import LETTERS, live
from barometer.model import Edition, Survey

_BLANK_LINE = re.compile(r"\n\s*\n")
_HEADING = re.compile(r"(#{1,6})\s")


def headline_edition(edition: Edition) -> Edition:
    """The edition as if its headline were all it had; surveys without a part in it are left out, and paragraphs of
    texts with figures that come later."""
    kept = set(edition.headline)
    surveys = tuple(_narrowed(survey, kept) for survey in edition.surveys)
    return replace(
        edition,
        surveys=tuple(survey for survey in surveys if survey.programme.indicators),
        themes=(),
        texts={code: _sayable(texts, kept) for code, texts in edition.texts.items()},
        claims=tuple(claim for claim in edition.claims if claim.indicator in kept),
    )


def _sayable(texts: Mapping[str, str], kept: Set[str]) -> dict[str, str]:
    """The texts without paragraphs about other indicators, and without headings and pages left empty by that."""
    found = {}
    for name, source in texts.items():
        if name.startswith(LETTERS) or all(one.indicator in kept for one in live(source)):
            found[name] = source
            continue
        blocks: list[str] = []
        for block in reversed(_BLANK_LINE.split(source)):
            heading = _HEADING.match(block)
            below = _HEADING.match(blocks[0]) if blocks else None
            idle = heading and (not blocks or (below and len(below[1]) <= len(heading[1])))
            if not idle and all(one.indicator in kept for one in live(block)):
                blocks.insert(0, block)
        if blocks:
            found[name] = "\n\n".join(blocks)
    return found


def _narrowed(survey: Survey, kept: set[str]) -> Survey:
    """A union whose components come later says nothing of them yet."""
    programme = survey.programme
    indicators = tuple(
        one if kept.issuperset(one.components) else replace(one, components=())
        for one in programme.indicators
        if one.id in kept
    )
    by = {one: breakdowns for one, breakdowns in programme.by.items() if one in kept}
    return replace(survey, programme=replace(programme, indicators=indicators, by=by))
