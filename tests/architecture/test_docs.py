"""The pages say what the code does: everything named, every link leads somewhere, every example gives what it shows."""

from __future__ import annotations

import ast
import doctest
import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("docs", "scenarios", "tests", "benchmarks")
PAGES = sorted([*ROOT.glob("*.md"), *(page for room in ROOMS for page in (ROOT / room).rglob("*.md"))])
MODEL_PAGE = ROOT / "docs" / "model.md"

FENCED = re.compile(r"^(?P<fence>`{3,}|~{3,}).*?^(?P=fence)\s*$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
EXAMPLE = re.compile(r"^```pycon\n(.*?)^```", re.MULTILINE | re.DOTALL)


def of_page(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def prose(path: Path) -> str:
    return FENCED.sub("", path.read_text(encoding="utf-8"))


def words_in_code(path: Path) -> set[str]:
    """Every word that the page sets as code, outside fenced blocks: `identity` and both of `record, record_age`."""
    return {word for _, code in INLINE.findall(prose(path)) for word in re.findall(r"[A-Za-z_]\w*", code)}


def anchors(path: Path) -> set[str]:
    """Names under which a heading can be linked to, as code hosts make them: lower case, hyphens, nothing else."""
    found: dict[str, int] = {}
    for heading in HEADING.findall(prose(path)):
        plain = re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", LINK.sub("", heading)).lower()).strip().replace(" ", "-")
        found[plain] = found.get(plain, -1) + 1
    return {name if not again else f"{name}-{again}" for name, times in found.items() for again in range(times + 1)}


@pytest.mark.parametrize("page", PAGES, ids=of_page)
def test_every_link_inside_the_project_leads_somewhere(page):
    broken = []
    for target in LINK.findall(INLINE.sub("", prose(page))):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        missing = not there.exists() or not there.is_relative_to(ROOT)
        if missing or (anchor and there.suffix == ".md" and anchor not in anchors(there)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", [page for page in PAGES if EXAMPLE.search(page.read_text(encoding="utf-8"))], ids=of_page)
def test_the_examples_of_a_page_give_what_it_shows(page, tmp_path, monkeypatch):
    """Blocks of one page follow each other, as its reader would type them, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    text = "\n".join(EXAMPLE.findall(page.read_text(encoding="utf-8")))
    example = doctest.DocTestParser().get_doctest(text, {}, of_page(page), str(page), 0)
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert runner.run(example, out=said.append).failed == 0, "".join(said)


def test_the_model_page_names_every_parameter():
    from simulation.parameters import PARAMETERS

    assert [name for name in PARAMETERS if name not in words_in_code(MODEL_PAGE)] == []


def test_the_model_page_names_everything_known_about_a_person():
    from simulation.state import FIELDS

    assert [field.name for field in FIELDS if field.name not in words_in_code(MODEL_PAGE)] == []


def test_the_model_page_names_every_lever():
    from simulation.levers import LEVERS

    assert [name for name in LEVERS if name not in words_in_code(MODEL_PAGE)] == []


def test_the_model_page_names_every_step_of_a_week(sources):
    """Every function of the rule that `live_one_week` calls."""
    tree = sources["simulation.week"]
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    called = {getattr(node.func, "id", "") for node in ast.walk(functions["live_one_week"]) if isinstance(node, ast.Call)}
    steps = called & set(functions)
    assert steps
    assert sorted(steps - words_in_code(MODEL_PAGE)) == []


def test_the_model_page_follows_the_odd_protocol_in_its_order():
    """Grimm et al. 2020: seven elements."""
    parts = (
        "Purpose and patterns",
        "Entities, state variables and scales",
        "Process overview and scheduling",
        "Design concepts",
        "Initialization",
        "Input data",
        "Submodels",
    )
    headings = HEADING.findall(prose(MODEL_PAGE))
    found = [next((i for i, heading in enumerate(headings) if part.lower() in heading.lower()), -1) for part in parts]
    assert -1 not in found, dict(zip(parts, found, strict=True))
    assert found == sorted(found)


def test_the_reference_page_is_current():
    path = ROOT / "docs" / "make_reference.py"
    spec = importlib.util.spec_from_file_location("make_reference", path)
    make_reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_reference)
    written = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    assert written == make_reference.reference(), "run: python docs/make_reference.py"


@pytest.mark.parametrize("name", ["fit", "posterior"])
def test_a_page_made_from_a_template_says_what_the_template_says(name):
    """Every paragraph that no number is filled into; the rest is made by `python docs/make_fit.py` and the like."""
    paragraphs = (ROOT / "docs" / f"{name}_template.md").read_text(encoding="utf-8").split("\n\n")
    page = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    assert [text for text in paragraphs if "{" not in text and text.strip() not in page] == []
