"""What may reach a terminal: no escape sequence, no control or bidirectional character out of a document or a model."""

from __future__ import annotations

import re
import sys
from typing import Any

# C0 but tab and line feed, DEL, C1, marks of direction and isolation, invisible operators, tag characters.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def printable(text: str) -> str:
    """`text` with every harmful character shown as U+FFFD, one for one, so that offsets still count."""
    return _HARMFUL.sub("\ufffd", text)


def write(text: str) -> None:
    """Data to stdout, made printable where a person's terminal reads it and left alone in a pipe or file."""
    sys.stdout.write(printable(text) if sys.stdout.isatty() else text)


def write_json(value: Any, *, pretty: bool = True) -> None:
    """One JSON value and a line end; harmful characters are written as \\u escapes, which read back the same."""
    import orjson  # noqa: PLC0415

    option = orjson.OPT_APPEND_NEWLINE | (orjson.OPT_INDENT_2 if pretty else 0)
    text = orjson.dumps(value, option=option).decode("utf-8")
    sys.stdout.write(_HARMFUL.sub(_escaped, text))
    sys.stdout.flush()


def _escaped(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
