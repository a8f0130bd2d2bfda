"""Collected answers as files for other programs. Same answers, same bytes. Doors: `export` of a collection, and
`write_files` of answers from elsewhere."""

from barometer.web.fieldwork.exports._export import FORMATS, export, write_files

__all__ = ["FORMATS", "export", "write_files"]
