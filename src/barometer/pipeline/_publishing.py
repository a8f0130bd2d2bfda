"""From the protected release to what is public: put before those who vote, stored, compared with other figures."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from barometer import files
from barometer.disclosure import Release, open_release
from barometer.edition import contradictions, read_figures
from barometer.pipeline import ledger
from barometer.pipeline._desk import Desk, Outcome, leave
from barometer.pipeline.approvals import KEY, VARIABLE, check_approvals
from barometer.pipeline.releasing import Candidate, missing, prepare, read_release
from barometer.problems import BadInput, Place, Problem, raise_errors
from barometer.publication import Comparison, Kept
from barometer.publication import compare as compare_figures


def propose_release(desk: Desk, now: datetime, review: Mapping[str, bytes]) -> tuple[Candidate, Outcome]:
    """Make what `publish` would store now, and leave it, with the reviewer's page, for those who vote on it."""
    ledger.protected_for(desk.build, desk.releases)
    candidate = prepare(protected(desk), desk.edition, desk.releases, now, kept_sites(desk), files.program_digest())
    outputs = {f"{part.number}/{name}": one for part in candidate.parts for name, one in part.files.items()}
    told = json.dumps(candidate.summary(), ensure_ascii=False).encode()
    reviewed = {f"review/{name}": one for name, one in review.items()}
    leave(desk, "candidate", {**outputs, **reviewed, **_records(candidate), "candidate.json": told})
    return candidate, Outcome(f"{candidate.digest[:12]}: {len(outputs):,} files", candidate.warnings)


def publish_release(desk: Desk, now: datetime | None = None) -> Outcome:
    """Store site and open data as the next release, sealed until their minute, if enough people agreed to them."""
    now = now or datetime.now(UTC)
    ledger.complete(desk.releases)
    read = desk.releases.numbers()
    ledger.protected_for(desk.build, desk.releases)
    candidate = prepare(protected(desk), desk.edition, desk.releases, now, kept_sites(desk), files.program_digest())
    fresh = missing(candidate, desk.releases)
    approvals, key = desk.build.approvals(), files.installation_key(desk.build.workspace, VARIABLE, KEY)
    asked = (desk.edition.id, candidate.digest, desk.edition.approvals)
    raise_errors(check_approvals(approvals, *asked, key) if fresh else ())
    for part in fresh:
        about = candidate.about(part, now) | ({"approvals": files.digest(approvals)} if approvals else {})
        release = open_release(_under("data/", part.files))
        ledger.keep(desk.build, part.number, release, _under("evidence/", desk.build.read("protect", "protect")), about)
        desk.releases.add(part.files, about)
    ledger.complete(desk.releases, read)
    desk.releases.open_due(now)
    last = candidate.parts[-1]
    leave(desk, "publish", {"release.json": json.dumps({"release": last.number}).encode(), **_records(candidate)})
    sealed = [f"release {one.number} is sealed until {one.released_at}" for one in fresh if one.released_at > now]
    line = f"release {last.number}: {len(last.files):,} files" + ("" if fresh else ", unchanged")
    return Outcome("; ".join([line, *sealed]), candidate.warnings)


def kept_sites(desk: Desk) -> tuple[Kept, ...]:
    """The sites that were published or proposed last, to take from what is still right. Any part may be missing."""
    found = []
    for step, folder in (("publish", desk.releases.root), ("candidate", desk.build.root / "candidate")):
        record = desk.build.provenance(step) or {"outputs": {}}
        stored = files.Found(desk.build.root / step)
        for name, checksum in record["outputs"].items():
            if name.startswith(_MADE) and files.digest(content := stored.get(name, b"")) == checksum:
                number = name.removeprefix(_MADE).removesuffix(".json")
                found.append(Kept(content, files.Found(folder / number / "site")))
    return tuple(found)


def _records(candidate: Candidate) -> dict[str, bytes]:
    return {f"{_MADE}{part.number}.json": part.record for part in candidate.parts}


_MADE = "made/"
"""What each file of a site was made from, a file a release."""


def protected(desk: Desk) -> Release:
    """The release that `protect` left in the build folder."""
    stored = desk.build.read("protect", "protect")
    return open_release(_under("release/", stored))


def last_release(desk: Desk) -> tuple[int, Release]:
    """Number and content of the last published release."""
    numbers = desk.releases.numbers()
    if not numbers:
        place = Place(file=str(desk.releases.root))
        raise BadInput(
            (
                Problem(
                    "B010",
                    place,
                    "no release",
                    "at least one published release",
                    "Run 'barometer publish' first.",
                ),
            )
        )
    return numbers[-1], read_release(desk.releases, numbers[-1])


def compare(desk: Desk, name: str, figures: bytes) -> tuple[Comparison, ...]:
    """The last release beside published figures (a CSV); figures that contradict each other are set apart."""
    _, release = last_release(desk)
    printed = read_figures(name, figures, desk.edition.surveys)
    contradicted = {
        figure: reason
        for survey in desk.edition.surveys
        for figure, reason in contradictions(printed, survey.programme).items()
    }
    return compare_figures(release, desk.edition, printed, contradicted)


def _under(folder: str, stored: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name.removeprefix(folder): content for name, content in stored.items() if name.startswith(folder)}
