"""Sentences that compare: whether the released figures bear them out, and the evidence beside them."""

from collections.abc import Iterator
from dataclasses import dataclass

from barometer.disclosure import Release
from barometer.model import Claim, Edition, Relation
from barometer.problems import Place, Problem, suggestion
from barometer.publication._cube import Cell, Contrast, Cube, index


@dataclass(frozen=True)
class Evidence:
    """A claim that can be judged: its two cells and their difference, left minus right."""

    claim: Claim
    left: Cell
    right: Cell
    contrast: Contrast

    @property
    def p(self) -> float:
        assert self.contrast.p is not None
        return self.contrast.p


def check_claims(release: Release, edition: Edition) -> tuple[Problem, ...]:
    """A problem for every claim of `edition` that the figures of `release` do not bear out.

    '>' and '<' need the difference in that direction and p below the edition's level; '~' needs p at or above it.
    The p-value is that of the pair alone, not adjusted for other pairs. Codes P001 to P004.
    """
    return tuple(claims_refused(index(release, edition)))


def claims_refused(cube: Cube) -> Iterator[Problem]:
    """What `check_claims` finds, of a release that is indexed already."""
    for claim in cube.edition.claims:
        yield from claim_problems(cube, claim, Place("outputs.toml", field=f"claim.{claim.id}"))


def evidence(cube: Cube, claim: Claim) -> Evidence:
    """The figures behind a claim that `check_claims` has nothing against."""
    left = cube.cell(claim.indicator, claim.breakdown, claim.left)
    right = cube.cell(claim.indicator, claim.breakdown, claim.right)
    contrast = cube.contrast(claim.indicator, claim.breakdown, claim.left, claim.right)
    assert left and right and contrast
    return Evidence(claim, left, right, contrast)


def claim_problems(cube: Cube, claim: Claim, place: Place) -> Iterator[Problem]:
    """What the figures have against one claim, told at `place`."""
    unknown = list(_unknown(cube, claim, place))
    if unknown:
        yield from unknown
        return
    hidden = [code for code in (claim.left, claim.right) if cube.cells[claim.indicator, claim.breakdown][code].status]
    if hidden:
        yield Problem(
            "P002",
            place,
            f"{claim.indicator} by {claim.breakdown}: {' and '.join(hidden)} not published",
            "two published figures",
            "Drop the sentence, or compare groups that are published.",
        )
        return
    contrast = cube.contrast(claim.indicator, claim.breakdown, claim.left, claim.right)
    if contrast is None or contrast.p is None:
        yield Problem(
            "P004",
            place,
            f"no test of {claim.left} against {claim.right} in {claim.indicator} by {claim.breakdown}",
            "a published difference with a p-value",
            "Drop the sentence, or compare groups with a margin.",
        )
    elif not holds(claim, contrast, cube.edition.rules.level):
        yield Problem(
            "P001",
            place,
            f"{claim.left} minus {claim.right} is {contrast.difference:+.4f}, p = {contrast.p:.4f}",
            f"{claim.left} {claim.relation.value} {claim.right} at level {cube.edition.rules.level:g}",
            "Change the sentence in every language and its claim to what the figures show, or drop it.",
        )


def holds(claim: Claim, contrast: Contrast, level: float) -> bool:
    """Whether the difference of left minus right bears `claim` out."""
    if contrast.p is None:
        return False
    significant = contrast.p < level
    if claim.relation is Relation.NOT_DIFFERENT:
        return not significant
    right_way = contrast.difference > 0 if claim.relation is Relation.MORE else contrast.difference < 0
    return significant and right_way


def _unknown(cube: Cube, claim: Claim, place: Place) -> Iterator[Problem]:
    """Names the release does not have; the first level that is wrong hides the ones below it."""
    indicators = {indicator for indicator, _ in cube.cells}
    if claim.indicator not in indicators:
        yield _missing(place, f"indicator '{claim.indicator}'", claim.indicator, indicators)
        return
    breakdowns = {breakdown for indicator, breakdown in cube.cells if indicator == claim.indicator}
    if claim.breakdown not in breakdowns:
        yield _missing(place, f"breakdown '{claim.breakdown}' of {claim.indicator}", claim.breakdown, breakdowns)
        return
    cells = set(cube.cells[claim.indicator, claim.breakdown])
    for code in (claim.left, claim.right):
        if code not in cells:
            yield _missing(place, f"category '{code}' of {claim.breakdown}", code, cells)


def _missing(place: Place, found: str, word: str, known: set[str]) -> Problem:
    return Problem("P003", place, found, "something the release has figures of", suggestion(word, known))
