"""The whole site: every page in every language, its style sheet and its downloads; made anew where it must be.

A file may be taken from an earlier site when nothing it was made from has changed: the release, the definitions, the
program, and each word of the edition that was read when it was made. Who made it noted what it read (`_reads`).
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from hashlib import sha256
from threading import RLock
from typing import Any

from barometer.disclosure import Release
from barometer.model import Edition, fingerprint, without_words
from barometer.problems import raise_errors
from barometer.publication._corrections import Corrected
from barometer.publication._cube import Cube, index
from barometer.publication._downloads import common_files, language_files
from barometer.publication._language import Language, language
from barometer.publication._leaflet import leaflet_pdf
from barometer.publication._pages import LEAFLET, REPORT, plan, text_pages
from barometer.publication._reads import Reads, Sizes, Value, Watched, reader
from barometer.publication._report import report_pdf
from barometer.publication._self_test import self_test_file
from barometer.publication._site import check_release, release_page, root_page, static_files, words_of_pages
from barometer.publication.open_data import check_open_data, cubes, open_data_files

OPEN_DATA = "open-data/"
_PRINTERS = 2
"""PDFs set at a time, beside the pages."""


@dataclass(frozen=True)
class Kept:
    """An earlier site, or what has been looked at of it: its files as they are found now, and what they were made from
    (`Site.record`). Files may be missing or spoilt; those are made anew."""

    record: bytes
    files: Mapping[str, bytes]

    @cached_property
    def told(self) -> Mapping[str, Any]:
        return json.loads(self.record)  # type: ignore[no-any-return]

    def files_of(self, name: str, origin: str, now: Callable[[str], Value]) -> tuple[dict[str, bytes], Reads] | None:
        """The files of one making and what it read, where all of it still holds and the files are whole."""
        made = self.told["made"].get(name)
        if made is None or made["origin"] != origin:
            return None
        reads = dict(self.told["reads"][number] for number in made["reads"])
        if any(now(what) != value for what, value in reads.items()):
            return None
        found = {path: self.files.get(path, b"") for path in made["files"]}
        whole = all(sha256(found[path]).hexdigest() == checksum for path, checksum in made["files"].items())
        return (found, reads) if whole else None


@dataclass(frozen=True)
class _Making:
    """How files come about. `origin`: fingerprint of all it is made from but what is read; `read`: before it, for it
    and others; `check`: of files that are taken."""

    make: Callable[[], Mapping[str, bytes]]
    origin: str
    read: Reads = field(default_factory=dict)
    check: Callable[[Mapping[str, bytes]], None] = lambda files: None
    lock: RLock = field(default_factory=RLock)


class Site(Mapping[str, bytes]):
    """Path inside the site -> content. Each file is made at the first look, or taken from an earlier site.

    index.html offers the languages; each has its folder with pages and CSV files; data/ and open-data/ hold what is
    alike in all. `log`: corrections up to this release, the latest first; told on each page concerned. The same
    release, edition and log give the same bytes, whatever is kept of `earlier` sites. `program`: what the program is
    made of. Threads may share it.

    Raises `BadInput` with all problems that stop a site before its files are written (P-codes): claims that the
    figures do not bear out, a language without a catalogue, a release of something else.
    """

    def __init__(
        self,
        release: Release,
        edition: Edition,
        log: Sequence[Corrected] = (),
        earlier: Sequence[Kept] = (),
        program: str = "",
    ) -> None:
        raise_errors(check_release(release, edition))
        self._earlier, self._watched, self._sizes = tuple(earlier), Watched(), Sizes(self)
        self._languages = [language(code) for code in edition.languages]
        self._makings: dict[str, _Making] = {}
        self._made: dict[str, tuple[Mapping[str, bytes], Reads]] = {}
        watched = self._watched.over(edition, "")
        self._plan_downloads(release, edition, watched, program)
        self._plan_pages(release, edition, watched, log, program)
        cube = index(release, edition)
        rest = static_files() | {"index.html": root_page(edition, self._languages)} | self_test_file(cube)
        self._makings |= {path: _Making(partial(dict, {path: content}), "") for path, content in rest.items()}

    def __getitem__(self, path: str) -> bytes:
        name = self._name(path)
        if name is None:
            raise KeyError(path)
        return self._files(name)[path]

    def __contains__(self, path: object) -> bool:
        """Pages and documents are known before they are made; files of a folder once it is."""
        return isinstance(path, str) and (path in self._makings or path in self._files(self._name(path)))

    def __iter__(self) -> Iterator[str]:
        single = (name for name in self._makings if not name.endswith("/"))
        return iter(
            sorted([*single, *(path for name in self._makings if name.endswith("/") for path in self._files(name))])
        )

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def all_files(self) -> dict[str, bytes]:
        """Every file; documents are set beside the pages, since Typst needs no lock of Python's."""
        with ThreadPoolExecutor(_PRINTERS) as printers:
            documents = (f"{one.code}/{name}" for name in (REPORT, LEAFLET) for one in self._languages)
            printed = [printers.submit(self.__getitem__, path) for path in documents]
            files = dict(self)
            for one in printed:
                one.result()
        return files

    def kept(self) -> Kept:
        """What has been made so far, for a later site to take from."""
        made = dict(self._made)
        return Kept(self.record(), {path: content for files, _ in made.values() for path, content in files.items()})

    def record(self) -> bytes:
        """From what each file made so far was made, as JSON."""
        made = {name: one for name, one in sorted(self._made.items()) if self._makings[name].origin}
        numbers: dict[str, int] = {}
        told: list[tuple[str, Value]] = []
        for _, reads in made.values():
            for what, value in reads.items():
                if numbers.setdefault(what, len(told)) == len(told):
                    told.append((what, value))
        entries = {
            name: {
                "origin": self._makings[name].origin,
                "files": {path: sha256(content).hexdigest() for path, content in files.items()},
                "reads": [numbers[what] for what in reads],
            }
            for name, (files, reads) in made.items()
        }
        return json.dumps({"made": entries, "reads": told}, ensure_ascii=False).encode()

    def _plan_downloads(self, release: Release, edition: Edition, watched: Edition, program: str) -> None:
        """Whatever knows nothing of claims, which change more often than definitions; and the PDFs, which do."""
        silent = replace(watched, claims=())
        origin = fingerprint((program, release, without_words(replace(edition, claims=()))))
        cube = index(release, silent)
        self._makings["data/"] = _Making(partial(common_files, cube), origin)
        self._makings[OPEN_DATA] = _Making(
            partial(open_data_files, release, silent), origin, check=partial(check_open_data, release, edition)
        )
        printed = index(release, watched)
        told = fingerprint((origin, without_words(edition.claims)))
        for one in self._languages:
            self._makings[f"{one.code}/data/"] = _Making(partial(_in_folder, cube, one), origin)
            for name, pdf in ((REPORT, report_pdf), (LEAFLET, leaflet_pdf)):
                path = f"{one.code}/{name}"
                self._makings[path] = _Making(partial(_single, path, partial(pdf, printed, one)), told)

    def _plan_pages(
        self, release: Release, edition: Edition, watched: Edition, log: Sequence[Corrected], program: str
    ) -> None:
        tables = cubes(release, edition)
        texts = [replace(page, title=self._watched.over(page.title, page.path)) for page in text_pages(edition)]
        cube = index(release, watched)
        with reader() as planned:
            pages = plan(cube, self._watched.over(tables, OPEN_DATA), texts, log)
        paths = tuple(page.path for page in pages)
        origin = fingerprint((program, release, without_words((edition, tables)), tuple(log), paths))
        for one in self._languages:
            with reader() as shared:
                common = words_of_pages(cube, pages, one, self._languages)
            for page in pages:
                path = f"{one.code}/{page.path}"
                make = partial(_single, path, partial(release_page, cube, page, common, one, self._sizes))
                self._makings[path] = _Making(make, origin, planned | shared)

    def _name(self, path: str) -> str | None:
        """Whose file it is: its own making, or that of the innermost folder."""
        if path in self._makings:
            return path
        folders = [path[: place + 1] for place, sign in enumerate(path) if sign == "/"]
        return next((folder for folder in reversed(folders) if folder in self._makings), None)

    def _files(self, name: str | None) -> Mapping[str, bytes]:
        if name is None:
            return {}
        making = self._makings[name]
        with making.lock:
            if name not in self._made:
                self._made[name] = self._taken(name, making) or self._fresh(making)
            return self._made[name][0]

    def _taken(self, name: str, making: _Making) -> tuple[Mapping[str, bytes], Reads] | None:
        for kept in self._earlier if making.origin else ():
            if (found := kept.files_of(name, making.origin, self._now)) is not None:
                making.check(found[0])
                return found
        return None

    def _fresh(self, making: _Making) -> tuple[Mapping[str, bytes], Reads]:
        with reader() as reads:
            files = making.make()
        return files, making.read | reads

    def _now(self, what: str) -> Value:
        return self._sizes.now(what) if self._sizes.knows(what) else self._watched.now(what)


def publish(release: Release, edition: Edition, log: Sequence[Corrected] = ()) -> dict[str, bytes]:
    """All files of the `Site` of `release` in the words of `edition`."""
    return Site(release, edition, log).all_files()


def _single(path: str, make: Callable[[], bytes]) -> dict[str, bytes]:
    return {path: make()}


def _in_folder(cube: Cube, one: Language) -> dict[str, bytes]:
    return {f"{one.code}/{path}": content for path, content in language_files(cube, one).items()}
