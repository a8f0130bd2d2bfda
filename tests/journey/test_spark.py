"""The sums by group on a Spark cluster with two workers, started here and stopped when done; loopback only."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner

from barometer.cli import command
from barometer.estimation import (
    ReplicateColumns,
    large_estimates,
    large_survey,
    mean,
    proportion,
    ratio,
    survey_design,
    total,
)
from barometer.problems import BadInput
from made_large_survey import CLUSTERED, REPLICATES, STRATIFIED, assert_same, made

pytestmark = pytest.mark.journey

REPLICATED = {"replicates": ReplicateColumns(REPLICATES, mse=True)}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three Parquet files, as Spark writes them."""
    folder = tmp_path_factory.mktemp("survey") / "answers.parquet"
    folder.mkdir()
    for place, part in enumerate(made(n=600).iter_slices(200)):
        part.write_parquet(folder / f"part-{place}.parquet")
    return folder


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """A master and two workers, each with an executor of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("SPARK_LOCAL_HOSTNAME", "localhost")
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.master("local-cluster[2,1,1024]").appName("barometer tests")
        settings = {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.log.level": "ERROR",
            "spark.scheduler.minRegisteredResourcesRatio": "1",
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.codegen.wholeStage": "false",  # compiling takes longer than 600 rows
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        }
        for name, value in settings.items():
            builder = builder.config(name, value)
        started = builder.getOrCreate()
        yield started
        gateway = started.sparkContext._gateway
        started.stop()
        gateway.shutdown()
        gateway.proc.stdin.close()  # the driver's Java ends with it, its workers have ended before
        gateway.proc.wait(timeout=60)


@pytest.fixture(scope="module")
def survey(session: Any, data: Path) -> Any:
    return session.read.parquet(str(data)).repartition(4)


def test_two_workers_of_this_machine_do_the_work(session: Any) -> None:
    assert session.range(0, 8, 1, 4).count() == 8  # starts only when both have come
    members = session.sparkContext._jsc.sc().getExecutorMemoryStatus().keys().mkString(",").split(",")
    assert len(members) == 3  # the driver and an executor of each worker
    assert {member.rpartition(":")[0] for member in members} <= {"127.0.0.1", "localhost"}


@pytest.mark.parametrize(
    ("design", "by"),
    [(STRATIFIED, ("kind", "size")), (CLUSTERED, ("alone",)), (REPLICATED, ("kind",)), (STRATIFIED, ())],
    ids=["strata and fpc", "two stages", "replicates", "everyone"],
)
def test_figures_are_those_of_the_design_in_memory(survey: Any, design: dict[str, Any], by: tuple[str, ...]) -> None:
    there, here = large_survey(survey, weights="w", **design), survey_design(made(n=600), weights="w", **design)
    found = large_estimates(there, "mean", ["pay", "hours", "law", "four"], by=by).table
    assert_same(found, mean(here, ["pay", "hours", "law", "four"], by=by).table)
    found = large_estimates(there, "proportion", ["law", "done"], by=by).table
    assert_same(found, proportion(here, ["law", "done"], by=by).table)
    found = large_estimates(there, "total", ["pay", "law"], by=by, deff="none").table
    assert_same(found, total(here, ["pay", "law"], by=by, deff="none").table)
    found = large_estimates(there, "ratio", "pay", denominator="hours", by=by).table
    assert_same(found, ratio(here, "pay", "hours", by=by).table)


def test_lonely_units_are_treated_as_in_memory(survey: Any) -> None:
    design: dict[str, Any] = {"strata": "h", "psu": "i", "lonely": "adjust", "lonely_domains": True}
    here = mean(survey_design(made(n=600), weights="w", **design), "pay", by="alone").table
    assert_same(large_estimates(large_survey(survey, weights="w", **design), "mean", "pay", by="alone").table, here)


def test_the_command_gives_what_it_gives_without_spark(session: Any, data: Path, tmp_path: Path) -> None:
    made(n=600).write_parquet(tmp_path / "answers.parquet")
    options = ["--var", "pay", "--by", "kind", "--weights", "w", "--strata", "h", "--fpc", "N", "--deff", "--json"]
    tables = []
    for path, engine in ((data, "spark"), (tmp_path / "answers.parquet", "polars")):
        result = CliRunner().invoke(command, ["tabulate", str(path), *options, "--engine", engine])
        assert result.exit_code == 0, result.output
        tables.append(pl.DataFrame(json.loads(result.stdout)["estimates"]))
    assert_same(*tables)


def test_a_file_that_is_not_there(session: Any, tmp_path: Path) -> None:
    arguments = ["tabulate", str(tmp_path / "none"), "--var", "pay", "--weights", "w", "--engine", "spark"]
    with pytest.raises(BadInput, match="T022"):
        CliRunner().invoke(command, arguments, catch_exceptions=False, standalone_mode=False)
