"""Counts of tokens: tiktoken for a language model's budget, word pieces for what an embedding model can take in.

tiktoken's named encodings are downloaded at first use, so the ranks are shipped: a byte-pair encoding trained on
registry text by `scripts/train_tokens.py`. A budget count is about 0.8 of the word-piece count of the same text
and may be a third above it, so passages are cut by word pieces, never by `budget_count`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tiktoken
    from tokenizers import Tokenizer

RANKS = "trial16k.tiktoken"
# A word with the space before it, up to three digits, a run of punctuation or of blanks. Linear: nothing is nested.
PATTERN = r"'(?:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"
_CACHED_WORDS = 200_000  # distinct words of 9,000 records stay below this


@cache
def encoding() -> tiktoken.Encoding:
    """The shipped encoding; the first call reads the ranks (some 60 ms), no network ever."""
    import tiktoken  # noqa: PLC0415 - only an answer with a language model counts a budget

    lines = resources.files("rag").joinpath("data", RANKS).read_bytes().splitlines()
    ranks = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in lines)}
    return tiktoken.Encoding(RANKS.removesuffix(".tiktoken"), pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={})


def budget_count(text: str) -> int:
    """How many tokens of a language model's budget `text` takes, by the shipped encoding."""
    return len(encoding().encode_ordinary(text))


# What BERT's own pre-tokenizer takes for a blank; other control characters vanish and join their neighbours.
_BLANK = re.compile(r"[ \t\n\r\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")


def word_pieces(tokenizer_file: Path) -> Callable[[str], int]:
    """A counter of the word pieces that the model of `tokenizer_file` cuts a text into, special tokens apart.

    Words repeat, so each is cut once and remembered: 30 times faster than the tokenizer on whole passages, and equal
    to it, because such a tokenizer cuts at blanks before anything else.
    """
    counts = _WordCounts(load_tokenizer(tokenizer_file))
    look_up = counts.__getitem__
    split = _BLANK.split

    def count(text: str) -> int:
        return sum(map(look_up, split(text)))

    return count


class _WordCounts(dict[str, int]):
    """Word pieces by word, worked out when first asked for."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        super().__init__({"": 0})
        self._tokenizer = tokenizer

    def __missing__(self, word: str) -> int:
        count = len(self._tokenizer.encode(word, add_special_tokens=False).ids)
        if len(self) < _CACHED_WORDS:
            self[word] = count
        return count


def load_tokenizer(tokenizer_file: Path) -> Tokenizer:
    """The tokenizer of a `tokenizer.json`, without the truncation and padding that the file may ask for."""
    from tokenizers import Tokenizer  # noqa: PLC0415 - `rag --help` does without

    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
