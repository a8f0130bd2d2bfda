"""The edition that `barometer new` starts from, kept as data of this package."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable

from barometer.edition._header import EDITION_ID
from barometer.model import Folder


def starter(approvals: int = 2, name: str = "") -> dict[str, bytes]:
    """A small, commented edition without problems: path inside the folder -> content, in order of path.

    `approvals`: how many people must agree before it is published. `name`: the edition's id, where it can be one.
    """
    folder = dict(sorted(_contents(files("barometer.edition").joinpath("starter"), "").items()))
    header = folder["edition.toml"].replace(b"approvals = 2 ", f"approvals = {approvals} ".encode())
    if re.fullmatch(EDITION_ID, name):
        header = header.replace(b'id = "example-2024"', f'id = "{name}"'.encode())
    return folder | {"edition.toml": header}


def _contents(folder: Traversable, path: str) -> Folder:
    found: dict[str, bytes] = {}
    for part in folder.iterdir():
        if part.is_dir():
            found |= _contents(part, f"{path}{part.name}/")
        else:
            found[path + part.name] = part.read_bytes()
    return found
