"""What is handed on holds what it should: the source with tests and texts, the installed package with its scenarios."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile

import pytest


@pytest.fixture(scope="module")
def built(root, tmp_path_factory):
    """Names of the files in the source distribution and in the wheel, each without its first folder or as it is."""
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        source = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        wheel = set(archive.namelist())
    return source, wheel


def scenario_files(root) -> set[str]:
    return {path.relative_to(root / "scenarios").as_posix() for path in (root / "scenarios").rglob("*.toml")}


def test_the_source_distribution_holds_everything_a_reader_needs(root, built, project_files):
    source, _ = built
    tracked = {path.relative_to(root).as_posix() for path in project_files}
    assert tracked - source <= {".gitattributes"}


def test_the_wheel_holds_every_scenario_inside_the_package(root, built):
    _, wheel = built
    assert scenario_files(root)
    assert {f"simulation/_scenarios/{name}" for name in scenario_files(root)} <= wheel


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_beside_them(root, built, project_files):
    _, wheel = built
    tracked = {path.relative_to(root).as_posix() for path in project_files}
    assert {name for name in tracked if name.split("/")[0] in {"simulation", "analysis"}} <= wheel
    assert {name.split("/")[0] for name in wheel if ".dist-info/" not in name} == {"simulation", "analysis"}
