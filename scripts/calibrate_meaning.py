"""Would sentence vectors find the concept of words that the lexicon does not know? Prints a table of thresholds.

Each name of the lexicon in turn plays the unknown phrase: the names that share a word with it are hidden, and the
nearest of the others is taken. The table in benchmarks/README.md is what this printed. Run it with
`python scripts/calibrate_meaning.py`; it needs the packaged embedding model and two minutes.
"""

from __future__ import annotations

import random

import numpy as np

from rag.criteria.concepts import broader_of, load_concepts
from rag.criteria.similar import content_stems
from rag.embedding import open_embedder
from rag.settings import Settings

_NAMES = 14  # of one concept, at most
_SAMPLE = 2500


def main() -> None:
    """Prints, for each threshold, the share of phrases answered and how often the concept is right or a relative."""
    known = load_concepts()
    own = [id for id in known if not id.startswith(("prior_", "concurrent_")) for _ in known[id].synonyms[:_NAMES]]
    names = [name for id in dict.fromkeys(own) for name in known[id].synonyms[:_NAMES]]
    vectors = open_embedder(Settings()).embed_passages(names)
    stems = [set(content_stems(name)) for name in names]
    found = []
    for at in random.Random(2).sample(range(len(names)), min(_SAMPLE, len(names))):
        scores = vectors @ vectors[at]
        scores[[bool(other & stems[at]) for other in stems]] = -1
        nearest = int(np.argmax(scores))
        same = own[nearest] == own[at]
        related = same or own[nearest] in broader_of(own[at]) or own[at] in broader_of(own[nearest])
        found.append((float(scores[nearest]), same, related))
    print("threshold  answered  right  right or a relative")
    for threshold in (0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6):
        kept = [one for one in found if one[0] >= threshold]
        shares = [sum(one[place] for one in kept) / max(1, len(kept)) for place in (1, 2)]
        print(f"{threshold:9.2f}  {len(kept) / len(found):8.3f}  {shares[0]:5.3f}  {shares[1]:5.3f}")


if __name__ == "__main__":
    main()
