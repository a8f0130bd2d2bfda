"""What respondents know a collection by: the edition's title, and that of their questionnaire."""

from collections.abc import Mapping

from barometer.web.fieldwork.models import Collection


def edition_title(collection: Collection, language: str) -> str:
    """In a language, or in another there is; the survey's own title where the edition has none."""
    return _in(collection.edition_title or collection.title, language)


def questionnaire_title(collection: Collection, language: str) -> str:
    """Of the questionnaire, which tells two of the same edition apart; '' where it says no more than the edition's."""
    title = _in(collection.questionnaire, language)
    return "" if title == edition_title(collection, language) else title


def _in(text: Mapping[str, str], language: str) -> str:
    return str(text.get(language) or next(iter(text.values()), ""))
