"""Reading and writing files whole: what is written is flushed, and appears all at once or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from barometer.problems import BadInput, Place, Problem

if TYPE_CHECKING:
    from barometer.model import Folder


LARGEST_FILE = 512 * 2**20
OPEN = 0o755
"""Rights on folders that everybody may read."""
_WRITERS = 8


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


@cache
def code_digest() -> str:
    """One checksum over the program itself, so that a changed method makes old results stale."""
    root = Path(__file__).parent.parent
    total = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            total.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


@cache
def program_digest() -> str:
    """One checksum over the program, the versions of everything installed beside it, and of Python."""
    folders = [Path(entry) for entry in sys.path if entry]
    installed = {path.name for folder in folders if folder.is_dir() for path in folder.glob("*.dist-info")}
    return digest("\n".join([code_digest(), sys.version, *sorted(installed)]).encode())


def read_folder(path: Path) -> Folder:
    """Every file of an edition folder by its path in it; hidden files and folders are left out."""
    if not path.is_dir():
        raise trouble(
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
            raise trouble(
                "B002",
                path,
                f"a file of {path.stat().st_size / 2**20:.0f} MB",
                f"at most {LARGEST_FILE / 2**20:.0f} MB",
                "Store large tables as Parquet, or leave the file out of the edition folder.",
            )
        return path.read_bytes()
    except OSError as error:
        raise trouble(
            "B002", path, error.strerror or str(error), "a readable file", "Check its name and permissions."
        ) from error


class Found(Mapping[str, bytes]):
    """The files below a folder as they are when they are looked at, by their path in it. Nothing vouches for them."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def __getitem__(self, name: str) -> bytes:
        try:
            return (self._root / name).read_bytes()
        except OSError as error:
            raise KeyError(name) from error

    def __iter__(self) -> Iterator[str]:
        return (path.relative_to(self._root).as_posix() for path in sorted(self._root.rglob("*")) if path.is_file())

    def __len__(self) -> int:
        return sum(1 for _ in self)


def installation_key(workspace: Path, variable: str, name: str) -> str:
    """A key of the installation: from the environment, or from <workspace>/data/keys; '' where there is none."""
    path = workspace / "data" / "keys" / name
    return os.environ.get(variable, "") or (read_file(path).decode().strip() if path.is_file() else "")


def create_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Make a new folder with these files; refuse to touch one that exists."""
    if path.exists():
        raise trouble(
            "B003",
            path,
            "the folder exists",
            "a folder that does not exist yet",
            "Choose another name, or remove the folder yourself.",
        )
    write_whole(path, files)


def write_whole(path: Path, files: Mapping[str, bytes], rights: int = OPEN) -> None:
    """Make a folder with these files, all at once or not at all. Raises BadInput B008."""
    fresh = path.parent / f".new-{path.name}"
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True, mode=rights)
        write_files(fresh, files)
        fresh.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise trouble(
            "B008", path, error.strerror or str(error), "a place to write to", "Check space and permissions."
        ) from error


def write_files(root: Path, files: Mapping[str, bytes]) -> None:
    """Write files and flush each. Several at a time: the disk then puts many flushes into one."""
    for folder in {(root / name).parent for name in files}:
        folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(_WRITERS) as writers:
        for _ in writers.map(lambda name: _write_flushed(root / name, files[name]), files):
            pass  # raises what a writer raised
    sync_folder(root)


def _write_flushed(path: Path, content: bytes) -> None:
    with path.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def sync_folder(path: Path) -> None:
    """Flush a folder's list of names, so that a renaming outlives a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def trouble(code: str, path: Path, found: str, expected: str, way_out: str) -> BadInput:
    """A problem with a file or folder."""
    return BadInput((Problem(code, Place(file=str(path)), found, expected, way_out),))
