"""One small lesson, made once."""

from __future__ import annotations

import pytest

from analysis.classroom.lesson import make_lesson


@pytest.fixture(scope="package")
def lesson():
    return make_lesson("the-visit", "independent-advocates", people=60, seeds=(1, 2))
