"""The site of a release while its words are still written: each file is made when somebody looks at it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from importlib.resources import files
from threading import RLock

from barometer.disclosure import Release
from barometer.model import Edition
from barometer.problems import Problem, Severity, raise_errors
from barometer.publication._corrections import Corrected
from barometer.publication._cube import Cube, index
from barometer.publication._downloads import common_files, language_files
from barometer.publication._language import Language, language, languages_available
from barometer.publication._leaflet import leaflet_pdf
from barometer.publication._pages import LEAFLET, REPORT, plan
from barometer.publication._report import report_pdf
from barometer.publication._self_test import self_test_file
from barometer.publication._site import (
    check_release,
    environment,
    release_page,
    root_page,
    static_files,
    words_of_pages,
)
from barometer.publication.open_data import open_data_files

DRAFT = "_draft/"
"""Where the preview's own files lie, beside the site's."""
OPEN_DATA = "open-data/"
PROBLEMS, STATE = f"{DRAFT}problems.html", f"{DRAFT}state"
_POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'"  # fmt: skip  # noqa: E501


class Draft(Mapping[str, bytes]):
    """Path inside the site -> content, as `publish` would give it, made at the first look and kept.

    Raises `BadInput` with what would stop `publish` before its files are written. Threads may share it. `open_data`: of
    an earlier draft, where nothing but texts has changed since.
    """

    def __init__(
        self,
        release: Release,
        edition: Edition,
        log: Sequence[Corrected] = (),
        open_data: Mapping[str, bytes] | None = None,
    ) -> None:
        raise_errors(check_release(release, edition))
        self._lock = RLock()
        self._made: dict[str, bytes] = dict(static_files())
        cube = index(release, edition)
        self._made |= self_test_file(cube)
        pages = plan(cube, log)
        languages = [language(code) for code in edition.languages]
        self._single: dict[str, Callable[[], bytes]] = {"index.html": lambda: root_page(edition, languages)}
        self._folders: dict[str, Callable[[], Mapping[str, bytes]]] = {
            "data/": lambda: common_files(cube),
            OPEN_DATA: lambda: open_data or open_data_files(release, edition),
        }
        for one in languages:
            common = words_of_pages(cube, pages, one, languages)
            self._folders[f"{one.code}/data/"] = partial(_in_folder, one.code, cube, one)
            self._single[f"{one.code}/{LEAFLET}"] = partial(leaflet_pdf, cube, one)
            self._single[f"{one.code}/{REPORT}"] = partial(report_pdf, cube, one)
            for page in pages:
                self._single[f"{one.code}/{page.path}"] = partial(release_page, cube, page, common, one, self)

    def __getitem__(self, path: str) -> bytes:
        with self._lock:
            if path not in self._made and path in self._single:
                self._made[path] = self._single[path]()
            elif path not in self._made:
                for folder in [one for one in self._folders if path.startswith(one)]:
                    self._made |= self._folders.pop(folder)()
            return self._made[path]

    @property
    def open_data(self) -> Mapping[str, bytes] | None:
        """Its open data, once they are made."""
        with self._lock:
            return (
                None
                if OPEN_DATA in self._folders
                else {path: content for path, content in self._made.items() if path.startswith(OPEN_DATA)}
            )

    def __contains__(self, path: object) -> bool:
        """Pages and documents are known before they are made; files of a folder once it is."""
        return path in self._single or super().__contains__(path)

    def __iter__(self) -> Iterator[str]:
        with self._lock:
            for folder in list(self._folders):
                self._made |= self._folders.pop(folder)()
            return iter(sorted({*self._made, *self._single}))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _in_folder(folder: str, cube: Cube, one: Language) -> dict[str, bytes]:
    return {f"{folder}/{path}": content for path, content in language_files(cube, one).items()}


def as_draft(page: bytes, problems: Sequence[Problem], version: int) -> bytes:
    """A page of the site with a banner that says what it is, and a script that loads it again when `version` of the
    draft, which the server tells at `STATE`, is another one."""
    text = page.decode()
    code = re.search(r'<html lang="([a-z]+)"', text)
    one = language(code[1] if code and code[1] in languages_available() else "en")
    banner = environment().get_template("draft-banner.html").render(
        say=one.say, count=one.count_of("draft.problems", len(problems)) if problems else "", address=f"/{PROBLEMS}"
    )  # fmt: skip
    head = environment().get_template("draft-head.html").render(version=version, folder=f"/{DRAFT}")
    text = re.sub(
        r'(<meta http-equiv="Content-Security-Policy" content=")[^"]*', lambda found: found[1] + _POLICY, text
    )
    text = text.replace("</head>", f"{head}</head>", 1)
    return re.sub(
        r'<body[^>]*>\n?(<a class="skip".*?</a>\n?)?', lambda found: found[0] + banner, text, count=1
    ).encode()


def problems_page(problems: Sequence[Problem], version: int, shown: str, good: bool) -> bytes:
    """What is wrong with the draft, in the words of the terminal. `shown`: what the site shows meanwhile; `good`:
    whether there is a site at all."""
    errors = [one for one in problems if one.severity is Severity.ERROR]
    others = [one for one in problems if one.severity is not Severity.ERROR]
    template = environment().get_template("draft.html")
    page = template.render(errors=errors, others=others, version=version, folder=f"/{DRAFT}", shown=shown, good=good)
    return page.encode()


def draft_files() -> dict[str, bytes]:
    """Style and script of the preview, by path."""
    folder = files("barometer.publication") / "static"
    return {f"{DRAFT}{name}": (folder / name).read_bytes() for name in ("draft.css", "draft.js")}
