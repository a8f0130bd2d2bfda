"""The build folder of an edition."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from barometer.files._disk import digest, read_file, sync_folder, trouble, write_files

PROVENANCE = "provenance.json"


class Build:
    """The build folder of one edition: `step/` folders, each with its outputs and a provenance sidecar."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def workspace(self) -> Path:
        """The folder that build/ lies in."""
        return self.root.parent.parent

    def approvals(self) -> bytes | None:
        """The file that says who agreed to a release, as the staff pages wrote it; None when there is none."""
        path = self.root / "approvals.json"
        return read_file(path) if path.is_file() else None

    def approve(self, content: bytes) -> None:
        """Put the file of approvals in place of an earlier one."""
        self.root.mkdir(parents=True, exist_ok=True)
        fresh = self.root / f"approvals.json.{os.getpid()}"
        fresh.write_bytes(content)
        fresh.replace(self.root / "approvals.json")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder for one process; a second one is told so instead of mixing its results in."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / ".lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise trouble(
                    "B004",
                    self.root,
                    "another barometer command is working on it",
                    "one command at a time for an edition",
                    "Wait for it to end, then repeat the command.",
                ) from error
            self._recover()
            yield

    def provenance(self, step: str) -> dict[str, Any] | None:
        """The sidecar of a step; None when the step has not been done, or was not finished."""
        path = self.root / step / PROVENANCE
        if not path.is_file():
            return None
        try:
            record = json.loads(path.read_bytes())
        except ValueError:
            return None
        return record if isinstance(record, dict) and "outputs" in record else None

    def damaged(self, step: str) -> tuple[str, ...]:
        """Outputs of a step that are missing or differ from what the step wrote."""
        record = self.provenance(step)
        outputs: dict[str, str] = record["outputs"] if record else {}
        return tuple(
            name
            for name, checksum in outputs.items()
            if not (path := self.root / step / name).is_file() or digest(path.read_bytes()) != checksum
        )

    def read(self, step: str, verb: str) -> dict[str, bytes]:
        """The outputs of a step, checked against its sidecar; `verb` is the command that makes them."""
        record = self.provenance(step)
        if record is None:
            raise trouble(
                "B005",
                self.root / step,
                "nothing there yet",
                f"what 'barometer {verb}' leaves there",
                f"Run 'barometer {verb}' first, or 'barometer run' for all steps.",
            )
        if damaged := self.damaged(step):
            raise trouble(
                "B006",
                self.root / step / damaged[0],
                "a file that is missing or was changed after it was made",
                "the file as the program wrote it",
                f"Run 'barometer {verb}' again; never edit what lies in the build folder.",
            )
        return {name: (self.root / step / name).read_bytes() for name in record["outputs"]}

    def write(self, step: str, outputs: Mapping[str, bytes], provenance: Mapping[str, Any]) -> None:
        """Put a step's outputs in place of the earlier ones, all at once."""
        record = {
            **provenance,
            "outputs": {name: digest(content) for name, content in sorted(outputs.items())},
        }
        sidecar = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"
        final, fresh, old = self.root / step, self.root / f".new-{step}", self.root / f".old-{step}"
        shutil.rmtree(fresh, ignore_errors=True)
        write_files(fresh, {**outputs, PROVENANCE: sidecar})
        shutil.rmtree(old, ignore_errors=True)
        if final.exists():
            final.rename(old)
        fresh.rename(final)
        sync_folder(self.root)
        shutil.rmtree(old, ignore_errors=True)

    def _recover(self) -> None:
        """Undo a replacement that was cut off between its two renames."""
        for old in self.root.glob(".old-*"):
            final = self.root / old.name.removeprefix(".old-")
            if final.exists():
                shutil.rmtree(old)
            else:
                old.rename(final)
        for fresh in self.root.glob(".new-*"):
            shutil.rmtree(fresh)
