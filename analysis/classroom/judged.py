"""The primary outcome as a classroom tells it: people are counted of every 100."""

from __future__ import annotations

from typing import Any

from analysis.pairing import Question
from analysis.words import weeks_in_words


def counts_people(question: Question) -> bool:
    """Whether the primary outcome counts people, so that it is told of every 100 of them."""
    return question.primary.unit == "people per 1,000"


def unit_of(question: Question) -> str:
    """The unit in which the primary outcome is told."""
    return "people of every 100" if counts_people(question) else question.primary.unit


def outcome_data(question: Question) -> dict[str, Any]:
    """What is said of the primary outcome, for a page."""
    outcome = question.primary
    return {
        "phrase": outcome.phrase,
        "whom": question.whom,
        "unit": unit_of(question),
        "better": outcome.better,
        "counts": counts_people(question),
        "span": weeks_in_words(question.horizon),
        "means": outcome.means,
    }
