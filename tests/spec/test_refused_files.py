"""Survey files and designs that cannot be used: a problem with code, rows and way out, and an exit code."""

from pathlib import Path

import polars as pl
import pytest

from barometer.cli import main

DESIGN = ["--weights", "w", "--strata", "h", "--fpc", "N"]
DATA = pl.DataFrame(
    {
        "h": ["a", "a", "a", "b", "b", "b"],
        "psu": [1, 1, 2, 3, 3, 4],
        "N": [12, 12, 12, 30, 30, 30],
        "w": [4.0, 4.0, 4.0, 10.0, 10.0, 10.0],
        "pay": [31.5, 28.25, 30.0, 40.0, 22.0, 35.75],
        "side": ["l", "r", "l", "r", "l", "r"],
        "hours": [37, 37, 20, 37, 15, 30],
    }
)
ROW = pl.int_range(pl.len())
ESTIMATION, WEIGHTING = 17, 16
"""Exit codes of the families of problems T and W."""
SIDES = '[[margin]]\ncolumns = ["side"]\ntotals = { l = 22, r = 20 }\n'
TWICE = '[[margin]]\ncolumn = "twice"\ntotal = 1000\n[[margin]]\ncolumn = "hours"\ntotal = 1200'
"""Two totals of which one is not twice the other."""


def told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Exit code and what is said on standard error."""
    with pytest.raises(SystemExit) as ended:
        main(["tabulate", *arguments])
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    assert "way out" in captured.err
    return int(ended.value.code or 0), captured.err


def changed(column: str, value: object, row: int) -> pl.DataFrame:
    """DATA with one cell changed; row 2 is the first, as in a spreadsheet."""
    old = pl.col(column).cast(pl.String) if isinstance(value, str) else pl.col(column)
    return DATA.with_columns(pl.when(row - 2 == ROW).then(pl.lit(value)).otherwise(old).alias(column))


@pytest.mark.parametrize(
    ("frame", "options", "code", "found"),
    [
        (changed("w", -4.0, 3), DESIGN, "T012", "negative weights in row 3"),
        (changed("w", None, 3), DESIGN, "T012", "missing or infinite weights in row 3"),
        (changed("w", "high", 3), DESIGN, "T011", "'high' in row 3"),
        (changed("pay", "much", 7), DESIGN, "T041", "'much' in row 7"),
        (changed("h", None, 4), DESIGN, "T013", "row 4"),
        (DATA.with_columns(N=pl.when(pl.col("h") == "a").then(2).otherwise("N")), DESIGN, "T014", "rows 2, 3, 4"),
        (changed("N", 13, 3), DESIGN, "T016", "row 3"),
        (changed("h", "b", 3), ["--weights", "w", "--strata", "h", "--psu", "psu"], "T017", "row 3"),
        (changed("h", "c", 7), ["--weights", "w", "--strata", "h"], "T018", "row 7"),
        (DATA, ["--weights", "w", "--replicates", "rep_*", "--rep-type", "JKn"], "T010", "no column like 'rep_*'"),
        (DATA, ["--weights", "w", "--replicates", "w,N", "--rep-type", "JKn"], "T019", "JKn weights without rscales"),
        (DATA, [], "T020", "neither weights nor populations"),
        (DATA, [*DESIGN, "--by", "region"], "T040", "no such column"),
        (DATA, [*DESIGN, "--test", "region"], "T040", "no such column"),
        (DATA.with_columns(side=pl.lit("l")), [*DESIGN, "--test", "side"], "T044", "1 group"),
    ],
)
def test_a_design_that_cannot_be_used(
    frame: pl.DataFrame, options: list[str], code: str, found: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame.write_csv(tmp_path / "data.csv")
    exit_code, said = told([str(tmp_path / "data.csv"), "--var", "pay", *options], capsys)
    assert exit_code == ESTIMATION
    assert said.startswith(code)
    assert found in said


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("data.csv", b"", "T022"),
        ("data.csv", b"pay,w\n", "T021"),
        ("data.csv", b"\xff\xfe\x00pay", "T022"),
        ("data.csv", b"pay,w\n1,2\n3,4,5\n", "T022"),
        ("data.parquet", b"pay,w\n1,2\n", "T022"),
        ("data.sav", b"pay,w\n1,2\n", "T022"),
        ("data.docx", b"pay", "T022"),
        ("data.csv", None, "T022"),
    ],
)
def test_a_file_that_cannot_be_read(
    name: str, content: bytes | None, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    exit_code, said = told([str(path), "--var", "pay", "--weights", "w"], capsys)
    assert exit_code == ESTIMATION
    assert said.startswith(f"{code} {path}")


@pytest.mark.parametrize(
    ("margins", "code", "found"),
    [
        ('[[margin]]\ncolumns = ["side"]\ntotals = { l = 22 }', "W017", "'r', rows 3, 5, 7"),
        (SIDES + '[[margin]]\ncolumns = ["h"]\ntotals = { a = 12, b = 31 }', "W013", "42"),
        (SIDES.replace("r = 20", "r = 20, m = 3"), "W008", "side=m"),
        (SIDES + TWICE, "W010", "twice"),
        ('method = "rakling"\n' + SIDES, "W016", "'rakling'"),
        ("totals =", "W016", "a TOML file in UTF-8"),
    ],
)
def test_margins_that_cannot_be_met(
    margins: str, code: str, found: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    DATA.with_columns(twice=2 * pl.col("hours")).write_csv(tmp_path / "data.csv")
    (tmp_path / "margins.toml").write_text(margins)
    arguments = [str(tmp_path / "data.csv"), "--var", "pay", *DESIGN, "--calibrate", str(tmp_path / "margins.toml")]
    exit_code, said = told(arguments, capsys)
    assert exit_code == WEIGHTING
    assert said.startswith(code)
    assert found in said


def test_several_problems_come_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed("w", "high", 3).write_csv(tmp_path / "data.csv")
    _, said = told([str(tmp_path / "data.csv"), "--var", "pay", "--weights", "w", "--strata", "area"], capsys)
    assert "T010 column 'area'" in said
    assert "T011 row 3, column 'w'" in said


def test_a_domain_without_respondents_is_a_row_that_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    DATA.write_csv(tmp_path / "data.csv")
    main(["tabulate", str(tmp_path / "data.csv"), "--var", "pay", *DESIGN, "--by", "h,hours"])
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("a,15,")]
    assert rows == ["a,15,pay,,,,,,,0.0,0,no_respondents"]


def test_text_among_numbers_is_a_slip_and_text_among_texts_a_category(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    DATA.with_columns(grade=pl.Series(["1", "2", "x", "y", "x", "y"])).write_csv(tmp_path / "data.csv")
    main(["tabulate", str(tmp_path / "data.csv"), "--var", "grade", *DESIGN])
    assert len(capsys.readouterr().out.splitlines()) == 5
