"""Whatever stands in a file, reading it gives a scenario or a ScenarioError, and nothing else."""

from __future__ import annotations

import contextlib
import math

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulation.errors import ScenarioError
from simulation.groups import GROUPS, read_whom
from simulation.levers import LEVERS
from simulation.parameters import PARAMETERS
from simulation.rule_proof import can_hold
from simulation.scenario import Scenario
from simulation.toml_lines import read_text

WORDS = st.sampled_from([
    "question", "extends", "cohort", "people", "years", "own_experience", "primary", "policy", "assumption", "area", "lever",
    "set", "multiply", "add", "from", "until", "ramp", "whom", "covers", "places", "because", "name", "range", "outcome",
    "horizon", "group", "layer", "switch_off", "switch_on", "cost", "currency", "population_group", "share", "bias", "marked",
    "experiment", "state", "cap", "freeze", "give_tie", "count", "give_role", "take_role", "move", "when", "domain", "after",
    "lasts", "policing", "x",
])  # fmt: skip
VALUES = st.one_of(
    st.integers(-(10**30), 10**30).map(str),
    st.floats().map(lambda value: "nan" if math.isnan(value) else repr(value)),
    st.sampled_from([
        "true", "[]", "{}", "1979-05-27", "07:32:00", "[0, 0.4]", "[[1]]", '"60 %"', '"0.2 % a year"', '"26 weeks"', '"year 2"',
        '"week 52"', '"baseline"', '"the-visit"', '"england"', '"a year"', "{set = 1}", '"2 years"', "inf", "-nan", "0x1f",
        '["peers"]', '"hope"', '"null"', '"decided"', '"work"', '"well"', '"new"', '"recovering"', '{amount = 3, per = "person"}',
        '"GBP"', "false",
    ]),
    st.sampled_from([*LEVERS, *PARAMETERS, *GROUPS]).map(lambda name: f'"{name}"'),
    st.text(st.characters(codec="utf-8", exclude_characters="'\n\r", exclude_categories=["Cc"]), max_size=12).map(
        lambda text: f"'{text}'"
    ),
)  # fmt: skip
LINES = st.one_of(
    st.tuples(WORDS, VALUES).map(lambda pair: f"{pair[0]} = {pair[1]}"),
    st.tuples(WORDS, WORDS, VALUES).map(lambda pair: f"{pair[0]}.{pair[1]} = {pair[2]}"),
    WORDS.map(lambda word: f"[[{word}]]"),
    WORDS.map(lambda word: f"[{word}]"),
    st.just("# a comment"),
)


def reads_or_refuses(text: str) -> None:
    refusal = None
    try:
        plan = Scenario.from_text(text)
    except ScenarioError as error:
        refusal = error
    else:
        assert all(plan.describe())
        plan.resolved()
    assert refusal is None or (refusal.problems and str(refusal))


@given(st.text(max_size=300))
@settings(max_examples=300)
def test_any_text_is_read_or_refused(text):
    reads_or_refuses(text)


@given(st.lists(LINES, max_size=12))
@settings(max_examples=500, suppress_health_check=[HealthCheck.too_slow])
def test_any_toml_of_known_words_is_read_or_refused(lines):
    reads_or_refuses("\n".join(lines))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(content)
    with contextlib.suppress(ScenarioError):
        Scenario.load(path)


@given(st.sampled_from(list(LEVERS)), st.dictionaries(WORDS, VALUES, max_size=6))
@settings(max_examples=400)
def test_any_policy_is_read_or_refused(lever, keys):
    reads_or_refuses("\n".join(["[[policy]]", f'lever = "{lever}"', *(f"{key} = {value}" for key, value in keys.items())]))


RULE_WORDS = st.sampled_from([
    "and", "or", "not", "(", ")", "==", "!=", "<", "<=", ">", ">=", "identity", "use", "record", "area", "0.5", "-1", "1e9",
    '"active"', '"none"', "'home'", "has_record", "women", "flag", "stigma", "domains", "=", "1..2", "__class__", "lambda", "é",
])  # fmt: skip


@given(st.one_of(st.text(max_size=80), st.lists(RULE_WORDS, max_size=25).map(" ".join)))
@settings(max_examples=500)
def test_any_rule_is_read_or_refused(text):
    with contextlib.suppress(ScenarioError):
        assert can_hold(read_whom(text)) in (True, False)


def paths_of(data: object, path: tuple[str | int, ...] = ()):
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield (*path, key)
            yield from paths_of(value, (*path, key))


@given(st.lists(LINES, max_size=12))
@settings(max_examples=500, suppress_health_check=[HealthCheck.too_slow])
def test_every_key_of_good_toml_has_its_line(lines):
    try:
        toml = read_text("\n".join(lines), "any")
    except ScenarioError:
        return
    for path in paths_of(toml.data):
        assert path in toml.lines, (path, toml.lines)
        assert 1 <= toml.lines[path] <= len(lines)
        if isinstance(path[-1], str):
            assert path[-1] in lines[toml.lines[path] - 1]


@given(st.dictionaries(WORDS, VALUES, max_size=7))
@settings(max_examples=400)
def test_any_experiment_is_read_or_refused(keys):
    reads_or_refuses("\n".join(["[[experiment]]", *(f"{key} = {value}" for key, value in keys.items())]))
