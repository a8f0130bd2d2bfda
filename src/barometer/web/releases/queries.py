"""What there is to vote on, how a vote stands, and what the public may see at a moment."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count

from barometer.files import PROVENANCE, Releases, appears_at, public_releases
from barometer.web.releases.models import Candidate, Vote

SITE = "site/"


@dataclass(frozen=True)
class Ballot:
    """How a vote stands, as one person may know it."""

    cast: int  # votes that are in
    mine: Vote | None
    may_vote: bool
    made_it: bool
    votes: tuple[Vote, ...]  # all of them; empty until the outcome is known


@dataclass(frozen=True)
class Shown:
    """A file of a release, and the release that has taken its place."""

    path: Path
    name: str  # its path in the site: the index where a folder was asked for
    checksum: str
    number: int
    current: int
    elsewhere: bool  # the current release has a file under the same address

    @property
    def superseded(self) -> bool:
        return self.number != self.current


@dataclass(frozen=True)
class PublicEdition:
    """An edition as everyone may know it: its releases that have appeared, and the minute of the next one."""

    folder: str
    title: dict[str, str]
    languages: tuple[str, ...]
    numbers: tuple[int, ...]
    released_at: datetime | None
    next_at: datetime | None


@dataclass(frozen=True, eq=False)
class PublicRelease:
    """A release that has appeared, with the checksums of its site's files by their path in the site."""

    folder: str
    number: int
    current: int
    title: dict[str, str]
    languages: tuple[str, ...]
    appeared_at: datetime
    root: Path
    files: Mapping[str, str]

    def read(self, path: str) -> bytes:
        """A file of the site, checked against the manifest."""
        return Releases(self.root).read(self.number, SITE + path)[SITE + path]


def candidates(editions: Iterable[str]) -> list[Candidate]:
    """Proposed releases of the editions, the latest first, with the number of votes as `cast`."""
    return list(Candidate.objects.filter(edition__in=[*editions]).annotate(cast=Count("votes")).order_by("-id"))


def editions_proposed() -> list[str]:
    return list(Candidate.objects.order_by("edition").values_list("edition", flat=True).distinct())


def ballot(candidate: Candidate, voter: str) -> Ballot:
    """What a person may know of a vote: their own vote, and how many are in, until all are."""
    votes = tuple(candidate.votes.all())
    mine = next((one for one in votes if one.voter == voter.lower()), None)
    made_it, running = candidate.made_by == voter.lower(), candidate.state == "voting"
    may_vote = running and mine is None and not made_it and files_are_there(candidate)
    return Ballot(len(votes), mine, may_vote, made_it, () if running else votes)


def files_are_there(candidate: Candidate) -> bool:
    """Whether the build folder still has what was proposed, and nothing else in its place."""
    try:
        told = json.loads((_proposed(candidate) / "candidate.json").read_bytes())
    except (OSError, ValueError):
        return False
    return bool(told.get("digest") == candidate.digest)


def previewed(candidate: Candidate, number: int, path: str) -> Path | None:
    """A page or file of the site as it would be published; None where there is none."""
    return _of_candidate(candidate, f"{number}/{SITE}{_page(path)}")


def review_file(candidate: Candidate, path: str) -> Path | None:
    """The reviewer's page, or a file of it; None where there is none."""
    return _of_candidate(candidate, f"review/{_page(path)}")


def _of_candidate(candidate: Candidate, name: str) -> Path | None:
    """A file that `propose` left, while it is there."""
    try:
        outputs = json.loads((_proposed(candidate) / PROVENANCE).read_bytes())["outputs"]
    except (OSError, ValueError, KeyError):
        return None
    return _proposed(candidate) / name if name in outputs and files_are_there(candidate) else None


def published(candidate: Candidate) -> tuple[int, ...]:
    """The releases that were stored from this candidate."""
    releases = _releases(candidate.folder)
    return tuple(one for one in releases.numbers() if _about(releases.root, one).get("candidate") == candidate.digest)


def public_numbers(folder: str, now: datetime) -> tuple[int, ...]:
    """Releases of an edition that the public may see, the last being the current one."""
    return public_releases(_moments(folder), now)


def public_editions(now: datetime) -> list[PublicEdition]:
    """Editions with something that has appeared or is announced, the latest first."""
    found = []
    for folder in folders():
        root, moments, numbers = _releases(folder).root, _moments(folder), public_numbers(folder, now)
        if moments:
            about = _about(root, max(numbers or moments))
            title, languages = about.get("title") or {"en": folder}, tuple(about.get("languages", ()))
            at = moments[numbers[-1]] if len(numbers) > 1 else _minute(root, numbers[0]) if numbers else None
            coming = min((one for one in moments.values() if one > now), default=None)
            found.append(PublicEdition(folder, title, languages, numbers, at, coming))
    return sorted(found, key=lambda one: one.released_at or now, reverse=True)


def folders() -> list[str]:
    """Editions of which something is stored."""
    root = Path(settings.WORKSPACE) / "releases"
    return sorted(one.name for one in root.iterdir() if one.is_dir()) if root.is_dir() else []


def public_release(folder: str, number: int | None, now: datetime) -> PublicRelease | None:
    """The current release of an edition, or the one with the number; None where it has not appeared."""
    numbers = public_numbers(folder, now) if folder in folders() else ()
    if not numbers or number not in (None, *numbers):
        return None
    return _public(_releases(folder).root, number or numbers[-1], numbers[-1])


def public_file(release: PublicRelease, path: str) -> Shown | None:
    """A file of the release's site; None where there is none."""
    name, root = _page(path), release.root
    if name not in release.files:
        return None
    elsewhere = SITE + name in _about(root, release.current)["files"]
    file = root / str(release.number) / SITE / name
    return Shown(file, name, release.files[name], release.number, release.current, elsewhere)


@lru_cache(maxsize=256)
def _public(root: Path, number: int, current: int) -> PublicRelease:
    about = _about(root, number)
    files = {name.removeprefix(SITE): checksum for name, checksum in about["files"].items() if name.startswith(SITE)}
    languages = tuple(about.get("languages", ("en",)))
    title = about.get("title") or {"en": root.name}
    return PublicRelease(root.name, number, current, title, languages, appears_at(about), root, files)


def _page(path: str) -> str:
    return path + "index.html" if path == "" or path.endswith("/") else path


def _proposed(candidate: Candidate) -> Path:
    return Path(settings.WORKSPACE) / "build" / candidate.folder / "candidate"


def _releases(folder: str) -> Releases:
    return Releases(Path(settings.WORKSPACE) / "releases" / folder)


def _moments(folder: str) -> dict[int, datetime]:
    releases = _releases(folder)
    return {one: appears_at(_about(releases.root, one)) for one in releases.numbers()}


def _minute(root: Path, number: int) -> datetime:
    """The pre-announced minute; of a first release what counts, even where it was stored here later."""
    return datetime.fromisoformat(_about(root, number)["released_at"])


@lru_cache(maxsize=256)
def _about(root: Path, number: int) -> dict[str, Any]:
    """The manifest of a release; kept, since a release is never changed."""
    return Releases(root).about(number)
