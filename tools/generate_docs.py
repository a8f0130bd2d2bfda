"""Write the reference pages that are made from the code: commands, problems and tables.

Run `.venv/bin/python tools/generate_docs.py` after changing any of them; a test tells when that was forgotten.
"""

from pathlib import Path

import click

from barometer import tables
from barometer.cli import command
from barometer.problems import CATALOGUE, FAMILIES

ROOT = Path(__file__).parent.parent / "docs" / "reference"
TABLES = {
    "SAMPLE": tables.SAMPLE,
    "ANSWERS": tables.ANSWERS,
    "WEIGHTS": tables.WEIGHTS,
    "ASKED": tables.ASKED,
    "CELLS": tables.CELLS,
    "CONTRASTS": tables.CONTRASTS,
    "LEAVES": tables.LEAVES,
    "COUNTS": tables.COUNTS,
    "RESPONSE": tables.RESPONSE,
    "DIAGNOSTICS": tables.DIAGNOSTICS,
    "RELEASED_CELLS": tables.RELEASED_CELLS,
    "RELEASED_CONTRASTS": tables.RELEASED_CONTRASTS,
}


def pages() -> dict[str, str]:
    """Every generated page by file name."""
    return {"commands.md": commands(), "problems.md": problems(), "tables.md": table_columns()}


def commands() -> str:
    parts = ["# Commands\n\nMade from the program by `tools/generate_docs.py`.\n"]
    context = click.Context(command, info_name="barometer", **command.context_settings)
    for name, one in command.commands.items():
        text = one.get_help(click.Context(one, info_name=name, parent=context, max_content_width=100))
        parts.append(f"\n## {name}\n\n```text\n{text}\n```\n")
    return "".join(parts)


def problems() -> str:
    parts = [
        "# Problems\n\nEvery message carries a code. `barometer explain CODE` prints what stands here. "
        "Made from the program by `tools/generate_docs.py`.\n"
    ]
    for family in FAMILIES.values():
        kinds = sorted((kind for kind in CATALOGUE.values() if kind.code[0] == family.letter), key=lambda k: k.code)
        parts.append(f"\n## {family.letter}: {family.name} (exit code {family.exit_code})\n")
        parts += [f"\n### {kind.code} {kind.title}\n\n{kind.explanation}\n" for kind in kinds]
    return "".join(parts)


def table_columns() -> str:
    parts = [
        "# Tables\n\nWhat passes between the rooms. Shares are fractions in [0, 1]. "
        "Made from the program by `tools/generate_docs.py`.\n"
    ]
    for name, columns in TABLES.items():
        parts.append(f"\n## {name}\n\n| column | type | meaning |\n|---|---|---|\n")
        parts += [f"| `{one.name}` | {one.dtype.__name__} | {one.meaning} |\n" for one in columns]
    return "".join(parts)


def main() -> None:
    ROOT.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (ROOT / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
