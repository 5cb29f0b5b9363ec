"""Nothing in the project depends on, or names, the machine it was written on."""

from __future__ import annotations

import re

# Folders that only one machine has, and hosts that packages come from: which of them is the installer's business. Written
# so that this file does not match itself.
MACHINE = re.compile(
    r"(?<![\w.<>-])/(?:work|root|home|Users|opt|mnt)/[\w.]"
    r"|\b[A-Z]:\\Users\\"
    r"|\b(?:pypi|pythonhosted|anaconda|conda-forge)\.(?:org|com)\b"
    r"|--(?:extra-)?index-url\b"
)
NO_TEXT = {".png", ".parquet", ".svg", ".gz", ".ico", ".woff2"}


def test_no_file_names_a_machine_path_or_a_package_host(root, project_files):
    wrong = []
    for path in project_files:
        if path.suffix in NO_TEXT:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if MACHINE.search(line):
                wrong.append(f"{path.relative_to(root)}:{number}: {line.strip()[:100]}")
    assert wrong == []


def test_the_pattern_finds_what_it_is_for():
    assert MACHINE.search("/" + "home/someone/data")
    assert MACHINE.search("see " + "https://" + "pypi" + ".org/project")
    assert not MACHINE.search("results/work/run.json and .venv/bin/python")
