"""Collected answers as files for other programs. Same answers, same bytes. Door: `export`."""

from barometer.web.fieldwork.exports._export import FORMATS, export
from barometer.web.fieldwork.exports._variables import Variable, variables_of

__all__ = ["FORMATS", "Variable", "export", "variables_of"]
