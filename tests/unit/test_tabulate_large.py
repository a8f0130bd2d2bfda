"""`barometer tabulate` with the engines for files too large for memory, and what they do not do."""

import json
import sys
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from barometer.cli import command
from barometer.problems import BadInput
from made_large_survey import assert_same, made

DESIGN = ["--weights", "w", "--strata", "h", "--fpc", "N"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("survey") / "answers.parquet"
    made().write_parquet(path)
    return path


def estimates(path: Path, engine: str, *options: str) -> pl.DataFrame:
    result = CliRunner().invoke(command, ["tabulate", str(path), *options, "--engine", engine, "--json"])
    assert result.exit_code == 0, result.output
    return pl.DataFrame(json.loads(result.stdout)["estimates"], infer_schema_length=None)


def refused(*arguments: str) -> dict[str, str]:
    with pytest.raises(BadInput) as caught:
        CliRunner().invoke(command, ["tabulate", *arguments], catch_exceptions=False, standalone_mode=False)
    return {problem.code: problem.found for problem in caught.value.problems}


@pytest.mark.parametrize(
    "options",
    [
        ["--var", "pay,law", "--by", "kind", "--deff", *DESIGN],
        ["--var", "pay", "--stat", "total", "--weights", "w", "--strata", "h", "--psu", "i,j", "--fpc", "M,L"],
        ["--var", "pay/hours", "--stat", "ratio", *DESIGN],
        ["--var", "law", "--stat", "prop", "--ci", "wilson", *DESIGN],
        ["--var", "pay", "--weights", "w", "--replicates", "rep_*", "--rep-mse"],
    ],
    ids=lambda options: " ".join(options[:4]),
)
def test_streaming_prints_what_polars_prints(data: Path, options: list[str]) -> None:
    assert_same(estimates(data, "streaming", *options), estimates(data, "polars", *options))


def test_a_folder_of_parquet_is_one_table(data: Path, tmp_path: Path) -> None:
    for place, part in enumerate(made().iter_slices(80)):
        part.write_parquet(tmp_path / f"part-{place}.parquet")
    (tmp_path / "_SUCCESS").touch()
    options = ["--var", "pay", "--by", "kind", *DESIGN]
    assert_same(estimates(tmp_path, "streaming", *options), estimates(data, "polars", *options))


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--stat", "quantile", *DESIGN], "quantiles need the values in order"),
        (["--stat", "var", *DESIGN], "fourth powers"),
        (["--test", "kind", *DESIGN], "covariances between domains"),
        (["--calibrate", "margins.toml", *DESIGN], "calibrate first"),
        (["--pps", "brewer", *DESIGN], "unequal probabilities"),
        (["--decimal-comma", *DESIGN], "Parquet"),
        (["--psu", "i", "--fpc", "M"], "--weights"),
    ],
)
@pytest.mark.parametrize("engine", ["streaming", "spark"])
def test_what_sums_cannot_do_is_refused_with_the_reason(engine: str, options: list[str], reason: str) -> None:
    result = CliRunner().invoke(command, ["tabulate", "x.parquet", "--var", "pay", *options, "--engine", engine])
    assert result.exit_code == 2
    assert reason in result.output


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "broken.parquet").write_bytes(b"nothing")
    (tmp_path / "empty").mkdir()
    for name in ("none.parquet", "broken.parquet", "empty"):
        found = refused(str(tmp_path / name), "--var", "y", "--weights", "w", "--engine", "streaming")
        assert found.keys() == {"T022"}, name


def test_spark_without_java_or_its_packages(data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    arguments = [str(data), "--var", "pay", *DESIGN, "--engine", "spark"]
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert refused(*arguments) == {"T026": "no Java"}
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert refused(*arguments) == {"T026": "no package 'pyarrow'"}
