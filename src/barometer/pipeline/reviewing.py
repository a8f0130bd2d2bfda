"""What protection cost, for the survey team: told, tried with other rules, and left as a page in the build folder."""

from dataclasses import dataclass

from barometer.disclosure import nothing_left, protect_in_full
from barometer.edition import read_edition
from barometer.model import Edition
from barometer.pipeline import ledger
from barometer.pipeline._desk import Desk
from barometer.pipeline._estimating import decided, estimates_of, stored_estimates, units_of
from barometer.problems import raise_errors
from barometer.review import Review, review, review_files
from barometer.tables import from_parquet


@dataclass(frozen=True)
class _Tried(Desk):
    """A desk with another edition in the place of its folder's."""

    other: Edition

    @property
    def edition(self) -> Edition:
        return self.other


def reviewed(desk: Desk) -> Review:
    """Of what `protect` left in the build folder."""
    stored = desk.build.read("protect", "protect")
    decision, released = (
        from_parquet(stored[name]) for name in ("confidential/decision.parquet", "release/cells.parquet")
    )
    return review(desk.edition, stored_estimates(desk), decision, released)


def tried(desk: Desk, name: str, content: bytes) -> Review:
    """Of the same answers under the rules, merges and importance of another file, together with what the edition has
    published. No result is written. Raises BadInput as `protect` does."""
    trial = _Tried(desk.folder, desk.build, desk.releases, read_edition(desk.folder, (name, content)))
    same = [one.programme for one in trial.edition.surveys] == [one.programme for one in desk.edition.surveys]
    estimates = stored_estimates(desk) if same else estimates_of(trial)
    before, _ = ledger.before(desk.build, desk.releases, units_of(trial))
    release, decision = protect_in_full(trial.edition, estimates, before)
    raise_errors(nothing_left(trial.edition, release.cells))
    return review(trial.edition, estimates, decided(estimates, decision), release.cells)


def leave_page(desk: Desk, now: Review, trial: Review | None = None) -> None:
    """Write the reviewer's page into build/<edition>/review/. Confidential."""
    about = {"step": "review", "edition": desk.edition.id, "synthetic": desk.edition.synthetic}
    desk.build.write("review", review_files(now, trial), about)
