"""People come first in every text of the project: the words of `docs/words-not-used.txt` stand nowhere."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIST = ROOT / "docs" / "words-not-used.txt"
EXEMPT = {LIST, ROOT / "docs" / "glossary.md"}
SUFFIXES = {".py", ".md", ".toml", ".html", ".js", ".css", ".ipynb"}

# The next character of a phrase's gap may be the mark that begins a comment, a quoted or an indented line.
GAP = r"[\s#>*]+"
MARKED = re.compile(r'(?:"[^"\n]*"|“[^”]*”)\s*\(quote\)')
CURLY = re.compile(r"“[^”]*”")
STRAIGHT = re.compile(r'"[^"\n]*"')


@dataclass(frozen=True)
class Find:
    """One place where a word of the list stands."""

    line: int
    word: str
    instead: str


def read_list(text: str) -> tuple[dict[str, str], list[str]]:
    """Words with what to write instead, and the proper names in which they may stand."""
    words: dict[str, str] = {}
    names: list[str] = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        word, instead = (part.strip() for part in line.split("|", 1))
        if word == "allow":
            names.append(instead)
        else:
            words[word.casefold()] = instead
    return words, names


def pattern(phrases: list[str]) -> re.Pattern[str]:
    """Any of the phrases, whole, longest first; a digit, an underscore or a hyphen ends a word."""
    ordered = sorted(phrases, key=len, reverse=True)
    alternatives = "|".join(GAP.join(re.escape(part) for part in phrase.split()) for phrase in ordered)
    return re.compile(rf"(?<![^\W\d_])(?:{alternatives})(?![^\W\d_])", re.IGNORECASE)


def blank(text: str, spared: re.Pattern[str]) -> str:
    """The text with what is spared written over by spaces, every line where it was."""
    return spared.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


def is_about_evidence(path: Path) -> bool:
    """Whether quotation marks alone show the words of a source in this file."""
    place = path.relative_to(ROOT).as_posix()
    return place == "docs/evidence.md" or (place.startswith("analysis/evidence/") and path.suffix == ".toml")


def finds(text: str, path: Path) -> list[Find]:
    """Words of the list in the text of the file, quotations of sources and proper names apart."""
    words, names = read_list(LIST.read_text(encoding="utf-8"))
    text = blank(text, MARKED)
    if is_about_evidence(path):
        text = blank(text, CURLY)
        if path.suffix != ".toml":
            text = blank(text, STRAIGHT)
    text = blank(text, pattern(names))
    found = []
    for match in pattern(list(words)).finditer(text):
        word = " ".join(re.split(GAP, match.group().casefold()))
        found.append(Find(text.count("\n", 0, match.start()) + 1, word, words[word]))
    return found


def project_files() -> list[Path]:
    """Files of the project with words in them: tracked by git, or new and not ignored by it."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("the project's files are listed by git, and this copy has no git history")
    paths = {ROOT / name for name in listed.stdout.split("\0") if name}
    return sorted(path for path in paths if path.suffix in SUFFIXES and path.is_file() and path not in EXEMPT)


def test_no_text_of_the_project_uses_a_word_that_labels_people() -> None:
    """A word of the list stands in no file; where one does, the line, the word and a better one are named."""
    faults = [
        f"{path.relative_to(ROOT)}:{find.line}: {find.word!r}: write {find.instead!r} (docs/glossary.md)"
        for path in project_files()
        for find in finds(path.read_text(encoding="utf-8"), path)
    ]
    assert not faults, "\n" + "\n".join(faults)


def test_the_list_says_for_every_word_what_to_write_instead() -> None:
    """No word stands twice and none is without a better one, itself free of the list."""
    lines = [
        line for line in LIST.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")
    ]
    words, names = read_list("\n".join(lines))
    assert len(words) + len(names) == len(lines)
    for instead in words.values():
        assert instead
        assert not pattern(list(words)).search(instead), instead


PLAIN = ROOT / "docs" / "made-up.md"
WORDS = sorted(read_list(LIST.read_text(encoding="utf-8"))[0])


@pytest.mark.parametrize("word", WORDS)
def test_every_word_of_the_list_is_found(word: str) -> None:
    """In a sentence, in capitals, in a name of code, and across two lines of a comment, with its line."""
    written = word.replace(" ", "\n# ")
    for text in (f"One {word}, here.", f"One {word.upper()}!", f"share_{word}_1", f"# one\n# {written}."):
        found = finds(text, PLAIN)
        assert [find.word for find in found] == [word], text
    assert found[0].line == 2


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_not_found_inside_another(word: str) -> None:
    """Letters on either side make it another word."""
    assert not [find for find in finds(f"x{word}x", PLAIN) if find.word == word]


def test_the_words_of_a_source_may_be_quoted() -> None:
    """Marked as a quotation anywhere, in quotation marks alone where the evidence is listed."""
    word = WORDS[0]
    evidence = ROOT / "docs" / "evidence.md"
    figures = ROOT / "analysis" / "evidence" / "figures.toml"
    assert not finds(f'they write "an {word}" (quote) of him', PLAIN)
    assert not finds(f"they write “an\n{word}” (quote) of him", PLAIN)
    assert finds(f'they write "an {word}" of him', PLAIN)
    assert not finds(f'they write "an {word}" of him', evidence)
    assert not finds(f"they write “an {word}” of him", evidence)
    assert finds(f"they write an {word} of him", evidence)
    assert not finds(f'value = "they write “an {word}” of him"', figures)
    assert finds(f'value = "an {word}"', figures)


def test_a_proper_name_may_hold_a_word() -> None:
    """A group or a journal keeps its name."""
    _, names = read_list(LIST.read_text(encoding="utf-8"))
    for name in names:
        assert not finds(f"met in {name} every week", PLAIN)
