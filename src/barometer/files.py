"""The only module of the library that touches disk: edition folders, the build folder and releases.

A step's outputs appear all at once or not at all: they are written beside the earlier ones, flushed, and put in
place by renaming. A process killed at any moment leaves the earlier state, or nothing that claims to be a state.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from barometer.problems import BadInput, Place, Problem

if TYPE_CHECKING:
    from barometer.model import Folder

__all__ = [
    "Build",
    "Releases",
    "appears_at",
    "code_digest",
    "create_folder",
    "digest",
    "installation_key",
    "public_releases",
    "read_file",
    "read_folder",
]

PROVENANCE = "provenance.json"
MANIFEST = "manifest.json"
LEDGER = "ledger.jsonl"
LARGEST_FILE = 512 * 2**20
SEALED, OPEN = 0o700, 0o755
"""Rights on a release's folder before and after its minute."""


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


@cache
def code_digest() -> str:
    """One checksum over the program itself, so that a changed method makes old results stale."""
    root = Path(__file__).parent
    total = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            total.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def read_folder(path: Path) -> Folder:
    """Every file of an edition folder by its path in it; hidden files and folders are left out."""
    if not path.is_dir():
        raise _trouble(
            "B001",
            path,
            "no such folder",
            "an edition folder with an edition.toml",
            "Give its path, or the name of a folder in editions/; 'barometer new FOLDER' starts one.",
        )
    found = {}
    for file in sorted(path.rglob("*")):
        inside = file.relative_to(path)
        if file.is_file() and not any(part.startswith((".", "~$")) for part in inside.parts):
            found[inside.as_posix()] = read_file(file)
    return found


def read_file(path: Path) -> bytes:
    """The content of one file; trouble with the disk is a problem that names the file."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise _trouble(
                "B002",
                path,
                f"a file of {path.stat().st_size / 2**20:.0f} MB",
                f"at most {LARGEST_FILE / 2**20:.0f} MB",
                "Store large tables as Parquet, or leave the file out of the edition folder.",
            )
        return path.read_bytes()
    except OSError as error:
        raise _trouble(
            "B002", path, error.strerror or str(error), "a readable file", "Check its name and permissions."
        ) from error


def installation_key(workspace: Path, variable: str, name: str) -> str:
    """A key of the installation: from the environment, or from <workspace>/data/keys; '' where there is none."""
    path = workspace / "data" / "keys" / name
    return os.environ.get(variable, "") or (read_file(path).decode().strip() if path.is_file() else "")


def create_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Make a new folder with these files; refuse to touch one that exists."""
    if path.exists():
        raise _trouble(
            "B003",
            path,
            "the folder exists",
            "a folder that does not exist yet",
            "Choose another name, or remove the folder yourself.",
        )
    _write_whole(path, files)


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
                raise _trouble(
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
            raise _trouble(
                "B005",
                self.root / step,
                "nothing there yet",
                f"what 'barometer {verb}' leaves there",
                f"Run 'barometer {verb}' first, or 'barometer run' for all steps.",
            )
        if damaged := self.damaged(step):
            raise _trouble(
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
        _write_files(fresh, {**outputs, PROVENANCE: sidecar})
        shutil.rmtree(old, ignore_errors=True)
        if final.exists():
            final.rename(old)
        fresh.rename(final)
        _sync_folder(self.root)
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


def appears_at(manifest: Mapping[str, Any]) -> datetime:
    """When a release may be seen: at its minute, or when it was stored if that was later."""
    told = [manifest[name] for name in ("released_at", "stored_at") if name in manifest]
    return max(map(datetime.fromisoformat, told), default=datetime.min.replace(tzinfo=UTC))


def public_releases(moments: Mapping[int, datetime], now: datetime) -> tuple[int, ...]:
    """Which releases the public may see at a moment, the last being the current one; `moments`: when each may appear.

    A release appears at its minute, and stays reachable. One that was replaced before its minute never appears.
    """
    due = [number for number, at in sorted(moments.items()) if at <= now]
    return tuple(one for one in due if not any(other > one and moments[other] <= moments[one] for other in due))


class Releases:
    """What was published of one edition: folders 1, 2, 3 ...; none is ever changed.

    A folder is readable by its owner only until its minute. `current` is a link to the one that is public now.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def numbers(self) -> tuple[int, ...]:
        if not self.root.is_dir():
            return ()
        return tuple(sorted(int(path.name) for path in self.root.iterdir() if path.name.isdigit()))

    def path(self, number: int) -> Path:
        return self.root / str(number)

    def about(self, number: int) -> dict[str, Any]:
        """The manifest of a release: what it is, when it may appear, and under 'files' each file's checksum."""
        return self._manifest(number)

    def moments(self) -> dict[int, datetime]:
        """When each release may appear."""
        return {number: appears_at(self._manifest(number)) for number in self.numbers()}

    def public(self, now: datetime) -> tuple[int, ...]:
        """The releases the public may see at a moment, the last being the current one."""
        return public_releases(self.moments(), now)

    def open_due(self, now: datetime) -> int | None:
        """Let other users of the machine read what is public by now, and point `current` at the current release.

        Gives its number. For servers of plain files; our own pages ask the clock at each request.
        """
        public, sealed = self.public(now), any(at > now for at in self.moments().values())
        for number in public:
            self.path(number).chmod(OPEN)
        if (self.root / LEDGER).is_file() and not sealed:
            (self.root / LEDGER).chmod(OPEN & 0o666)
        if not public:
            return None
        link, fresh = self.root / "current", self.root / f".new-current-{os.getpid()}"
        if not link.is_symlink() or link.readlink() != Path(str(public[-1])):
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(str(public[-1]))
            if link.is_dir() and not link.is_symlink():  # a workspace copied without its links
                shutil.rmtree(link)
            fresh.replace(link)
            _sync_folder(self.root)
        return public[-1]

    def read(self, number: int, under: str = "") -> dict[str, bytes]:
        """The files of a release whose path begins with `under`, checked against its manifest."""
        path = self.path(number)
        listed = self._manifest(number)["files"]
        manifest: dict[str, str] = {name: checksum for name, checksum in listed.items() if name.startswith(under)}
        content = {name: read_file(path / name) for name in manifest}
        changed = [name for name, checksum in manifest.items() if digest(content[name]) != checksum]
        if changed:
            raise _trouble(
                "B007",
                path / changed[0],
                "a file that differs from the manifest",
                "the file as it was released",
                "Restore the release from your archive; released files must never be edited.",
            )
        return content

    def add(self, files: Mapping[str, bytes], about: Mapping[str, Any]) -> tuple[int, bool]:
        """Store a release; give its number, and whether it is new or equals the last one byte for byte."""
        manifest = {name: digest(content) for name, content in sorted(files.items())}
        last = max(self.numbers(), default=0)
        if last and self._manifest(last)["files"] == manifest:
            return last, False
        record = {**about, "release": last + 1, "files": manifest}
        sidecar = json.dumps(record, indent=1, ensure_ascii=False).encode() + b"\n"
        _write_whole(self.path(last + 1), {**files, MANIFEST: sidecar}, SEALED)
        return last + 1, True

    def ledger(self) -> bytes:
        """The ledger of everything published; empty before the first release."""
        path = self.root / LEDGER
        return read_file(path) if path.is_file() else b""

    def append_ledger(self, lines: bytes) -> None:
        """Add lines to the ledger, all or none; they are sealed as their release is, until `open_due`."""
        fresh = self.root / f".new-{LEDGER}"
        try:
            fresh.touch(mode=SEALED & 0o666)
            with fresh.open("wb") as handle:
                handle.write(self.ledger() + lines)
                handle.flush()
                os.fsync(handle.fileno())
            fresh.replace(self.root / LEDGER)
            _sync_folder(self.root)
        except OSError as error:
            raise _trouble(
                "B008", fresh, error.strerror or str(error), "a place to write to", "Check space and permissions."
            ) from error

    def _manifest(self, number: int) -> dict[str, Any]:
        path = self.path(number) / MANIFEST
        try:
            manifest: dict[str, Any] = json.loads(read_file(path))
            manifest["files"].items()
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _trouble(
                "B007",
                path,
                "a manifest that cannot be read",
                "the manifest as it was released",
                "Restore the release from your archive.",
            ) from error
        return manifest


def _write_whole(path: Path, files: Mapping[str, bytes], rights: int = OPEN) -> None:
    fresh = path.parent / f".new-{path.name}"
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True, mode=rights)
        _write_files(fresh, files)
        fresh.rename(path)
        _sync_folder(path.parent)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise _trouble(
            "B008", path, error.strerror or str(error), "a place to write to", "Check space and permissions."
        ) from error


def _write_files(root: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
    _sync_folder(root)


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _trouble(code: str, path: Path, found: str, expected: str, way_out: str) -> BadInput:
    return BadInput((Problem(code, Place(file=str(path)), found, expected, way_out),))
