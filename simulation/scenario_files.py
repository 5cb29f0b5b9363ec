"""Where scenario files are, and how one extends another.

Shipped scenarios stand in `simulation/_scenarios` of an installed package and in `scenarios/` beside the package in a
checkout. `extends` names a file beside the one that says so, then a shipped one: never a path, never outside these folders.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

from simulation.errors import Problem, ScenarioError
from simulation.scenario_shape import NAME, place_of
from simulation.toml_lines import TomlText, read_file
from simulation.units import shown

LONGEST_CHAIN = 20


def shipped_folder() -> Path:
    """The folder of the shipped scenarios."""
    package = Path(__file__).resolve().parent
    installed = package / "_scenarios"
    return installed if installed.is_dir() else package.parent / "scenarios"


def shipped_scenarios() -> list[str]:
    """Names of the shipped scenarios, sorted."""
    return sorted(path.stem for path in shipped_folder().glob("*.toml"))


def shipped_cohorts() -> list[str]:
    """Names of the starting populations, sorted."""
    return sorted(path.stem for path in (shipped_folder() / "cohorts").glob("*.toml"))


def find_scenario(name_or_path: str | Path) -> Path:
    """The file of a scenario, by its name or path.

    A name is looked for among the shipped scenarios, then in `scenarios/` and in the folder one works in.

    Raises
    ------
    ScenarioError
        If there is no such scenario.
    """
    text = str(name_or_path)
    if isinstance(name_or_path, Path) or "/" in text or "\\" in text or text.endswith(".toml"):
        return Path(text)
    if re.match(NAME, text):
        for folder in (shipped_folder(), Path("scenarios"), Path()):
            path = folder / f"{text}.toml"
            if path.is_file():
                return path
    raise ScenarioError([_no_such(shown(text).strip('"'), "no scenario by this name", text, shipped_scenarios())])


def _no_such(where: str, given: str, name: str, known: list[str]) -> Problem:
    near = get_close_matches(name[:80], known, n=1, cutoff=0.5)
    hint = "`recovery list scenarios` shows them; a path must contain / or end in .toml."
    if near:
        hint = f'Did you mean "{near[0]}"?'
    return Problem(where, given, "one of " + ", ".join(known), hint)


def read_chain(toml: TomlText, path: Path | None) -> tuple[list[TomlText], list[Problem]]:
    """A file and all that it extends, the one furthest away first, and the problems met on the way.

    Parameters
    ----------
    toml
        The file as read.
    path
        Where it stands; None for a text without a file, which can extend shipped scenarios only.
    """
    chain, problems = [toml], []
    seen = [path.resolve()] if path else []
    folders = [path.parent, shipped_folder()] if path else [shipped_folder()]
    while isinstance(name := chain[0].data.get("extends"), str):
        where = place_of(chain[0], ("extends",))
        found = _find_extended(name, folders)
        if isinstance(found, Problem):
            problems.append(Problem(where, found.given, found.allowed, found.todo))
            break
        if found in seen or len(seen) >= LONGEST_CHAIN:
            problems.append(_circle(where, name, [*seen, found]))
            break
        try:
            chain.insert(0, read_file(found))
        except ScenarioError as error:
            problems.extend(error.problems)
            break
        seen.append(found)
        folders = [found.parent, shipped_folder()]
    return chain, problems


def _circle(where: str, name: str, files: list[Path]) -> Problem:
    if files[-1] not in files[:-1]:
        return Problem(where, f"more than {LONGEST_CHAIN} files that extend one another", f"at most {LONGEST_CHAIN}",
                       "Join some of them.")
    order = " extends ".join(file.stem for file in files[files.index(files[-1]) :])
    return Problem(where, f"{shown(name)}: {order}, a circle", "a scenario that does not, in the end, extend this one",
                   "Leave out `extends` in one of these files.")


def _find_extended(name: str, folders: list[Path]) -> Path | Problem:
    """The file that `extends` names, or what is wrong with it."""
    if not re.match(NAME, name):
        return Problem("", shown(name), "the name of a scenario, of letters, digits, - and _: never a path or a file's ending",
                       "Put the file beside this one, and give its name without .toml.")
    for folder in folders:
        path = folder / f"{name}.toml"
        if path.is_file():
            real = path.resolve()
            if real.parent not in [each.resolve() for each in folders]:
                return Problem("", f"{shown(name)}, a link to {shown(str(real))}",
                               "a file in this folder or among the shipped scenarios", "Copy the file here.")
            return real
    return _no_such("", shown(name), name, sorted({*(path.stem for path in folders[0].glob("*.toml")), *shipped_scenarios()}))
