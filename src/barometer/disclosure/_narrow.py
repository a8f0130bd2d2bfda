"""A part of a release: what was protected together stays safe when less of it is shown."""

from collections.abc import Collection

import polars as pl

from barometer.disclosure._release import SEAL, Release


def narrow(release: Release, indicators: Collection[str]) -> Release:
    """The release with the cells and differences of these indicators only.

    It rests on the audit of the whole: an attacker who sees fewer rows learns no more.
    """
    wanted = pl.col("indicator").is_in([*indicators])
    cells = release.cells.filter(wanted)
    marks = {*cells["status"], *cells["quality"]}
    return Release(
        edition=release.edition,
        synthetic=release.synthetic,
        cells=cells,
        contrasts=release.contrasts.filter(wanted),
        response=release.response,
        diagnostics=release.diagnostics,
        footnotes={mark: text for mark, text in release.footnotes.items() if mark in marks},
        audit=release.audit,
        seal=SEAL,
    )
