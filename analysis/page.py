"""Pieces of a page: sections, lists, tables, pictures within, and the one style of all reports. Every text is escaped."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from html import escape


def page(title: str, body: Iterable[str], after: str = "") -> str:
    """One self-contained HTML page; `body` and what stands `after` it are HTML already."""
    return _PAGE.format(title=escape(title), style=_STYLE, body="\n".join(body), after=after)


def section(title: str, content: str, name: str = "") -> str:
    """A section under a heading; `name` is what links inside the page call it."""
    mark = f" id='{escape(name, quote=True)}'" if name else ""
    return f"<section{mark}><h2>{escape(title)}</h2>{content}</section>"


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph of plain text."""
    mark = f" class='{escape(kind, quote=True)}'" if kind else ""
    return f"<p{mark}>{_with_code(text)}</p>"


def _with_code(text: str) -> str:
    """Plain text as HTML, what stands in `these marks` as code."""
    return re.sub(r"`([^`]+)`", lambda found: f"<code>{_unbroken(found[1])}</code>", escape(text))


def _unbroken(escaped: str) -> str:
    """Words of a command that no line may break, as a hyphen at the end of a line would be read as one of the command."""
    return " ".join(f"<span class='word'>{word}</span>" for word in escaped.split(" "))


def command(text: str) -> str:
    """A command to type, set apart."""
    return f"<pre>{_unbroken(escape(text))}</pre>"


def bullets(lines: Iterable[str]) -> str:
    """A list of plain texts."""
    return "<ul>" + "".join(f"<li>{_with_code(line)}</li>" for line in lines) + "</ul>"


def definitions(told: Iterable[tuple[str, str]]) -> str:
    """A list of words or codes with what each stands for, as plain texts."""
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(means)}</dd>" for name, means in told)
    return f"<dl class='words'>{listed}</dl>"


def folded(heading: str, content: str, elsewhere: str = "") -> str:
    """Content that a reader opens; printed in full, unless it is told where it is to be found `elsewhere` than on paper."""
    if not elsewhere:
        return f"<details><summary>{escape(heading)}</summary>{content}</details>"
    return (
        f"<details class='long'><summary>{escape(heading)}</summary>{content}</details>"
        f"<p class='on-paper'>{escape(heading)}: not printed; it opens on the screen, and stands in {escape(elsewhere)}.</p>"
    )


def picture(png: bytes, what: str) -> str:
    """A picture inside the page, with what it shows for those who cannot see it."""
    data = base64.b64encode(png).decode()
    return f"<img alt='{escape(what, quote=True)}' src='data:image/png;base64,{data}'>"


def tabular(heads: Sequence[str], rows: Sequence[tuple[Sequence[str], str]]) -> str:
    """A table of plain texts; each row is its cells and the mark that it bears ("primary", "faint" or none)."""
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in heads)
    body = "".join(
        f"<tr class='{escape(mark, quote=True)}'>" + "".join(_cell(str(cell)) for cell in cells) + "</tr>"
        for cells, mark in rows
    )
    return f"<div class='wide'><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def _cell(text: str) -> str:
    """A cell of a table; a number, or a range from one to another, is kept in one line."""
    return f"<td class='number'>{escape(text)}</td>" if _NUMBERS.fullmatch(text) else f"<td>{escape(text)}</td>"


_NUMBERS = re.compile(r"[-+]?[\d.,]+( to [-+]?[\d.,]+( \*)?)?")

_STYLE = """
:root { --ink: #1d2733; --soft: #5b6773; --line: #dfe4e8; --blue: #0072b2; --ground: #f6f7f8; --paper: #fff;
  color-scheme: light dark; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
header { margin: 0 0 1.5rem; }
.kind { margin: 0; color: var(--soft); font-size: .9rem; }
h1 { margin: .2rem 0 .4rem; font-size: 1.9rem; line-height: 1.2; }
h2 { margin: 0 0 .6rem; font-size: 1.25rem; }
h3 { margin: 1.2rem 0 .2rem; font-size: 1rem; }
.question { margin: 0; font-size: 1.15rem; color: var(--soft); }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 1.25rem 1.4rem;
  margin: 0 0 1.1rem; }
.answer { border-left: 5px solid var(--blue); padding: .1rem 0 .1rem 1rem; margin: 0 0 1rem; }
.answer p { margin: .35rem 0; }
.answer .sentence { font-size: 1.2rem; line-height: 1.45; font-weight: 600; }
.caution { color: var(--soft); margin: .4rem 0 0; }
.notes { border-top: 1px solid var(--line); margin-top: .8rem; color: var(--soft); font-size: .95rem; }
.small { color: var(--soft); font-size: .88rem; }
img { max-width: 100%; height: auto; display: block; margin: .6rem auto; background: #fff; border-radius: 4px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: .6rem 0; }
th, td { text-align: left; padding: .35rem .6rem .35rem 0; vertical-align: top; }
th { color: var(--soft); font-weight: 600; border-bottom: 2px solid var(--line); }
td { border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
td.number { white-space: nowrap; }
tr.primary td { font-weight: 700; }
tr.faint td { color: var(--soft); }
summary { cursor: pointer; color: var(--blue); margin: .4rem 0; }
dl.short { margin: 0; }
dl.short dt { font-weight: 600; margin-top: .7rem; }
dl.short dd { margin: .1rem 0 0 1rem; }
dl.words { margin: 0; font-size: .92rem; }
dl.words dt { font-weight: 600; margin-top: .4rem; }
dl.words dd { margin: 0 0 0 1rem; }
pre { background: var(--ground); padding: .7rem .9rem; border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; }
code { font-size: .95em; }
.word { white-space: nowrap; }
@media (max-width: 40rem) { .word { white-space: normal; } }
.on-paper { display: none; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e4e8ec; --soft: #a3adb7; --line: #39424b; --blue: #6db6e8; --ground: #14181c; --paper: #1d2329; }
}
@page { margin: 13mm 14mm; }
@media print {
  :root { color-scheme: light; }
  body { background: #fff; font-size: 10pt; line-height: 1.4; }
  main { max-width: none; padding: 0; }
  section { border: none; border-top: 1px solid var(--line); border-radius: 0; padding: .6rem 0; margin: 0; }
  h1, h2, h3, dt, summary { break-after: avoid; }
  p, li { orphans: 3; widows: 3; }
  img, tr { break-inside: avoid; }
  img { max-height: 92mm; margin: .3rem auto; }
  .wide { overflow: visible; }
  table { font-size: 8pt; margin: .3rem 0; }
  thead { display: table-header-group; }
  th, td { padding: .15rem .4rem .15rem 0; hyphens: auto; }
  dl.words { columns: 2; column-gap: 8mm; font-size: 9pt; }
  details.long { display: none; }
  .on-paper { display: block; margin: .3rem 0; color: var(--soft); font-size: 9pt; }
  summary { list-style: none; color: inherit; font-weight: 600; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
"""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body><main>
{body}
</main>{after}</body>
</html>
"""
