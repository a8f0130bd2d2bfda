"""`barometer tabulate` on files of every kind, and what it says of files and options it cannot use."""

import json
from pathlib import Path

import polars as pl
import pyreadstat
import pytest
from click.testing import CliRunner, Result

from barometer.cli import command, main
from barometer.estimation import ReplicateColumns, mean, proportion, quantiles, ratio, survey_design, variance
from barometer.problems import BadInput

DESIGN = ["--weights", "w", "--strata", "h", "--fpc", "N"]
DATA = pl.DataFrame(
    {
        "h": ["a", "a", "a", "b", "b", "b", "b", "b"],
        "N": [12] * 3 + [30] * 5,
        "w": [4.0] * 3 + [6.0] * 5,
        "pay": [31.5, 28.25, None, 40.0, 22.0, 35.75, 27.5, 30.0],
        "hours": [37, 37, 20, 37, 15, 30, 37, 32],
        "new": ["yes", "no", "yes", None, "no", "yes", "no", "no"],
        "side": ["l", "r", "l", "r", "l", "r", "l", "r"],
    }
).with_columns(
    *((pl.col("w") * pl.when(pl.int_range(8) == r).then(0).otherwise(8 / 7)).alias(f"rep_{r}") for r in range(8))
)
MARGINS = """
method = "raking"
[[margin]]
columns = ["side"]
totals = { l = 22, r = 20 }
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data.csv"
    DATA.write_csv(path)
    return path


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(command, ["tabulate", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def table(text: str) -> pl.DataFrame:
    return pl.read_csv(text.encode(), infer_schema_length=None)


def refused(*arguments: object) -> dict[str, str]:
    with pytest.raises(BadInput) as caught:
        CliRunner().invoke(command, ["tabulate", *map(str, arguments)], catch_exceptions=False, standalone_mode=False)
    return {problem.code: problem.found for problem in caught.value.problems}


def plain():  # type: ignore[no-untyped-def]
    return survey_design(DATA, weights="w", strata="h", fpc="N")


def test_figures_are_the_librarys_to_the_last_digit(data: Path) -> None:
    found = table(run(data, "--var", "pay,hours", "--by", "side", "--deff", *DESIGN).output)
    expected = mean(plain(), ["pay", "hours"], by="side").table
    for name in ("estimate", "se", "ci_low", "ci_high", "deff", "df", "n"):
        assert found[name].to_list() == expected[name].to_list(), name
    assert found.columns == expected.columns
    assert found.select("side", "variable").rows() == [("l", "pay"), ("l", "hours"), ("r", "pay"), ("r", "hours")]


def test_every_statistic(data: Path) -> None:
    shares = table(run(data, "--var", "new", "--stat", "prop", "--ci", "beta", *DESIGN).output)
    assert shares["ci_high"].to_list() == proportion(plain(), "new", ci="beta").table["ci_high"].to_list()
    for how in (["--var", "pay/hours"], ["--var", "pay,hours"], ["--var", "pay", "--denominator", "hours"]):
        ratios = table(run(data, *how, "--stat", "ratio", *DESIGN).output)
        assert ratios["se"].to_list() == ratio(plain(), "pay", "hours").table["se"].to_list()
    spread = table(run(data, "--var", "pay", "--stat", "var", *DESIGN).output)
    assert spread["se"].to_list() == variance(plain(), "pay").table["se"].to_list()
    totals = table(run(data, "--var", "pay,new", "--stat", "total", *DESIGN).output)
    assert totals["category"].to_list() == [None, "no", "yes"]
    middle = table(run(data, "--var", "pay", "--stat", "quantile", "--quantiles", "0.5,0.9", *DESIGN).output)
    assert middle["category"].to_list() == [0.5, 0.9]
    assert middle["estimate"].to_list() == [one.estimate for one in quantiles(plain(), "pay", [0.5, 0.9])]


def test_tests_come_after_the_estimates(data: Path) -> None:
    _, tests = run(data, "--var", "pay,hours", "--test", "side", *DESIGN).output.split("\n\n")
    assert table(tests).select("variable", "a", "b").rows() == [("pay", "l", "r"), ("hours", "l", "r")]
    _, tests = run(data, "--var", "new", "--stat", "prop", "--test", "side", *DESIGN).output.split("\n\n")
    assert table(tests)["kind"].to_list() == ["F"]


def test_json_has_estimates_tests_and_design(data: Path, tmp_path: Path) -> None:
    content = json.loads(run(data, "--var", "pay", "--test", "side", "--json", *DESIGN).output)
    assert content["design"]["degrees_of_freedom"] == 6
    assert content["estimates"][0]["estimate"] == mean(plain(), "pay").table["estimate"][0]
    assert content["tests"][0]["variable"] == "pay"
    run(data, "--var", "pay", "--out", tmp_path / "est.json", *DESIGN)
    assert json.loads((tmp_path / "est.json").read_text())["estimates"] == content["estimates"]


def test_tables_are_written(data: Path, tmp_path: Path) -> None:
    assert run(data, "--var", "pay", "--test", "side", "--out", tmp_path / "est.csv", *DESIGN).output == ""
    assert pl.read_csv(tmp_path / "est.csv")["n"].to_list() == [7]
    assert pl.read_csv(tmp_path / "est.tests.csv").height == 1
    run(data, "--var", "pay", "--out", tmp_path / "est.parquet", *DESIGN)
    assert pl.read_parquet(tmp_path / "est.parquet")["n"].to_list() == [7]


def test_parquet_and_semicolons_and_decimal_commas(data: Path, tmp_path: Path) -> None:
    expected = run(data, "--var", "pay", *DESIGN).output
    DATA.write_parquet(tmp_path / "data.parquet")
    assert run(tmp_path / "data.parquet", "--var", "pay", *DESIGN).output == expected
    nordic = tmp_path / "nordic.csv"
    DATA.write_csv(nordic, separator=";", decimal_comma=True, include_bom=True, null_value="NA")
    assert run(nordic, "--var", "pay", "--decimal-comma", *DESIGN).output == expected


def test_replicates_by_pattern(data: Path) -> None:
    options = ["--weights", "w", "--replicates", "rep_*", "--rep-type", "JK1", "--rep-scale", "0.875", "--rep-mse"]
    found = table(run(data, "--var", "pay", *options).output)
    how = ReplicateColumns([f"rep_{r}" for r in range(8)], type="JK1", scale=0.875, mse=True)
    expected = mean(survey_design(DATA, weights="w", replicates=how), "pay").table
    assert found["se"].to_list() == expected["se"].to_list()
    assert found["df"].to_list() == [7.0]
    assert refused(data, "--var", "pay", "--weights", "w", "--replicates", "bs_*").keys() == {"T010"}


def test_calibrated_to_a_file_of_margins(data: Path, tmp_path: Path) -> None:
    margins = tmp_path / "margins.toml"
    margins.write_text(MARGINS)
    found = table(run(data, "--var", "side", "--stat", "total", "--calibrate", margins, *DESIGN).output)
    assert found["estimate"].to_list() == pytest.approx([22, 20])
    assert found["se"].to_list() == [0, 0]
    options = ["--weights", "w", "--replicates", "rep_*", "--rep-scale", "0.875", "--calibrate", margins]
    replicated = table(run(data, "--var", "side", "--stat", "total", *options).output)
    assert replicated["estimate"].to_list() == pytest.approx([22, 20])
    assert replicated["se"].to_list() == pytest.approx([0, 0], abs=1e-9)
    assert refused(data, "--var", "pay", "--calibrate", tmp_path / "none.toml", *DESIGN).keys() == {"W016"}


def test_two_stages_and_lonely_units(tmp_path: Path) -> None:
    rows = pl.DataFrame({"i": [1, 1, 2, 2, 3], "N": [9.0] * 5, "M": [4.0, 4, 2, 2, 3], "y": [1.0, 3, 2, 5, 4]})
    path = tmp_path / "two.csv"
    rows.write_csv(path)
    options = ["--var", "y", "--psu", "i,j", "--fpc", "N,M"]
    rows.with_columns(j=pl.int_range(5)).write_csv(path)
    assert refused(path, *options).keys() == {"T018"}
    assert table(run(path, *options, "--lonely", "certainty").output)["n"].to_list() == [5]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("none.csv", None, "T022"),
        ("empty.csv", b"", "T022"),
        ("header.csv", b"w,y\n", "T021"),
        ("latin.csv", "w,køn\n1,2\n".encode("latin-1"), "T022"),
        ("ragged.csv", b"w,y\n1,2,3\n", "T022"),
        ("broken.parquet", b"nothing", "T022"),
        ("letter.docx", b"", "T022"),
        ("text.csv", b"w,y\n1,2\nx,3\n", "T011"),
        ("answer.csv", b"w,y\n1,2\n1,x\n", "T041"),
        ("column.csv", b"w,x\n1,2\n1,3\n", "T040"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, name: str, content: bytes | None, code: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    how = ["--stat", "var"] if code == "T041" else []
    assert refused(tmp_path / name, "--var", "y", "--weights", "w", *how).keys() == {code}


@pytest.mark.parametrize("ending", [".sav", ".dta"])
def test_files_of_spss_and_stata_give_what_csv_gives(tmp_path: Path, ending: str) -> None:
    data = pl.DataFrame({"w": [1.5, 2.0, 2.5, 3.0], "y": [1.0, 4.0, None, 2.0], "s": ["ø", "ø", "b", "b"]})
    write = pyreadstat.write_sav if ending == ".sav" else pyreadstat.write_dta
    write(data, str(tmp_path / f"data{ending}"))
    data.write_csv(tmp_path / "data.csv")
    tables = [
        table(run(tmp_path / name, "--var", "y", "--by", "s", "--weights", "w").stdout)
        for name in ("data.csv", f"data{ending}")
    ]
    assert tables[0].height == 2
    assert tables[0].equals(tables[1])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--stat", "ratio"], "--denominator"),
        (["--stat", "ratio", "--denominator", "w,h"], "one for each"),
        (["--stat", "quantile", "--ci", "likelihood"], "no 'likelihood' interval"),
        (["--ci", "score"], "quantiles"),
        (["--stat", "quantile", "--quantiles", "half"], "not numbers"),
        (["--calibrate", "margins.toml"], "--weights"),
        (["--level", "1"], "level"),
    ],
)
def test_options_that_do_not_go_together(data: Path, options: list[str], message: str) -> None:
    result = CliRunner().invoke(command, ["tabulate", str(data), "--var", "pay,hours,w", *options])
    assert result.exit_code == 2
    assert message in result.output


def test_bad_input_ends_with_the_exit_code_of_estimation(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["tabulate", str(data), "--var", "pai", "--weights", "w"])
    assert ended.value.code == 17
    assert "Did you mean 'pay'?" in capsys.readouterr().err
