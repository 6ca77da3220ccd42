"""TREC Clinical Trials 2021: rank judged trials by a patient's description. Tables stand in trec2021.md.

    python benchmarks/trec2021.py --shared ../shared [--cache FOLDER] [--dense]

Only the judged trials that the records beside the project hold are indexed; a trial not judged for a topic counts as
not relevant (first table), or is left out of the ranking (second: only the topic's judged trials are ranked).
nDCG@10 gains 2 for eligible and 1 for excluded; P@10 counts eligible alone, as the track did.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from ranking import FieldBm25, reciprocal_ranks, scaled, top, words
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from rag.criteria.concepts import find_concepts, load_concepts
from rag.embedding import open_embedder
from rag.settings import Settings

_FLAT = {"title": 1.0, "condition": 1.0, "summary": 1.0, "inclusion": 1.0, "exclusion": 1.0}
_FIELDS = {"title": 3.0, "condition": 2.5, "summary": 1.0, "inclusion": 0.7, "exclusion": 0.0}
_NEGATED = re.compile(r"\b(?:no|not|denies|denied|without|negative for|never)\b[^.,;]{0,60}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Trial:
    trial_id: str
    fields: Mapping[str, str]
    sex: str  # ALL, FEMALE, MALE
    youngest: float  # years
    oldest: float


@dataclass(frozen=True, slots=True)
class Topic:
    number: str
    text: str
    judged: Mapping[int, int]  # row of the trial -> 0, 1 excluded, 2 eligible


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_topics(folder: Path, row: Mapping[str, int]) -> list[Topic]:
    judged: dict[str, dict[int, int]] = {}
    with gzip.open(folder / "trec2021_qrels.txt.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            parts = line.split()
            if len(parts) == 4 and parts[2] in row:
                judged.setdefault(parts[0], {})[row[parts[2]]] = int(parts[3])
    root = ElementTree.parse(folder / "trec2021_topics.xml").getroot()
    return [Topic(t.get("number", ""), (t.text or "").strip(), judged.get(t.get("number", ""), {})) for t in root]


def judged_ids(folder: Path) -> frozenset[str]:
    with gzip.open(folder / "trec2021_qrels.txt.gz", "rt", encoding="utf-8") as lines:
        return frozenset(parts[2] for line in lines if len(parts := line.split()) == 4)


def read_trials(folder: Path, wanted: frozenset[str]) -> list[Trial]:
    found = {trial.trial_id: trial for trial in (*_api_trials(folder, wanted), *_xml_trials(folder, wanted))}
    return [found[trial_id] for trial_id in sorted(found)]


def _api_trials(folder: Path, wanted: frozenset[str]) -> Iterator[Trial]:
    for name in ("ctgov_v2.jsonl.gz", "ctgov_v2_partial.jsonl.gz"):
        with gzip.open(folder / name, "rt", encoding="utf-8") as lines:
            for line in lines:
                study = json.loads(line)["protocolSection"]
                names = study["identificationModule"]
                if names["nctId"] not in wanted:
                    continue
                told, rules = study.get("descriptionModule", {}), study.get("eligibilityModule", {})
                about = study.get("conditionsModule", {})
                yield _trial(
                    names["nctId"],
                    f"{names.get('briefTitle', '')} {names.get('officialTitle', '')}",
                    " ".join([*about.get("conditions", []), *about.get("keywords", [])]),
                    f"{told.get('briefSummary', '')} {told.get('detailedDescription', '')}",
                    rules.get("eligibilityCriteria", ""),
                    (rules.get("sex", "ALL"), rules.get("minimumAge", ""), rules.get("maximumAge", "")),
                )


def _xml_trials(folder: Path, wanted: frozenset[str]) -> Iterator[Trial]:
    with tarfile.open(folder / "ctgov_xml.tar.xz") as archive:
        for member in archive:
            handle = archive.extractfile(member) if Path(member.name).stem in wanted else None
            if handle is None:
                continue
            root = ElementTree.fromstring(handle.read())
            yield _trial(
                Path(member.name).stem,
                f"{root.findtext('brief_title') or ''} {root.findtext('official_title') or ''}",
                " ".join(node.text or "" for node in (*root.iter("condition"), *root.iter("keyword"))),
                " ".join(root.findtext(f"{n}/textblock") or "" for n in ("brief_summary", "detailed_description")),
                root.findtext("eligibility/criteria/textblock") or "",
                tuple(root.findtext(f"eligibility/{n}") or "" for n in ("gender", "minimum_age", "maximum_age")),
            )


def _trial(trial_id: str, title: str, condition: str, summary: str, rules: str, who: Sequence[str]) -> Trial:
    parts = re.split(r"exclusion criteria", rules, maxsplit=1, flags=re.IGNORECASE)
    fields = {
        "title": title,
        "condition": condition,
        "summary": summary,
        "inclusion": parts[0],
        "exclusion": parts[1] if len(parts) > 1 else "",
    }
    sex = who[0].upper() if who[0].upper() in ("FEMALE", "MALE") else "ALL"
    return Trial(trial_id, fields, sex, _years(who[1], 0.0), _years(who[2], 200.0))


def _years(text: str, absent: float) -> float:
    found = re.match(r"(\d+) (Year|Month|Week|Day)", text)
    share = {"Year": 1.0, "Month": 1 / 12, "Week": 7 / 365.25, "Day": 1 / 365.25}
    return int(found[1]) * share[found[2]] if found else absent


# ── Queries from a patient's description ─────────────────────────────────────────────────────────────────────────────


def whole(topic: Topic) -> dict[str, float]:
    return dict.fromkeys(words(topic.text), 1.0)


def affirmed(topic: Topic) -> dict[str, float]:
    """Without what the description denies."""
    return dict.fromkeys(words(_NEGATED.sub(" ", topic.text)), 1.0)


def weighty(topic: Topic, bm25: FieldBm25, count: int = 25) -> dict[str, float]:
    """The rarest words of what is affirmed: a long description says much that no trial is about."""
    terms = affirmed(topic)
    return dict.fromkeys(sorted(terms, key=lambda term: (-bm25.idf(term), term))[:count], 1.0)


def with_concepts(topic: Topic, base: Mapping[str, float], *, boost: float, synonyms: float) -> dict[str, float]:
    """Words that name a concept of the lexicon count `boost` times; words of its other names are added."""
    query = dict(base)
    text = _NEGATED.sub(" ", topic.text).lower()
    table = load_concepts()
    for mention in find_concepts(text):
        for term in words(text[mention.start : mention.end]):
            query[term] = max(query.get(term, 0.0), boost)
        for name in table[mention.concept].synonyms[:4]:
            for term in words(name):
                query.setdefault(term, synonyms)
    return query


def with_feedback(query: Mapping[str, float], bm25: FieldBm25, texts: Sequence[Sequence[str]]) -> dict[str, float]:
    """Pseudo relevance feedback: the words that the first ten trials share, weighed by idf (RM3 in spirit)."""
    counts: dict[str, int] = {}
    for row in top(bm25.scores(query), 10):
        for term in set(texts[row]):
            counts[term] = counts.get(term, 0) + 1
    ranked = sorted(counts, key=lambda term: (-counts[term] * bm25.idf(term), term))[:20]
    return dict(query) | {term: query.get(term, 0.0) + 0.3 * counts[term] / 10 for term in ranked}


def person(topic: Topic) -> tuple[float | None, str]:
    """(age in years, FEMALE or MALE or '') as the first words of the description say."""
    head = topic.text[:200]
    found = re.search(r"(\d+(?:\.\d+)?)[ -]?(?:year|yr|yo\b|y/o|y\.o|y o|[MF]\b)", head, re.IGNORECASE)
    months = re.search(r"(\d+)[ -]?(month|week|day)s?[ -]old", head, re.IGNORECASE)
    age = float(found[1]) if found else None
    if months and (found is None or months.start() < found.start()):
        age = int(months[1]) * {"month": 1 / 12, "week": 7 / 365, "day": 1 / 365}[months[2].lower()]
    woman = re.search(r"\b(?:woman|female|girl|lady|she|her|\d+ ?F)\b", topic.text, re.IGNORECASE)
    man = re.search(r"\b(?:man|male|boy|gentleman|he|his|\d+ ?M)\b", topic.text, re.IGNORECASE)
    if woman and (not man or woman.start() < man.start()):
        return age, "FEMALE"
    return age, "MALE" if man else ""


def fits(topic: Topic, trials: Sequence[Trial]) -> np.ndarray:
    """1.0 where the registry's age and sex limits let the person in, else 0.0."""
    age, sex = person(topic)
    return np.array([
        float(
            (age is None or trial.youngest <= age < trial.oldest + 1)
            and (not sex or trial.sex in ("ALL", sex))
        )
        for trial in trials
    ])  # fmt: skip


# ── Measures ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def ndcg(topic: Topic, order: Sequence[int], k: int = 10) -> float | None:
    ideal = sorted(topic.judged.values(), reverse=True)[:k]
    best = sum(gain / np.log2(rank + 2) for rank, gain in enumerate(ideal))
    if not best:
        return None
    return float(sum(topic.judged.get(row, 0) / np.log2(rank + 2) for rank, row in enumerate(order[:k])) / best)


def precision(topic: Topic, order: Sequence[int], k: int = 10) -> float | None:
    if 2 not in topic.judged.values():
        return None
    return sum(topic.judged.get(row) == 2 for row in order[:k]) / k


def figures(topics: Sequence[Topic], score: Callable[[Topic], np.ndarray]) -> list[str]:
    """nDCG@10 and P@10 over all indexed trials, then over the topic's judged ones."""
    found: list[list[float]] = [[], [], [], []]
    for topic in topics:
        scores = score(topic)
        known = sorted(topic.judged)
        among = [known[at] for at in top(scores[known], 10)]
        for at, value in enumerate((
            ndcg(topic, top(scores, 10)), precision(topic, top(scores, 10)), ndcg(topic, among), precision(topic, among)
        )):  # fmt: skip
            if value is not None:
                found[at].append(value)
    return [f"{np.mean(values):.3f}" for values in found]


# ── What is tried ────────────────────────────────────────────────────────────────────────────────────────────────────


class Bench:
    def __init__(self, shared: Path, cache: Path, *, dense: bool) -> None:
        self.trials = read_trials(shared / "trials", judged_ids(shared / "labelled"))
        self.topics = read_topics(shared / "labelled", {t.trial_id: at for at, t in enumerate(self.trials)})
        self._fields = [{name: words(text) for name, text in trial.fields.items()} for trial in self.trials]
        self.texts = [[*f["title"], *f["condition"], *f["summary"], *f["inclusion"]] for f in self._fields]
        self.flat = FieldBm25(self._fields, _FLAT)
        self.weighted = FieldBm25(self._fields, _FIELDS)
        self.vectors = _dense_scores(self.trials, self.topics, cache) if dense else None

    def by_field(self, name: str) -> FieldBm25:
        return FieldBm25(self._fields, {name: 1.0})

    def dense(self, topic: Topic) -> np.ndarray:
        if self.vectors is None:
            raise SystemExit("run with --dense")
        return self.vectors[topic.number]

    def rankings(self) -> dict[str, Callable[[Topic], np.ndarray]]:
        """Each name's scores of all trials for a topic."""
        flat, weighted = self.flat, self.weighted
        best = self.expanded
        rows: dict[str, Callable[[Topic], np.ndarray]] = {
            "BM25, one field": lambda t: flat.scores(whole(t)),
            "BM25, weighted fields, no exclusions": lambda t: weighted.scores(whole(t)),
            "+ denied words left out": lambda t: weighted.scores(affirmed(t)),
            "+ 25 rarest words alone": lambda t: weighted.scores(weighty(t, weighted)),
            "+ concepts count double": lambda t: weighted.scores(
                with_concepts(t, affirmed(t), boost=2.0, synonyms=0.0)
            ),
            "+ their synonyms": best,
            "+ feedback (10 trials, 20 words)": self.fed_back,
            "synonyms + age and sex": lambda t: best(t) * (0.2 + 0.8 * fits(t, self.trials)),
        }
        if self.vectors is not None:
            rows |= {
                "dense (MiniLM)": self.dense,
                "hybrid: BM25 one field + dense (RRF)": lambda t: (
                    reciprocal_ranks(flat.scores(whole(t))) + reciprocal_ranks(self.dense(t) + 1)
                ),
                "hybrid: synonyms + dense (RRF)": lambda t: (
                    reciprocal_ranks(best(t)) + reciprocal_ranks(self.dense(t) + 1)
                ),
                "+ feedback": lambda t: self.fused(t, self.fed_back(t)),
                "+ feedback, age and sex": lambda t: (
                    self.fused(t, self.fed_back(t)) * (0.2 + 0.8 * fits(t, self.trials))
                ),
                "hybrid: synonyms + dense by score": lambda t: scaled(best(t)) + 0.7 * scaled(self.dense(t)),
                "hybrid by score + age and sex": lambda t: (
                    (scaled(best(t)) + 0.7 * scaled(self.dense(t))) * (0.2 + 0.8 * fits(t, self.trials))
                ),
            }
        rows["trained fusion of fields (5 folds of topics)"] = self.trained()
        return rows

    def query(self, topic: Topic) -> dict[str, float]:
        return with_concepts(topic, affirmed(topic), boost=2.0, synonyms=0.3)

    def expanded(self, topic: Topic) -> np.ndarray:
        return self.weighted.scores(self.query(topic))

    def fed_back(self, topic: Topic) -> np.ndarray:
        return self.weighted.scores(with_feedback(self.query(topic), self.weighted, self.texts))

    def fused(self, topic: Topic, lexical: np.ndarray) -> np.ndarray:
        return reciprocal_ranks(lexical) + reciprocal_ranks(self.dense(topic) + 1)

    def trained(self) -> Callable[[Topic], np.ndarray]:
        """Logistic regression over field scores, fitted on the judged trials of the other topics."""
        parts = {name: self.by_field(name) for name in _FLAT}
        table = {topic.number: self._signals(topic, parts) for topic in self.topics}

        def score(topic: Topic) -> np.ndarray:
            others = [t for t in self.topics if int(t.number) % 5 != int(topic.number) % 5]
            rows = np.concatenate([table[t.number][sorted(t.judged)] for t in others])
            labels = np.concatenate([[t.judged[row] == 2 for row in sorted(t.judged)] for t in others])
            model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, class_weight="balanced"))
            model.fit(rows, labels)
            return model.predict_proba(table[topic.number])[:, 1]

        return score

    def _signals(self, topic: Topic, parts: Mapping[str, FieldBm25]) -> np.ndarray:
        query = self.query(topic)
        columns = [scaled(part.scores(query)) for part in parts.values()]
        columns += [scaled(self.expanded(topic)), scaled(self.flat.scores(whole(topic))), fits(topic, self.trials)]
        if self.vectors is not None:
            columns.append(scaled(self.dense(topic)))
        return np.column_stack(columns)


def _dense_scores(trials: Sequence[Trial], topics: Sequence[Topic], cache: Path) -> dict[str, np.ndarray]:
    """Best cosine of the topic with a trial's head (title, conditions, summary) and its inclusion list.

    Vectors are kept under `cache`. Both sides are cut to the model's window: this is a measurement, not the index.
    """
    embedder = open_embedder(Settings())
    heads = [f"{t.fields['title'][:200]}. {t.fields['condition'][:150]}. {t.fields['summary'][:350]}" for t in trials]
    rules = [" ".join(t.fields["inclusion"].split())[:500] or "none" for t in trials]
    vectors = []
    for name, texts in (("heads", heads), ("rules", rules)):
        path = cache / f"trec2021-{name}.npy"
        if path.exists() and len(np.load(path)) == len(texts):
            vectors.append(np.load(path))
            continue
        made = embedder.embed_passages([_fitting(text, embedder) for text in texts])
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, made)
        vectors.append(made)
    asked = {topic.number: embedder.embed_query(topic.text) for topic in topics}
    return {number: np.maximum(vectors[0] @ vector, vectors[1] @ vector) for number, vector in asked.items()}


def _fitting(text: str, embedder: object) -> str:
    while embedder.count_tokens(text) > embedder.max_pieces:
        text = text[: int(len(text) * 0.9)]
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--cache", type=Path, default=Path(".cache/benchmarks"))
    parser.add_argument("--dense", action="store_true", help="also embed the trials (some minutes at first)")
    args = parser.parse_args()
    if not (args.shared / "labelled" / "trec2021_topics.xml").is_file():
        sys.exit(f"skipped: {args.shared} holds no TREC 2021 topics")
    bench = Bench(args.shared, args.cache, dense=args.dense)
    print(f"{len(bench.trials)} judged trials, {len(bench.topics)} topics\n")
    print("| ranking | nDCG@10 | P@10 | nDCG@10, judged alone | P@10, judged alone |\n|---|---|---|---|---|")
    for name, score in bench.rankings().items():
        print(f"| {name} | {' | '.join(figures(bench.topics, score))} |", flush=True)


if __name__ == "__main__":
    main()
