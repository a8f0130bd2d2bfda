"""The edition that `barometer new` starts from, kept as data of this package."""

from importlib.resources import files
from importlib.resources.abc import Traversable

from barometer.model import Folder


def starter(approvals: int = 2) -> dict[str, bytes]:
    """A small, commented edition without problems: path inside the folder -> content, in order of path.

    `approvals`: how many people must agree before it is published.
    """
    folder = dict(sorted(_contents(files("barometer.edition").joinpath("starter"), "").items()))
    asked = f"approvals = {approvals} ".encode()
    return folder | {"edition.toml": folder["edition.toml"].replace(b"approvals = 2 ", asked)}


def _contents(folder: Traversable, path: str) -> Folder:
    found: dict[str, bytes] = {}
    for part in folder.iterdir():
        if part.is_dir():
            found |= _contents(part, f"{path}{part.name}/")
        else:
            found[path + part.name] = part.read_bytes()
    return found
