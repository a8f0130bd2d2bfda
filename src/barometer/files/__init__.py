"""The only package of the library that touches disk: edition folders, the build folder and releases.

A step's outputs appear all at once or not at all: they are written beside the earlier ones, flushed, and put in
place by renaming. A process killed at any moment leaves the earlier state, or nothing that claims to be a state.
"""

from barometer.files._build import PROVENANCE, Build
from barometer.files._disk import (
    Found,
    code_digest,
    create_folder,
    digest,
    installation_key,
    program_digest,
    read_file,
    read_folder,
)
from barometer.files._releases import Releases, appears_at, public_releases

__all__ = [
    "PROVENANCE",
    "Build",
    "Found",
    "Releases",
    "appears_at",
    "code_digest",
    "create_folder",
    "digest",
    "installation_key",
    "program_digest",
    "public_releases",
    "read_file",
    "read_folder",
]
