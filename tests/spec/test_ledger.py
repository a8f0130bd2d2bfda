"""The release ledger, and what a later release of the same edition may say."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from barometer.disclosure import Release, protect_in_full, release_files
from barometer.files import Build, Releases
from barometer.model import Edition, Rules
from barometer.pipeline import ledger
from barometer.problems import BadInput
from disclosure_examples import Case, edition, estimates, unit_counts

REGIONS = ("north", "east", "south", "west")


def made(*breakdowns: str, units: int = 3) -> Edition:
    ways: dict[str, str | tuple[str, str]] = {"region": "region", "size": "size", "both": ("region", "size")}
    return edition(
        {"region": REGIONS, "size": ("s", "l")},
        {"q": ("yes", "no")},
        {"DID": "q == 'yes'"},
        {name: ways[name] for name in breakdowns},
        rules=Rules(minimum_units=units, census_units=3),
    )


EDITION = made("region", "size")
MIXED = [
    {"unit": f"{region}{place}", "region": region, "size": "sl"[place // 2 % 2], "q": ("yes", "no")[place % 2]}
    for region in REGIONS
    for place in range(12)
]
LATE: Case = {"unit": "late", "region": "south", "size": "s", "q": "yes"}


class Office:
    """Where releases of an edition are made, one after the other."""

    def __init__(self, root: Path) -> None:
        self.build, self.releases = Build(root / "build" / "example"), Releases(root / "releases" / "example")

    def protect(self, cases: Sequence[Case], made: Edition = EDITION) -> Release:
        found, units = estimates(made, cases), unit_counts(made, cases)
        before, self.warnings = ledger.before(self.build, self.releases, units)
        release, self.decision = protect_in_full(made, found, before)
        evidence = {f"evidence/{name}": content for name, content in ledger.confidential(found, units).items()}
        stored = {f"release/{name}": content for name, content in release_files(release).items()}
        self.build.write(
            "protect", {**evidence, **stored}, {"after_release": ledger.after_release(self.build, before, release)}
        )
        self.evidence = ledger.confidential(found, units)
        return release

    def publish(self, cases: Sequence[Case], made: Edition = EDITION) -> Release:
        release = self.protect(cases, made)
        number = max(self.releases.numbers(), default=0) + 1
        ledger.keep(self.build, number, release, self.evidence, {})
        self.releases.add({f"data/{name}": one for name, one in release_files(release).items()}, {"edition": "example"})
        ledger.complete(self.releases)
        return release

    @property
    def lines(self) -> list[Mapping[str, object]]:
        return [json.loads(line) for line in self.releases.ledger().splitlines()]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def codes(office: Office) -> set[str]:
    with pytest.raises(BadInput) as caught:
        ledger.complete(office.releases)
    return {problem.code for problem in caught.value.problems}


def shown(release: Release, cell: str) -> tuple[object, ...]:
    return release.cells.filter(cell=cell).select("value", "n", "as_in_release").row(0)


def test_every_published_row_stands_in_the_ledger_once(office: Office) -> None:
    release = office.publish(MIXED)
    head, *rows = office.lines
    assert (head["release"], head["rows"]) == (1, len(rows))
    keys = [(row["indicator"], row["breakdown"], row["cell"], row["value"], row["n"]) for row in rows]
    assert keys == release.cells.select("indicator", "breakdown", "cell", "value", "n").rows()
    before = office.releases.ledger()
    office.publish([*MIXED, LATE])
    assert office.releases.ledger().startswith(before)


@pytest.mark.parametrize("harm", ["change", "drop", "swap", "cut"])
def test_a_ledger_that_was_touched_is_refused(office: Office, harm: str) -> None:
    office.publish(MIXED)
    path = office.releases.root / "ledger.jsonl"
    lines = path.read_text().splitlines()
    if harm == "change":
        lines[2] = lines[2].replace('"n": 12', '"n": 13')
    if harm == "drop":
        del lines[2]
    if harm == "swap":
        lines[2:4] = lines[3:1:-1]
    path.write_text("\n".join(lines[:-1] if harm == "cut" else lines) + "\n")
    assert codes(office) == {"B012"}


def test_a_release_that_was_edited_taken_away_or_given_another_manifest_is_refused(office: Office) -> None:
    office.publish(MIXED)
    data = office.releases.path(1) / "data" / "cells.csv"
    whole = data.read_bytes()
    data.write_bytes(whole.replace(b",12,", b",13,"))
    assert codes(office) == {"B007"}
    data.write_bytes(whole)
    manifest = office.releases.path(1) / "manifest.json"
    told = manifest.read_text()
    manifest.write_text(told.replace('"data/audit.json"', '"data/other.json"'))
    assert codes(office) == {"B012"}
    manifest.write_text(told)
    ledger.complete(office.releases)
    shutil.rmtree(office.releases.path(1))
    assert codes(office) == {"B012"}


def test_a_release_whose_lines_were_not_written_any_more_gets_them_at_the_next_command(office: Office) -> None:
    office.publish(MIXED)
    whole = office.releases.ledger()
    (office.releases.root / "ledger.jsonl").unlink()
    ledger.complete(office.releases)
    assert office.releases.ledger() == whole


def test_a_ledger_with_a_sealed_release_is_its_owners_alone(office: Office) -> None:
    office.publish(MIXED)
    files = office.releases.read(1)
    office.releases.add({**files, "data/more": b""}, {"released_at": "2030-01-01T09:00:00+00:00"})
    ledger.complete(office.releases)
    path = office.releases.root / "ledger.jsonl"
    for moment, rights in ((datetime(2029, 12, 31, tzinfo=UTC), 0o600), (datetime(2030, 1, 2, tzinfo=UTC), 0o644)):
        office.releases.open_due(moment)
        assert path.stat().st_mode & 0o777 == rights


def test_the_same_answers_again_give_the_same_release(office: Office) -> None:
    small = [case for case in MIXED if case["region"] != "west" or case["unit"] in ("west0", "west1")]
    first = office.publish(small)
    assert set(first.cells["status"]) == {"", "c"}
    again = office.protect(small)
    assert release_files(again) == release_files(first)


def test_figures_about_one_late_respondent_stay_as_they_were(office: Office) -> None:
    first, second = office.publish(MIXED), office.publish([*MIXED, LATE])
    for cell in ("all", "south", "s"):
        assert shown(second, cell) == (*shown(first, cell)[:2], 1)
    for cell in ("north", "east", "west", "l"):
        assert shown(second, cell) == shown(first, cell)


@pytest.mark.parametrize("change", ["late", "gone", "corrected", "moved"])
def test_whether_a_figure_stays_depends_on_who_changed_not_on_what_was_answered(tmp_path: Path, change: str) -> None:
    patterns = []
    for answer in ("yes", "no"):
        office = Office(tmp_path / answer)
        one, other = {**LATE, "q": answer}, {**LATE, "q": "yes" if answer == "no" else "no"}
        office.publish([*MIXED, *([] if change == "late" else [one])])
        then = {"late": [one], "gone": [], "corrected": [other], "moved": [{**one, "region": "east"}]}[change]
        cells = office.protect([*MIXED, *then]).cells
        patterns.append(cells.select("cell", "status", "as_in_release").rows())
    assert patterns[0] == patterns[1]
    held = {cell for cell, _, source in patterns[0] if source}
    assert held == {"all", "south", "s"} | ({"east"} if change == "moved" else set())


def test_enough_changes_of_both_kinds_are_told(office: Office) -> None:
    office.publish(MIXED)
    fresh = [{**LATE, "unit": f"late{place}", "q": ("yes", "no")[place % 2]} for place in range(6)]
    second = office.publish([*MIXED, *fresh])
    assert second.cells["as_in_release"].is_null().all()
    assert shown(second, "south") == (0.5, 18, None)


def test_late_ones_who_all_answered_the_same_are_not_told(office: Office) -> None:
    office.publish(MIXED)
    second = office.publish([*MIXED, *({**LATE, "unit": f"late{place}"} for place in range(6))])
    assert shown(second, "south")[1:] == (12, 1)


def test_late_ones_of_two_releases_are_told_together_once_they_are_enough(office: Office) -> None:
    fresh = [{**LATE, "unit": f"late{place}", "q": ("yes", "no")[place % 2]} for place in range(4)]
    office.publish(MIXED)
    assert shown(office.publish([*MIXED, *fresh[:2]]), "south")[1:] == (12, 1)
    assert shown(office.publish([*MIXED, *fresh]), "south")[1:] == (16, None)


def test_a_difference_of_a_new_and_an_old_figure_is_not_published(office: Office) -> None:
    first, second = office.publish(MIXED), office.publish([*MIXED, LATE])
    pairs = [row[:2] for row in second.contrasts.filter(breakdown="region").select("cell_a", "cell_b").iter_rows()]
    assert pairs
    assert not any("south" in pair for pair in pairs)
    assert any("south" in pair for pair in first.contrasts.select("cell_a", "cell_b").iter_rows())


def test_a_new_table_does_not_give_away_what_an_earlier_release_hid(office: Office) -> None:
    """The south has two who answered; by region and size, without them the rest of each size would tell."""
    few = [case for case in MIXED if case["region"] != "south"] + [LATE, {**LATE, "unit": "b", "size": "l"}]
    office.publish(few, made("region", "size"))
    second = office.publish(few, made("region", "size", "both"))
    assert office.decision.findings["ok"].all()
    status = dict(second.cells.filter(breakdown="both").select("cell", "status").iter_rows())
    assert {status["south:s"], status["south:l"]} == {"c"}
    assert second.cells.filter(cell="south")["status"].to_list() == ["c"]


def test_without_the_evidence_whatever_would_change_stays(office: Office) -> None:
    first = office.publish(MIXED)
    shutil.rmtree(office.build.root / "published-1")
    fresh = [{**LATE, "unit": f"late{place}", "q": ("yes", "no")[place % 2]} for place in range(6)]
    second = office.protect([*MIXED, *fresh], made("region", "size", "both"))
    assert [problem.code for problem in office.warnings] == ["B014"]
    assert shown(second, "south") == (*shown(first, "south")[:2], 1)
    assert set(second.cells.filter(breakdown="both")["status"]) == {"c"}


def test_damaged_evidence_is_as_good_as_none(office: Office) -> None:
    office.publish(MIXED)
    (office.build.root / "published-1" / "counts.parquet").write_bytes(b"")
    office.protect(MIXED)
    assert [problem.code for problem in office.warnings] == ["B014"]


def test_results_protected_before_the_last_release_are_not_published(office: Office) -> None:
    office.publish(MIXED)
    office.protect([*MIXED, LATE])
    provenance = office.build.provenance("protect")
    ledger.protected_for(office.build, office.releases)
    outputs = office.build.read("protect", "protect")
    office.build.write("protect", outputs, {**(provenance or {}), "after_release": 0})
    with pytest.raises(BadInput) as caught:
        ledger.protected_for(office.build, office.releases)
    assert {problem.code for problem in caught.value.problems} == {"B013"}


def test_stricter_rules_hide_what_was_shown(office: Office) -> None:
    few = [case for case in MIXED if case["region"] != "west" or case["unit"] in ("west0", "west1", "west2", "west3")]
    assert shown(office.publish(few), "west")[1] == 4
    stricter = replace(EDITION, rules=Rules(minimum_units=6, census_units=6))
    assert office.protect(few, stricter).cells.filter(cell="west")["status"].item() == "c"


def test_the_mark_is_told_in_every_table_that_goes_out(office: Office) -> None:
    office.publish(MIXED)
    files = release_files(office.publish([*MIXED, LATE]))
    rows = pl.read_csv(files["cells.csv"]).filter(pl.col("as_in_release") == 1)
    assert set(rows["cell"]) == {"all", "south", "s"}
