"""The repository checks itself: sizes, generated pages, problem codes, words that don't belong here."""

import ast
import importlib.util
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from barometer.cli import command
from barometer.problems import CATALOGUE

ROOT = Path(__file__).parent.parent
PURE = ("unit", "property", "reference", "spec")
MODULES = sorted(path for path in (ROOT / "src").rglob("*.py") if path.parent.name != "migrations")  # Django's writing


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *patterns], cwd=ROOT, capture_output=True, check=True
    )
    return [path for name in listed.stdout.decode().splitlines() if (path := ROOT / name).is_file()]


def test_modules_fit_a_few_screens() -> None:
    long = {str(path): count for path in MODULES if (count := len(path.read_text().splitlines())) > 400}
    assert not long


def test_test_modules_have_names_of_their_own() -> None:
    """pytest imports them by name alone, and some lend helpers to others."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_functions_fit_a_screen() -> None:
    long = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno > 60:
                long.append(f"{path.name}:{node.name}")
    assert not long


def imported(path: Path) -> set[str]:
    """Names of the modules a file imports, dotted."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return found


def test_tests_of_the_pure_rooms_know_no_server_and_no_browser() -> None:
    heavy = re.compile(r"(django|pytest_django|playwright|pyspark|barometer\.(web|cli\._demo))(\.|$)")
    own = [one for name in PURE for one in (ROOT / "tests" / name).rglob("*.py")]
    found = {f"{path.name}: {name}" for path in own for name in imported(path) if heavy.match(name)}
    assert len(own) > 100 and not found


def test_what_takes_minutes_is_marked_as_a_journey() -> None:
    """A browser, Spark, the commands as processes of their own: `make test-fast` leaves them out by their mark."""
    marked = re.compile(r"^pytestmark = .*\bmark\.journey\b", re.MULTILINE)
    heavy = {"playwright.sync_api.Browser", "playwright.sync_api.sync_playwright", "pyspark.sql.SparkSession"}
    tests = list((ROOT / "tests").rglob("test_*.py"))
    long = [path for path in tests if path.parent.name == "journey" or heavy & imported(path)]
    assert len(long) > 10
    assert not [path.name for path in long if not marked.search(path.read_text())]


def test_generated_pages_are_current() -> None:
    spec = importlib.util.spec_from_file_location("generate_docs", ROOT / "tools" / "generate_docs.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, text in module.pages().items():
        assert (ROOT / "docs" / "reference" / name).read_text() == text, "run .venv/bin/python tools/generate_docs.py"


def test_every_problem_code_is_tested() -> None:
    text = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    assert not CATALOGUE.keys() - set(re.findall(r"\b[A-Z]\d{3}\b", text))


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    missing = [name for name in command.commands if f"`{name}`" not in readme and f"barometer {name}" not in readme]
    assert not missing


def test_every_catalogue_kind_has_plain_words() -> None:
    for kind in CATALOGUE.values():
        assert kind.explanation.endswith((".", ").")), kind.code
        assert not kind.title.endswith("."), kind.code


@pytest.mark.parametrize(
    "path", tracked("*.md", "*.toml", "*.lock", "*.yaml", "Makefile", "*.sh"), ids=lambda path: path.name
)
def test_no_file_names_a_registry_or_this_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"pypi\.org|pythonhosted|registry\.npmjs|https?://[^\s]*/simple|/work/|/root/", text)


def test_the_lock_file_covers_the_requirements() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[><=\[]", one)[0].lower() for one in wanted}
    locked = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    assert names <= locked


def test_relative_links_of_the_docs_lead_somewhere() -> None:
    dead = []
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text()):
            if not target.startswith(("http:", "https:", "mailto:")) and not (path.parent / target).exists():
                dead.append(f"{path.name}: {target}")
    assert not dead
