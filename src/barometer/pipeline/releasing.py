"""What a protected release becomes in public: in one step or two, with its corrections, and what its voters agree to.

Nothing is stored here. `prepare` gives the very bytes `publish` will store and their digest, which is what people
vote on; any later change gives another digest.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

import polars as pl

from barometer.disclosure import Release, narrow, open_release, release_files
from barometer.files import Releases, digest
from barometer.model import Edition
from barometer.problems import Problem, raise_errors
from barometer.publication import (
    Corrected,
    Kept,
    Site,
    check_claims,
    check_wording,
    headline_edition,
    heavy_pages,
    read_log,
)

HEADLINE, WHOLE = "headline", "whole"
_KEYS = ("survey", "indicator", "breakdown", "cell")


@dataclass(frozen=True)
class Part:
    """A release about to be stored: its files, and when it may appear. `record`: what its site was made from."""

    number: int
    step: str  # 'headline' or 'whole'
    released_at: datetime
    files: Mapping[str, bytes]
    record: bytes

    @property
    def manifest(self) -> dict[str, str]:
        return {name: digest(content) for name, content in sorted(self.files.items())}


@dataclass(frozen=True)
class Candidate:
    """Everything one publication would store; protected as one, whether it appears in one step or two."""

    edition: Edition
    parts: tuple[Part, ...]
    replaces: int | None  # the release that is public now
    changes: pl.DataFrame  # against that one, as `diff` gives them
    log: tuple[Corrected, ...]
    audit: Mapping[str, Any]
    warnings: tuple[Problem, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of numbers, steps, minutes and every file."""
        told = [[one.number, one.step, one.released_at.isoformat(), one.manifest] for one in self.parts]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def about(self, part: Part, now: datetime) -> dict[str, Any]:
        """What the manifest of a part says besides its files."""
        return {
            "edition": self.edition.id,
            "title": dict(self.edition.title),
            "languages": list(self.edition.languages),
            "released_at": part.released_at.isoformat(),
            "stored_at": now.isoformat(timespec="seconds"),
            "step": part.step,
            "synthetic": self.edition.synthetic,
            "version": version("barometer"),
            "candidate": self.digest,
        }

    def summary(self) -> dict[str, Any]:
        """What voters are told, as JSON."""
        kinds = dict(self.changes["what"].value_counts().iter_rows())
        return {
            "edition": self.edition.id,
            "title": dict(self.edition.title),
            "digest": self.digest,
            "needed": self.edition.approvals,
            "synthetic": self.edition.synthetic,
            "parts": [
                {"number": one.number, "step": one.step, "at": one.released_at.isoformat(), "files": len(one.files)}
                for one in self.parts
            ],
            "replaces": self.replaces,
            "changes": {kind: kinds.get(kind, 0) for kind in ("changed", "gone", "new")},
            "corrections": [_told(one) for one in self.log if one.release == self.parts[-1].number],
            "audit": dict(self.audit),
        }


def prepare(
    release: Release,
    edition: Edition,
    releases: Releases,
    now: datetime,
    earlier: Sequence[Kept] = (),
    program: str = "",
) -> Candidate:
    """What publishing `release` at this moment would store. Where it is stored already, its numbers are those it has.

    `earlier`: sites to take files from that would come out the same; `program`: checksum of what makes them.
    Raises BadInput for claims the figures do not bear out and for changed numbers without a reason (P-codes).
    """
    sites = _Sites(earlier, program)
    warnings = (*raise_errors(check_claims(release, edition)), *check_wording(edition))
    stored = releases.numbers()
    steps = _steps(release, edition, releases, now)
    fresh = (stored[-1] if stored else 0) + 1
    firsts = [fresh - done for done in range(len(steps), 0, -1) if _stored_since(fresh - done, steps[:done], releases)]
    for first in (*firsts, fresh):
        candidate = _candidate(steps, release, first, releases, now, warnings, sites)
        if all(one.number >= fresh for one in missing(candidate, releases)):
            return candidate
    raise AssertionError("the last of the numbers is always free")


def corrections(
    release: Release, edition: Edition, releases: Releases, now: datetime
) -> tuple[tuple[Corrected, ...], tuple[Problem, ...]]:
    """What the log of corrections would tell if `release` were stored now, and what is wrong with it."""
    earlier = {number: read_release(releases, number) for number in releases.public(now)}
    number = max(releases.numbers(), default=0) + 1
    return read_log(edition, release, number, earlier)


def missing(candidate: Candidate, releases: Releases) -> tuple[Part, ...]:
    """The parts that are not stored yet."""
    stored = releases.numbers()
    return tuple(
        one
        for one in candidate.parts
        if one.number not in stored or releases.about(one.number)["files"] != one.manifest
    )


def diff(new: Release, old: Release) -> pl.DataFrame:
    """What differs between two releases: one row a cell that is new, gone or changed."""
    shown = ["value", "n", "status"]
    both = old.cells.select(*_KEYS, *shown).join(
        new.cells.select(*_KEYS, *shown), on=_KEYS, how="full", coalesce=True, suffix="_new"
    )
    changed = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_new")) for name in shown)
    what = (
        pl.when(pl.col("status").is_null())
        .then(pl.lit("new"))
        .when(pl.col("status_new").is_null())
        .then(pl.lit("gone"))
        .otherwise(pl.lit("changed"))
    )
    return both.filter(changed).with_columns(what.alias("what")).sort(_KEYS)


def read_release(releases: Releases, number: int) -> Release:
    """A stored release."""
    data = releases.read(number, "data/")
    return open_release({name.removeprefix("data/"): content for name, content in data.items()})


_Step = tuple[str, datetime, Release, Edition]


def _steps(release: Release, edition: Edition, releases: Releases, now: datetime) -> tuple[_Step, ...]:
    """Headline and whole, where the headline has not appeared yet and the edition wants two steps; else the whole."""
    if edition.detail_at is None:
        return ((WHOLE, edition.release_at, release, edition),)
    whole = (WHOLE, edition.detail_at, release, edition)
    if releases.numbers() and now >= edition.release_at:
        return (whole,)
    return ((HEADLINE, edition.release_at, narrow(release, edition.headline), headline_edition(edition)), whole)


def _stored_since(first: int, steps: Sequence[_Step], releases: Releases) -> bool:
    """Whether the numbers of these steps are those stored from a number on."""
    return first > 0 and all(
        _data(content) == releases.read(first + place, "data/") for place, (_, _, content, _) in enumerate(steps)
    )


class _Sites:
    """Sites made so far, so that trying another number does not make the same one again."""

    def __init__(self, earlier: Sequence[Kept], program: str) -> None:
        self._earlier, self._program = earlier, program
        self._made: list[tuple[str, tuple[Corrected, ...], dict[str, bytes], bytes]] = []

    def made(self, step: _Step, log: tuple[Corrected, ...]) -> tuple[dict[str, bytes], bytes]:
        """Files and record."""
        name, _, content, words = step
        for known, told, files, record in self._made:
            if (known, told) == (name, log):
                return files, record
        site = Site(content, words, log, self._earlier, self._program)
        files = site.all_files()
        self._made.append((name, log, files, record := site.record()))
        return files, record


def _candidate(
    steps: Sequence[_Step],
    release: Release,
    first: int,
    releases: Releases,
    now: datetime,
    warnings: Sequence[Problem],
    sites: _Sites,
) -> Candidate:
    public = [number for number in releases.public(now) if number < first]
    earlier = {number: read_release(releases, number) for number in public}
    parts: list[Part] = []
    log: tuple[Corrected, ...] = ()
    found: list[Problem] = [*warnings]
    for number, one in enumerate(steps, start=first):
        step, at, content, words = one
        log, problems = read_log(words, content, number, earlier)
        made, record = sites.made(one, log)
        found += [*problems, *heavy_pages(made)]
        site = {f"site/{name}": file for name, file in made.items()}
        parts.append(Part(number, step, at, {**site, **_data(content)}, record))
        earlier[number] = content
    edition = steps[-1][3]
    replaces = public[-1] if public else None
    old = earlier[replaces] if replaces else narrow(release, ())
    told = tuple(dict.fromkeys(found))
    return Candidate(
        edition, tuple(parts), replaces, diff(release, old), log, asdict(release.audit), raise_errors(told)
    )


def _data(release: Release) -> dict[str, bytes]:
    return {f"data/{name}": content for name, content in release_files(release).items()}


def _told(one: Corrected) -> dict[str, Any]:
    return {
        "date": one.date.isoformat(),
        "indicator": one.old.indicator,
        "breakdown": one.old.breakdown,
        "cell": one.old.cell,
        "old": one.old.value,
        "new": one.new.value if one.new else None,
        "reason": dict(one.reason),
    }
