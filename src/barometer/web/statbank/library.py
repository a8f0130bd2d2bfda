"""Which tables there are: those of releases that have appeared, by the clock, read from their files and kept."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl
from django.utils import timezone

from barometer.files import digest
from barometer.model import Measure
from barometer.publication.open_data import DataCube, read_jsonstat
from barometer.web.releases.queries import PublicRelease, folders, public_numbers, public_release

FOLDER, ENDING = "open-data/", ".json"


@dataclass(frozen=True)
class Table:
    """One table of one release under its addresses."""

    release: PublicRelease
    name: str  # the table's id in its edition: 'workplaces-sector'
    pinned: bool  # asked for by its release's number

    @property
    def id(self) -> str:
        return self.pinned_id if self.pinned else self.latest_id

    @property
    def latest_id(self) -> str:
        return f"{self.release.folder}.{self.name}"

    @property
    def pinned_id(self) -> str:
        return f"{self.release.folder}.{self.release.number}.{self.name}"

    @property
    def superseded(self) -> bool:
        return self.release.number != self.release.current

    @property
    def languages(self) -> tuple[str, ...]:
        return self.release.languages

    @property
    def cube(self) -> DataCube:
        return _cube(self.release, self.name)

    @property
    def checksum(self) -> str:
        """Of what every answer about this table is made from."""
        told = [self.release.files[_file(code, self.name)] for code in self.languages]
        return digest("".join([self.id, str(self.release.current), *told]).encode())


def current_tables() -> list[Table]:
    """Every table of the current releases, in the order of editions and ids."""
    now = timezone.now()
    found = (public_release(folder, None, now) for folder in folders())
    return [table for release in found if release for table in tables_of(release)]


def superseded_tables() -> list[Table]:
    """Every table of releases that others have taken the place of, under their numbers; the latest first."""
    now = timezone.now()
    found = (public_release(folder, number, now) for folder in folders() for number in public_numbers(folder, now))
    older = [release for release in found if release and release.number != release.current]
    return [table for release in reversed(older) for table in tables_of(release, pinned=True)]


def tables_of(release: PublicRelease, pinned: bool = False) -> Iterator[Table]:
    """The tables of a release in the order of its surveys and breakdowns, everyone first, shares before the rest."""
    return (Table(release, name, pinned) for name in _names(release))


@lru_cache(maxsize=64)
def _names(release: PublicRelease) -> tuple[str, ...]:
    files = [path.removeprefix(FOLDER) for path in release.files if path.startswith(FOLDER)]
    names = [path.removesuffix(".px") for path in files if path.endswith(".px")]
    if not names:
        return ()
    order = [(one["id"], [by["id"] for by in one["breakdowns"]]) for one in dictionary(release)["surveys"]]
    places = {
        (survey, by): (place, n) for place, (survey, bys) in enumerate(order) for n, by in enumerate(["total", *bys])
    }

    def place(name: str) -> tuple[int, int, bool, str]:
        cube = _cube(release, name)
        return *places[cube.survey, cube.breakdown], cube.measure is not Measure.SHARE, name

    return tuple(sorted(names, key=place))


def find_table(identity: str) -> Table | None:
    """The table with an id, of the current release ('EDITION.TABLE') or of the one it names ('EDITION.2.TABLE')."""
    now = timezone.now()
    for folder in folders():
        rest = identity.removeprefix(f"{folder}.")
        number, _, name = rest.partition(".")
        wanted = (None, rest) if not number.isdecimal() or len(number) > 6 else (int(number), name)
        release = public_release(folder, wanted[0], now) if rest != identity else None
        if release is not None and f"{FOLDER}{wanted[1]}.px" in release.files:
            return Table(release, wanted[1], pinned=wanted[0] is not None)
    return None


def release_numbers(folder: str) -> tuple[int, ...]:
    """Numbers of an edition's releases that have appeared."""
    return public_numbers(folder, timezone.now())


@lru_cache(maxsize=512)
def _cube(release: PublicRelease, name: str) -> DataCube:
    """Kept: a release is never changed."""
    files = {code: release.read(_file(code, name)) for code in release.languages}
    return read_jsonstat(files, release.number)


@lru_cache(maxsize=64)
def dictionary(release: PublicRelease) -> Mapping[str, Any]:
    """The data dictionary of a release: its publisher, surveys, questions and rules."""
    found: Mapping[str, Any] = json.loads(release.read(next(_beside(release, ".json"))))
    return found


@lru_cache(maxsize=64)
def differences(release: PublicRelease) -> pl.DataFrame:
    """The differences between groups that were published with a release."""
    content = release.read(next(_beside(release, "-differences.csv")))
    numbers = dict.fromkeys(("difference", "ci_low", "ci_high", "p", "p_holm"), pl.Float64)
    return pl.read_csv(content, schema_overrides={**dict.fromkeys(("cell_a", "cell_b"), pl.String), **numbers})


def _beside(release: PublicRelease, ending: str) -> Iterator[str]:
    return (name for name in release.files if name.startswith("data/") and name.endswith(ending))


def _file(code: str, name: str) -> str:
    return f"{FOLDER}{code}/{name}{ENDING}"
