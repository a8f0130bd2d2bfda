"""Write into docs/methods/disclosure.md what protection costs the example editions.

Runs the steps up to `protect` in a folder of its own. Run it again when rules, engine or editions change:

    python tools/list_losses.py
"""

import tempfile
from pathlib import Path

from barometer import pipeline
from barometer.pipeline import reviewing
from barometer.review import Review

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "methods" / "disclosure.md"
EDITIONS = ("denmark-2014", "norway-state-2021", "norway-time-thieves-2014")
MARKS = "<!-- losses: written by tools/list_losses.py -->\n", "<!-- end of losses -->\n"


def losses(name: str, workspace: Path) -> str:
    """The table of one edition, in Markdown."""
    desk = pipeline.open_desk(ROOT / "editions" / name, workspace)
    for step in pipeline.STEPS[: pipeline.STEPS.index("protect") + 1]:
        pipeline.ACTIONS[step](desk)
    return _table(name, reviewing.reviewed(desk))


def _table(name: str, found: Review) -> str:
    shown = found.fates.height - found.hidden.height
    lines = [
        f"`{name}`: {shown:,} of {found.fates.height:,} figures shown, {found.lost:.1%} of the answers lost.",
        "",
        "| table | figures | shown | hidden | answers lost |",
        "|---|---:|---:|---:|---:|",
    ]
    for row in found.by_table.iter_rows(named=True):
        where = f"{row['survey']} by {row['breakdown']}"
        lines.append(f"| {where} | {row['cells']:,} | {row['shown']:,} | {row['hidden']:,} | {row['lost']:.1%} |")
    rules = [f"{row['cells']} `{row['rule']}` ({row['survey']})" for row in found.by_rule.iter_rows(named=True)]
    return "\n".join([*lines, "", f"Hidden by: {', '.join(rules)}.", ""])


def told(page: str) -> str:
    """What the page says now."""
    start, end = MARKS
    return page[page.index(start) + len(start) : page.index(end)]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        text = "\n".join(losses(name, Path(folder)) for name in EDITIONS)
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(MARKS[0])
    PAGE.write_text(f"{before}{MARKS[0]}{text}{MARKS[1]}{rest.split(MARKS[1])[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
