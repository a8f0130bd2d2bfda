"""The site of an edition under work, over the numbers of the protected release; nothing is stored.

`Preview.look` reads the edition again. What is wrong is listed, and the last good site stays.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from barometer.edition import try_edition
from barometer.pipeline import releasing
from barometer.pipeline._desk import Desk, open_desk, stale
from barometer.pipeline._publishing import protected
from barometer.problems import BadInput, Problem, Severity, raise_errors
from barometer.publication import PROBLEMS, STATE, Site, as_draft, check_wording, draft_files, problems_page

__all__ = ["Preview"]

DOOR = "index.html"


class Preview:
    """Site and problems of the edition in a folder, as of the last look. Threads may read while one looks."""

    def __init__(self, folder: Path, workspace: Path) -> None:
        self._folder, self._workspace = folder, workspace
        self._own = draft_files()
        self._site: Mapping[str, bytes] = {}
        self._made = ""
        self.problems: tuple[Problem, ...] = ()
        self.version = 0
        self.older = ""
        """Why the numbers are not those of the edition as it is now; '' where they are."""

    @property
    def errors(self) -> int:
        return sum(one.severity is Severity.ERROR for one in self.problems)

    def look(self, now: datetime) -> None:
        """Make the site anew from edition folder and build folder, or list why that cannot be done."""
        problems: tuple[Problem, ...] = ()
        try:
            desk = open_desk(self._folder, self._workspace)
            edition, problems = try_edition(desk.folder)
            if edition is not None:
                release = protected(desk)
                log, found = releasing.corrections(release, edition, desk.releases, now)
                problems = (*problems, *check_wording(edition), *found)
                raise_errors(found)
                kept = (self._site.kept(),) if isinstance(self._site, Site) else ()
                self._site = Site(release, edition, log, kept)
                self.older = _older(desk)
                self._made = f"The site shows the edition as it was at {now:%H:%M:%S}. {self.older}".strip()
        except BadInput as bad:
            problems = (*bad.problems, *problems)
        self.problems = tuple(dict.fromkeys(problems))
        self.version += 1

    def file(self, path: str) -> bytes | None:
        """What stands at an address, without its first slash; None where nothing does."""
        if path == STATE:
            return str(self.version).encode()
        if path in self._own:
            return self._own[path]
        path = path + DOOR if path == "" or path.endswith("/") else path
        if path == PROBLEMS or (path == DOOR and not self._made):
            return problems_page(self.problems, self.version, self._made or "There is no site yet.", bool(self._made))
        site, version = self._site, self.version
        content = site.get(path)
        if content is not None and path.endswith(".html"):
            return as_draft(content, self.problems, version)
        return content


def _older(desk: Desk) -> str:
    for step in ("answers", "weigh", "estimate", "protect"):
        if reasons := stale(desk, step):
            return f"Its numbers are older: '{step}' is stale ({reasons[0]}); 'barometer run' makes them anew."
    return ""
