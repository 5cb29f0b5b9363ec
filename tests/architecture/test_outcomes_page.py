"""The page of outcomes says what is declared, and its check says when it does not."""

from __future__ import annotations

import importlib.util

import pytest

from analysis.catalogue import EVERY


@pytest.fixture
def make_outcomes(root):
    spec = importlib.util.spec_from_file_location("make_outcomes", root / "docs" / "make_outcomes.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_outcomes_page_is_current(make_outcomes):
    assert make_outcomes.PAGE.read_text(encoding="utf-8") == make_outcomes.page(), "run: python docs/make_outcomes.py"


def test_every_outcome_stands_on_the_page_once(make_outcomes):
    text = make_outcomes.page()
    assert [name for name in EVERY if text.count(f"\n| `{name}` |") != 1] == []


def test_the_check_fails_where_the_page_is_old(make_outcomes, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(make_outcomes, "PAGE", tmp_path / "outcomes.md")
    monkeypatch.setattr(make_outcomes.sys, "argv", ["make_outcomes.py", "--check"])
    assert make_outcomes.main() == 1
    assert "not current" in capsys.readouterr().out
    monkeypatch.setattr(make_outcomes.sys, "argv", ["make_outcomes.py"])
    assert make_outcomes.main() == 0
    monkeypatch.setattr(make_outcomes.sys, "argv", ["make_outcomes.py", "--check"])
    assert make_outcomes.main() == 0
