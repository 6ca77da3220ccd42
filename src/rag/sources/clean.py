"""Bytes to safe text: decoding where the encoding is certain, invisible signs removed, hard wraps undone.

Canonical text is always valid UTF-8 and safe for a terminal: control characters, marks of direction, zero-width and tag
characters are dropped, a lone surrogate becomes U+FFFD, every line end becomes a line feed. Nothing else is changed:
markdown escapes, entities and odd signs stay, because quotes are taken from this text.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from rag.errors import SourceError

# C0 without tab and line feed, DEL, C1, soft marks of direction, zero widths, BOM, tags, surrogates, non-characters.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_KEPT = {"\r": "\n", "\x0b": " ", "\x0c": " ", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"}
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# The registry's old printer wraps at 100 columns: measured over 37,000 line pairs of 1,400 records, a line and the
# first word of the next never fit into 96, and items always stand apart by a blank line.
_WRAP_COLUMNS = 96
_WRAP_INDENT = "\n    "
# UTF-8 sequences of two or more bytes: their presence makes "this is Windows-1252" doubtful.
_UTF8_PAIR = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
# "  -  item", "  1. item": the old printer indents its items under their paragraph.
_OLD_ITEM = re.compile(r" {1,60}(-|\d{1,3}[.)]|[A-Za-z][.)]) {1,3}(?=\S)")


# "* item", "1. item" without a margin: the registry prints so now, nested by indentation and never wrapped. Taken for
# the old printer's, a long item swallowed the one below it: 10,900 times in 5,000 records.
_NEW_ITEM = re.compile(r"(?:\*|\d{1,3}\.) \S")
_SLACK = 8  # columns: a line with blanks beyond them was not wrapped by the printer


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, or plainly Windows-1252; SourceError for anything else."""
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise SourceError("the text is UTF-32", remedy="save the file as UTF-8")
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _decode(data[len(mark) :], name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as exc:
        if b"\x00" not in data and _is_windows_1252(data):
            return data.decode("cp1252")
        line = data.count(b"\n", 0, exc.start) + 1
        raise SourceError(
            f"the text is not UTF-8 (byte {data[exc.start] :#04x})",
            place=f"line {line}",
            remedy="save the file as UTF-8",
        ) from exc


def _decode(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as exc:
        raise SourceError(
            f"the text is not the {name.upper()} its first bytes announce", remedy="save the file as UTF-8"
        ) from exc


def _is_windows_1252(data: bytes) -> bool:
    """Whether the bytes can only be Windows-1252: every byte defined, few of them high, none paired as in UTF-8."""
    high = sum(len(run) for run in re.findall(rb"[\x80-\xff]+", data))
    if high * 20 > len(data) or _UTF8_PAIR.search(data):
        return False
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return True


def safe(text: str) -> str:
    """`text` without signs that a terminal or a reader must not meet."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(_replacement, text)


def _replacement(match: re.Match[str]) -> str:
    character = match.group()
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"
    if "\x80" <= character <= "\x9f" and character not in _KEPT:
        return _from_c1(character)
    return _KEPT.get(character, "")


def _from_c1(character: str) -> str:
    """A C1 control is nearly always Windows-1252 read as Latin-1: \\x92 is an apostrophe."""
    try:
        return character.encode("latin-1").decode("cp1252")
    except UnicodeDecodeError:
        return ""


def one_line(text: str) -> str:
    """A value that belongs on one line: white space runs become single spaces."""
    return " ".join(safe(text).split())


def block(text: str) -> str:
    """Prose or a list: lost line ends put back, blank edges dropped, hard wraps and margins of old records undone."""
    cleaned = safe(text)
    if "\n" not in cleaned.strip():
        cleaned = _with_line_ends(cleaned)
    if _WRAP_INDENT in cleaned:
        cleaned = _unwrap(cleaned)
    lines = [line.rstrip() for line in cleaned.split("\n")]
    first = next((n for n, line in enumerate(lines) if line), len(lines))
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines[first:])


# Exports that lost their line ends: 300 of 6,000 have the old printer's margins left ("… consent        Exclusion
# Criteria:          -  Stroke"), 25 print a tilde ("Adult~Exclusion Criteria:~Stroke"). No "18~75 years", "of ~5 mg".
_MARGIN = re.compile(r"(?<=\S) {6,}(?=\S)")
_BEFORE_ITEM = re.compile(r"(?<=\S) {6,}(?=(?:-|\d{1,3}[.)]|[A-Za-z][.)]) {1,3}\S)")
_TILDE = re.compile(
    r"(?:(?<=[^\s\d<>≤≥=])~(?=\S)|(?<=\d)~(?=[A-Za-z]))"
    r"(?!(?<=[IVXA-D\d]~)(?:[IVX]{1,4}[A-C]?|[A-D]|[TNM]\d)\b(?![.)]))"  # no "stage II~III", "Child-Pugh A~B"
)
_TILDE_OF_LIST = re.compile(
    r"(?i)~ ?(?:[*•-]|\d{1,2}[.)]) ?[a-z]|~[a-z ]{0,12}(?:in|ex)clusion|\bcriteria ?~|:~[a-z*-]"
)
_FEWEST = 2  # such places in a text before they are taken for line ends


def _with_line_ends(text: str) -> str:
    """A text of one line, divided where its line ends were; the margins stay for `_unwrap`."""
    if len(_MARGIN.findall(text)) >= _FEWEST:
        items = _BEFORE_ITEM.sub(lambda run: f"\n\n{run[0]}", text)  # the old printer's items stand apart
        return _MARGIN.sub(lambda run: f"\n{run[0]}", items)
    listed = _TILDE_OF_LIST.search(text) and len(_TILDE.findall(text)) >= _FEWEST  # no "mild~moderate, II~III"
    return _TILDE.sub("\n", text) if listed else text


def _unwrap(text: str) -> str:
    lines = [line.rstrip().expandtabs(4) for line in text.split("\n")]
    margin = min((_indent(line) for line in lines[1:] if line), default=0)
    if not margin and any(map(_NEW_ITEM.match, lines)):
        return text
    wide = any(" " in line[_WRAP_COLUMNS + _SLACK :] for line in lines)
    # Copies of old records often lost the indentation of the first line alone.
    if lines[0] and _indent(lines[0]) < margin:
        lines[0] = " " * (margin - _indent(lines[0])) + lines[0]
    joined: list[str] = []
    before = ""
    for line in lines:
        if not wide and line and before and len(before) + 1 + len(line.split(None, 1)[0]) >= _WRAP_COLUMNS:
            joined[-1] += " " + line.lstrip()
        else:
            joined.append(line[margin:])
        before = line
    return "\n".join(_relist(joined))


def _relist(lines: list[str]) -> Iterator[str]:
    """The old printer's lists as the registry prints them now: `* ` items without blank lines, nested by marker."""
    levels: list[tuple[int, int]] = []  # of the open items: their old indentation, the new one of what stands in them
    after_item = blank = False
    for line in lines:
        if not line:
            blank = True
            continue
        item = _OLD_ITEM.match(line)
        while levels and levels[-1][0] >= _indent(line):
            levels.pop()
        margin = levels[-1][1] if levels else 0
        if blank and not (item and after_item):
            yield ""
        if item:
            marker = "*" if item[1] == "-" else item[1]
            levels.append((_indent(line), margin + len(marker) + 1))
            yield f"{' ' * margin}{marker} {line[item.end() :]}"
        else:
            yield " " * margin + line.lstrip() if levels else line
        after_item, blank = item is not None, False


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
