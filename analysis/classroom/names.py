"""Fictional first names that say nothing of sex: what people of a world are called in the classroom."""

from __future__ import annotations

import string

import numpy as np

NAMES = tuple(
    """
    Addison Adi Akira Alex Amari Amal Andie Angel Ari Ariel Ash Aspen Aubrey August Avery Azar Bailey Bao Blair Blake Bo
    Briar Bryn Cameron Casey Charlie Chi Chris Cleo Cody Corey Dakota Dana Darcy Dele Denver Devon Drew Eden Eli Ellis Ember
    Emery Esme Fadil Farai Finley Flynn Frankie Gabi Gale Glen Gray Greer Hadley Hana Harley Harper Haru Haven Hayden Hollis
    Iman Indigo Indra Isa Izzy Jaden Jamie Jan Jay Jean Jess Jo Jody Jordan Jules Juno Kai Kamau Kelly Kendall Kerry Kim Kiran
    Kit Kofi Kris Lane Lee Leslie Lin Logan Lou Luca Lux Maddox Mani Marley Mattie Max Micah Mika Milan Minh Misha Morgan
    Nam Nico Nima Noa Noel Noor Nour Ollie Onyx Pat Parker Paz Peyton Phoenix Quinn Raj Rami Ray Reese Remi Ren Riley Rio
    River Robin Rory Rowan Ruby Sage Sal Sam Sami Sandy Sasha Sidney Shay Shea Shiloh Sky Sol Storm Taj Tal Taylor Tao Temi
    Terry Toni Toby Tracy Tyler Uma Val Vic Wren Winter Xen Yael Yan Yuki Zain Zephyr Ziggy Zuri
    """.split()
)


def names_of(people: int, seed: int) -> list[str]:
    """A name for each of so many people, no two the same; other seeds, whose people are others, give other names to a number.

    Where there are more people than names, a name comes again with an initial: "Robin", "Robin B.", "Robin C.".
    """
    order = np.random.default_rng([seed, len(NAMES)]).permutation(len(NAMES))
    found = []
    for number in range(people):
        again, place = divmod(number, len(NAMES))
        name = NAMES[order[place]]
        found.append(f"{name} {string.ascii_uppercase[again % 26]}." if again else name)
    return found
