"""Words of a report that a reader may not know, each in a sentence; the whole list is docs/glossary.md."""

from __future__ import annotations

WORDS: tuple[tuple[str, str], ...] = (
    ("world", "one run of the model: made-up people and their lives, week by week."),
    ("pair of worlds", "two worlds of the same people with the same luck, which differ in a policy only."),
    ("own experience", "having, or having had, a problem with substance use, offending or mental health."),
    ("domain", "one of these three: substance use, offending, mental health. A life may have one, two or all three."),
    ("at risk", "able to have the outcome at all: a relapse, for one, can happen only to people who are in recovery."),
    ("recovering", "having decided to leave a problem behind, and living it; “sustained” when others believe it too."),
    ("lapse", "a brief return to a problem, from which a person comes back or goes on to a relapse."),
    ("relapse", "a full return to a problem."),
    ("flag", "being a “person of interest” to the police; an unjustified flag is one without cause."),
    ("placebo", "a world with one change that means nothing, made to one person: what it moves is what nothing moves."),
    ("draw", "one set of values of all uncertain numbers, from the posterior or from plausible ranges, lived in both worlds."),
    ("seed", "the number that fixes all luck of a world; the same seed gives the same world again, to the last bit."),
)
