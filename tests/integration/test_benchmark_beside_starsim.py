"""The engine beside Starsim: each number of people that is asked for has its line. Starsim itself is not needed here."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "beside_starsim.py"


def test_each_number_of_people_is_measured_in_turns_and_has_its_line(monkeypatch, capsys):
    """The least of the turns counts, of each alone, and Starsim gets the contacts that people have in the engine."""
    found = importlib.util.spec_from_file_location("beside_starsim", BENCHMARK)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    asked, slowness = [], iter([3, 3, 1, 2, 2, 1, 1, 1])

    def measured(interpreter, *arguments):
        asked.append((interpreter, arguments))
        people = arguments[arguments.index("--people") + 1]
        common = {"nanoseconds": next(slowness) * people, "steps": 4, "versions": {"numpy": "1"}}
        return common | ({"contacts": people / 100} if "--live" in arguments else {"infected": 0.25})

    monkeypatch.setattr(module, "apart", measured)
    wanted = ["beside_starsim.py", "--people", "700", "1900", "--weeks", "4", "--turns", "2", "--starsim", "other"]
    monkeypatch.setattr(sys, "argv", wanted)
    module.main()
    lines = capsys.readouterr().out.splitlines()[-2:]
    assert [line.strip() for line in lines] == [
        "700 people, 7 contacts each: engine 700 ns a person and week (4 weeks),"
        + " Starsim 1,400 ns a person and step (4 steps, 25% infected at the end): 2.00 times the engine's",
        "1,900 people, 19 contacts each: engine 1,900 ns a person and week (4 weeks),"
        + " Starsim 1,900 ns a person and step (4 steps, 25% infected at the end): 1.00 times the engine's",
    ]
    assert asked == [
        (interpreter, (*what, "--people", people, "--weeks", 4))
        for people, contacts in ((700, 7), (1900, 19))
        for _ in range(2)
        for interpreter, what in ((sys.executable, ("--live",)), ("other", ("--infect", contacts)))
    ]
