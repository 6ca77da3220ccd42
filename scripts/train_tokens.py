"""Trains the byte-pair ranks that `rag.tokens` ships, on the text of registry records.

    python scripts/train_tokens.py RECORDS.jsonl.gz OUT.tiktoken [--size 16384]

RECORDS holds one ClinicalTrials.gov API v2 study a line. Only merges of word fragments are kept, no text.
The ranks are checked before they are written: tiktoken cuts a sample exactly as the trainer does, and back.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import tiktoken
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from rag.tokens import PATTERN


def texts(path: Path) -> Iterator[str]:
    """Every string of two words or more in the records, in order."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield from _strings(json.loads(line))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str) and " " in value:
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for key in sorted(value):
            yield from _strings(value[key])


def train(corpus: Iterator[str], size: int) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PATTERN), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        corpus, trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False)
    )
    return tokenizer


def ranks_of(tokenizer: Tokenizer) -> dict[bytes, int]:
    """Single bytes at 0..255, then each merge in the order it was learnt."""
    to_byte = _byte_of_character()
    ranks = {bytes([value]): value for value in range(256)}
    for left, right in json.loads(tokenizer.to_str())["model"]["merges"]:
        ranks.setdefault(bytes(to_byte[c] for c in left + right), len(ranks))
    return ranks


def _byte_of_character() -> dict[str, int]:
    """The printable character that byte-level tokenizers write for each byte (GPT-2's table), the other way round."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {chr(value): value for value in plain}
    others = [value for value in range(256) if value not in plain]
    return table | {chr(256 + place): value for place, value in enumerate(others)}


def _pieces(tokenizer: Tokenizer, text: str) -> list[bytes]:
    """The bytes of each token as the trainer's own tokenizer cuts `text`."""
    to_byte = _byte_of_character()
    return [bytes(to_byte[c] for c in token) for token in tokenizer.encode(text).tokens]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("records", type=Path)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--size", type=int, default=16_384)
    options = arguments.parse_args()
    tokenizer = train(texts(options.records), options.size)
    ranks = ranks_of(tokenizer)
    encoding = tiktoken.Encoding("check", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={})
    sample = [text for text, _ in zip(texts(options.records), range(3000), strict=False)]
    same = sum(_pieces(tokenizer, text) == encoding.decode_tokens_bytes(encoding.encode(text)) for text in sample)
    back = sum(encoding.decode(encoding.encode(text)) == text for text in sample)
    if back != len(sample):
        raise SystemExit(f"only {back} of {len(sample)} texts come back whole")
    lines = [f"{base64.b64encode(token).decode('ascii')} {rank}\n" for token, rank in ranks.items()]
    options.out.write_text("".join(lines), encoding="ascii")
    print(f"{len(ranks)} ranks; {same} of {len(sample)} texts cut alike, {back} come back whole")


if __name__ == "__main__":
    main()
