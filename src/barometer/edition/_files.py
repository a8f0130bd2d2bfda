"""The other files of an edition: Markdown texts, and files nobody asked for."""

import re
from collections.abc import Iterable, Mapping

from barometer.edition._corrections import CORRECTIONS
from barometer.edition._entries import Report
from barometer.edition._letters import letter_problems
from barometer.edition._series import SERIES
from barometer.edition._toml import decode
from barometer.model import Folder, Language
from barometer.problems import Place, suggestion

TOML_FILES = ("edition.toml", "frame.toml", "design.toml", "weighting.toml", "indicators.toml", "outputs.toml")
SIMULATION = "simulation.toml"
NEEDED_TEXTS = ("about", "method")
NAME = re.compile(r"[a-z][a-z0-9_-]*")


def read_texts(folder: Folder, languages: tuple[Language, ...], report: Report) -> Mapping[Language, Mapping[str, str]]:
    """Markdown sources by language and name; letters are 'letters/invitation' and so on.

    An edition has none at all, or about and method, and whatever else it has, in every language.
    """
    texts: dict[Language, dict[str, str]] = {language: {} for language in languages}
    for path, content in sorted(folder.items()):
        parts = path.split("/")
        if parts[0] != "texts" or not path.endswith(".md"):
            continue
        if (len(parts) != 3 and parts[2:-1] != ["letters"]) or (languages and parts[1] not in languages):
            report.error(
                "E009",
                Place(path),
                f"the folder '{'/'.join(parts[:-1])}'",
                "texts/ with a folder for each language of the edition, and letters/ in it",
                suggestion(parts[1] if len(parts) > 2 else "", languages),
            )
            continue
        source = decode(path, content, report) or ""
        if parts[2] != "letters" and not NAME.fullmatch(parts[2].removesuffix(".md")):
            way_out = "Rename the file; the name becomes the address of a page."
            expected = "small letters a to z, digits, hyphens and underscores"
            report.error("E007", Place(path), f"the name '{parts[2]}'", expected, way_out)
        if not source.strip():
            way_out = "Write it, or delete it in every language."
            report.error("E006", Place(path), "an empty text", "each text in every language", way_out)
        name = "/".join(parts[2:]).removesuffix(".md")
        texts.setdefault(parts[1], {})[name] = source
        if parts[2] == "letters":
            report.extend(letter_problems(name.removeprefix("letters/"), source, path))
    names = sorted({name for sources in texts.values() for name in sources})
    wanted = sorted({*names, *NEEDED_TEXTS}) if names else []
    for language in languages:
        for name in wanted:
            if name not in texts[language]:
                there = next((one for one in languages if name in texts[one]), None)
                report.error(
                    "E001",
                    Place(f"texts/{language}/{name}.md"),
                    f"no such file, but texts/{there}/{name}.md" if there else "no such file",
                    "each text in every language",
                    f"Write texts/{language}/{name}.md.",
                )
    return texts


def check_files(folder: Folder, used: Iterable[str], simulated: bool, report: Report) -> None:
    """Tell of settings files nobody reads, questionnaires nobody uses, and a missing simulation."""
    known = {*TOML_FILES, SIMULATION, CORRECTIONS, SERIES}
    for path in sorted(folder):
        if "/" not in path and path.endswith(".toml") and path not in known:
            report.warning("E017", Place(path), f"the file '{path}'", "a known file", suggestion(path, known))
        if path.startswith("questionnaires/") and path.endswith((".yaml", ".yml", ".xlsx")) and path not in used:
            report.warning(
                "E017",
                Place(path),
                "a questionnaire no survey uses",
                "a survey with this instrument",
                "Name it as instrument of a survey in edition.toml, or delete it.",
            )
    if simulated and SIMULATION not in folder:
        report.warning(
            "E001",
            Place(SIMULATION),
            "no such file, but a survey with simulated answers",
            "a file that says how answers are simulated",
            f"Add {SIMULATION} before the edition is run.",
        )
