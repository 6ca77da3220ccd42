"""Vectors by the hash of the text that was embedded, so that no text is embedded twice.

Two places: the snapshot before, and a journal that grows while a build is running. A build that was killed after
hours goes on where its journal ends; a torn last record is left out.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

Half = npt.NDArray[np.float16]

KEY_BYTES = 16
_SUM_BYTES = 4


def content_key(text: str) -> str:
    """32 hexadecimal digits that name a text: the start of its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[: 2 * KEY_BYTES]


class Journal:
    """Records of key, half-precision vector and CRC-32, appended to a file."""

    def __init__(self, path: Path, dimensions: int) -> None:
        self._path = path
        self._dimensions = dimensions
        self._record = KEY_BYTES + 2 * dimensions + _SUM_BYTES

    def read(self) -> dict[str, Half]:
        """Every whole record; what follows the first damaged one is dropped from the file."""
        raw = self._path.read_bytes() if self._path.exists() else b""
        found: dict[str, Half] = {}
        good = 0
        for start in range(0, len(raw) - self._record + 1, self._record):
            record = raw[start : start + self._record]
            if zlib.crc32(record[:-_SUM_BYTES]) != int.from_bytes(record[-_SUM_BYTES:], "big"):
                break
            found[record[:KEY_BYTES].hex()] = np.frombuffer(record[KEY_BYTES:-_SUM_BYTES], np.float16)
            good = start + self._record
        if good < len(raw):
            with self._path.open("r+b") as file:
                file.truncate(good)
        return found

    def append(self, keys: Iterable[str], vectors: Half) -> None:
        with self._path.open("ab") as file:
            for key, vector in zip(keys, vectors, strict=True):
                record = bytes.fromhex(key) + vector.astype(np.float16).tobytes()
                file.write(record + zlib.crc32(record).to_bytes(_SUM_BYTES, "big"))
