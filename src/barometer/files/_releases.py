"""The releases of an edition: folders that are never changed, sealed until their minute."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from barometer.files._disk import OPEN, digest, read_file, sync_folder, trouble, write_whole

MANIFEST = "manifest.json"
LEDGER = "ledger.jsonl"
SEALED = 0o700
"""Rights on a release's folder before its minute."""


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
            sync_folder(self.root)
        return public[-1]

    def read(self, number: int, under: str = "") -> dict[str, bytes]:
        """The files of a release whose path begins with `under`, checked against its manifest."""
        path = self.path(number)
        listed = self._manifest(number)["files"]
        manifest: dict[str, str] = {name: checksum for name, checksum in listed.items() if name.startswith(under)}
        content = {name: read_file(path / name) for name in manifest}
        changed = [name for name, checksum in manifest.items() if digest(content[name]) != checksum]
        if changed:
            raise trouble(
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
        write_whole(self.path(last + 1), {**files, MANIFEST: sidecar}, SEALED)
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
            sync_folder(self.root)
        except OSError as error:
            raise trouble(
                "B008", fresh, error.strerror or str(error), "a place to write to", "Check space and permissions."
            ) from error

    def _manifest(self, number: int) -> dict[str, Any]:
        path = self.path(number) / MANIFEST
        try:
            manifest: dict[str, Any] = json.loads(read_file(path))
            manifest["files"].items()
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise trouble(
                "B007",
                path,
                "a manifest that cannot be read",
                "the manifest as it was released",
                "Restore the release from your archive.",
            ) from error
        return manifest
