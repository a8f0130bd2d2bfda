"""Published questionnaires as the library knows them. Versions never change, so each is read once a process."""

from functools import lru_cache
from typing import Any

from barometer.edition import read_instrument, register_scope
from barometer.expressions import Scope, Type, Variable
from barometer.model import Instrument, Survey
from barometer.web.fieldwork.models import InstrumentVersion


def instrument_of(version_id: int) -> Instrument:
    """The questionnaire of a version."""
    return _UNPUBLISHED.get(version_id) or _read(version_id)


def unpublished_version(instrument: Instrument) -> int:
    """A number `instrument_of` knows the questionnaire by in this process, for its author's preview: below zero, where
    the database has none."""
    number = -1 - len(_UNPUBLISHED)
    _UNPUBLISHED[number] = instrument
    return number


def register_variables(survey: Survey) -> dict[str, Any]:
    """The register's variables as JSON, for `InstrumentVersion.register`."""
    scope = register_scope(survey.frame.columns)
    return {name: {"type": one.type.value, "codes": list(one.codes)} for name, one in scope.items()}


_UNPUBLISHED: dict[int, Instrument] = {}


@lru_cache(maxsize=64)
def _read(version_id: int) -> Instrument:
    version = InstrumentVersion.objects.select_related("collection").get(pk=version_id)
    scope: Scope = {
        name: Variable(name, Type(one["type"]), tuple(one["codes"])) for name, one in version.register.items()
    }
    return read_instrument("questionnaire.yaml", version.content.encode(), scope, version.collection.languages)
