"""The desk an edition is worked on: its folder, what its steps left, and what of that no longer fits.

A step leaves its outputs with a sidecar: checksums of every input, version and checksum of the program, seed. A step is
stale when any of these differs from what its inputs are now. Words are no input of what is computed: a label or a note
may change without anything being estimated again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from barometer import files
from barometer.edition import read_edition
from barometer.model import Catalogue, Edition, Folder, Series, fingerprint, without_words
from barometer.pipeline import ledger
from barometer.problems import Problem

if TYPE_CHECKING:
    import numpy as np

STEPS = ("sample", "answers", "weigh", "estimate", "protect", "publish")
VERBS = {step: step for step in STEPS} | {"answers": "simulate"}

_UPSTREAM: Mapping[str, tuple[str, ...]] = {
    "sample": (),
    "collect": ("sample",),
    "answers": ("sample", "collect"),
    "weigh": ("sample", "answers"),
    "estimate": ("sample", "answers", "weigh"),
    "protect": ("estimate",),
    "candidate": ("protect",),
    "publish": ("protect",),
}
_DEFINED: Mapping[str, Callable[[Edition], object]] = {  # what files define, but for words
    "edition.toml": lambda one: (one.id, one.seed, one.synthetic, [(each.id, each.answers) for each in one.surveys]),
    "frame": lambda one: [each.frame for each in one.surveys],
    "design.toml": lambda one: [each.design for each in one.surveys],
    "weighting.toml": lambda one: [each.weighting for each in one.surveys],
    "questionnaires": lambda one: [each.instrument for each in one.surveys],
    "coding": lambda one: [each.codings for each in one.surveys],
    "indicators.toml": lambda one: [(each.programme.universes, each.programme.indicators) for each in one.surveys],
    "outputs.toml": lambda one: [
        (one.rules, one.stricter, one.precision, one.importance, one.headline),
        *((each.programme.breakdowns, each.programme.by, each.programme.level) for each in one.surveys),
    ],
    "outputs.toml: claims": lambda one: [
        (each.indicator, each.breakdown, each.left, each.right) for each in one.claims
    ],
}
_OUTPUTS = ("outputs.toml", "outputs.toml: claims")
_USES: Mapping[str, tuple[str, ...]] = {  # of what files define
    "sample": ("edition.toml", "frame", "design.toml"),
    "collect": ("edition.toml",),
    "answers": tuple(_DEFINED),
    "weigh": ("edition.toml", "frame", "weighting.toml", "outputs.toml"),
    "estimate": ("edition.toml", "frame", "questionnaires", "coding", "indicators.toml", "outputs.toml"),
    "protect": ("edition.toml", "frame", "questionnaires", "coding", "indicators.toml", *_OUTPUTS),
    "candidate": (),
    "publish": (),
}
_READS: Mapping[str, tuple[str, ...]] = {  # files whose every byte counts, by how their path begins; '' means all
    "collect": ("questionnaires/", "coding/"),
    "answers": ("questionnaires/", "coding/", "simulation.toml", "figures.csv"),
    "candidate": ("",),
    "publish": ("",),
}


@dataclass(frozen=True)
class Desk:
    """An edition being worked on: its folder as read, its build folder and its releases."""

    folder: Folder
    build: files.Build
    releases: files.Releases

    @cached_property
    def edition(self) -> Edition:
        return read_edition(self.folder)

    @cached_property
    def definitions(self) -> Edition:
        """The edition without words, and without all that is said of figures once they are there: what steps before
        `publish` are given, so that their results cannot depend on more."""
        bare = replace(
            self.edition, texts={}, themes=(), corrections=(), sources=(), series=Series(), catalogue=Catalogue(),
            self_test=None,
        )  # fmt: skip
        return without_words(bare)

    def rng(self, use: str) -> np.random.Generator:
        """A generator of its own for each named use, all from the edition's one seed."""
        import numpy as np

        return np.random.default_rng([self.edition.seed, *hashlib.sha256(use.encode()).digest()[:8]])


@dataclass(frozen=True)
class Outcome:
    """What a step tells the person who ran it: one line, and warnings."""

    line: str
    warnings: tuple[Problem, ...] = ()


def open_desk(path: Path, workspace: Path) -> Desk:
    """Read an edition folder; its build folder and releases lie in the workspace under the folder's name."""
    name = path.resolve().name
    return Desk(
        files.read_folder(path),
        files.Build(workspace / "build" / name),
        files.Releases(workspace / "releases" / name),
    )


def stale(desk: Desk, step: str) -> tuple[str, ...]:
    """Why a step must be done again, in words; empty when its outputs fit all inputs as they are now."""
    record = desk.build.provenance(step)
    if record is None:
        return ("not done yet",)
    if damaged := desk.build.damaged(step):
        return tuple(f"{name} was changed or lost after it was made" for name in damaged)
    if step == "publish" and not desk.releases.numbers():
        return ("the release folder is gone",)
    reasons = []
    if record["code"]["digest"] != files.code_digest():
        reasons.append("the program changed")
    if step == "protect" and not ledger.is_protected_for(desk.build, desk.releases):
        reasons.append("a release was published since")
    then, now = record["inputs"], _inputs(desk, step)
    for name in sorted(then.keys() | now.keys()):
        if then.get(name) != now.get(name):
            verb = "is new" if name not in then else "is gone" if name not in now else "changed"
            reasons.append(f"{name} {verb}")
    return tuple(reasons)


def leave(desk: Desk, step: str, outputs: Mapping[str, bytes], about: Mapping[str, Any] | None = None) -> None:
    """Put a step's outputs into the build folder, with its sidecar."""
    record: dict[str, Any] = {
        **(about or {}),
        "step": step,
        "edition": desk.edition.id,
        "seed": desk.edition.seed,
        "synthetic": desk.edition.synthetic,
        "code": {"version": version("barometer"), "digest": files.code_digest()},
        "inputs": _inputs(desk, step),
    }
    desk.build.write(step, outputs, record)


def _inputs(desk: Desk, step: str) -> dict[str, str]:
    starts = (*_READS.get(step, ()), *_answer_files(desk.edition) * (step == "answers"))
    own = {f"edition/{name}": files.digest(content) for name, content in desk.folder.items() if name.startswith(starts)}
    own |= {f"edition/{name}": fingerprint(_DEFINED[name](desk.definitions)) for name in _USES[step]}
    for earlier in _UPSTREAM[step]:
        record = desk.build.provenance(earlier)
        own |= {f"{earlier}/{name}": checksum for name, checksum in (record or {"outputs": {}})["outputs"].items()}
    return own


def _answer_files(edition: Edition) -> tuple[str, ...]:
    """Answers collected elsewhere, the maps of them, and registers, whose labels such answers may have."""
    named = [(each.answers.file, each.answers.map_file, each.frame.file) for each in edition.surveys]
    return ("frame.toml", *(name for some in named for name in some if name))
