"""Criteria gold: draw trials for readers, and merge what two readers labelled.

    python scripts/criteria_gold.py sheets --trials ../shared/trials --out FOLDER
    python scripts/criteria_gold.py merge --trials ../shared/trials --first DIR --second DIR --out eval/gold/criteria
    python scripts/criteria_gold.py score --trials ../shared/trials --gold eval/gold/criteria/dev.jsonl

`sheets` writes one file for each batch of ten trials: the plain criteria text, one numbered line each with its
code-point offset, and nothing that any parser of this project made. The draw is the same every time: trials are
ordered by a hash of their id. A third of them (by another hash) is kept from the builders: its first draw was used up
and now serves development (`dev-more`), its next one is `unseen`.
`merge` finds each quote in the eligibility text, compares the two readers and writes labels, disagreements, agreement.
`score` compares the labels with what `rag.criteria` reads.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import html
import json
import re
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

from rag.criteria.reading import read_trial
from rag.evaluation.criteria_gold import CriteriaGold, read_criteria_gold
from rag.evaluation.criteria_merge import decisions_of, disputes, gold_lines, merge_readers, read_decisions, read_reader
from rag.evaluation.criteria_reading import concept_judge, convert_unit, error_lines, scores_text
from rag.evaluation.criteria_scores import score_criteria
from rag.settings import Settings
from rag.sources import read_corpus
from rag.types import Document

SEED = "criteria-gold-1"
BATCH = 10
LENGTHS = range(300, 4001)
GUIDE = Path(__file__).resolve().parents[1] / "eval" / "gold" / "criteria" / "GUIDE.md"

PARTS = ("dev", "dev-more", "unseen")
# stratum -> how many trials of each part: 170, 90 and 60 in all
QUOTAS = {
    "renal_or": (16, 8, 5),
    "renal_low": (9, 5, 4),
    "cohort": (9, 5, 4),
    "renal_unheaded": (11, 5, 4),
    "renal_explicit": (16, 8, 5),
    "renal_floor": (13, 7, 5),
    "cardiac": (12, 6, 5),
    "glucose": (13, 7, 5),
    "pressure": (12, 6, 5),
    "scales": (13, 7, 5),
    "liver": (16, 8, 4),
    "counts": (18, 10, 5),
    "ages": (12, 8, 4),
}


@dataclass(frozen=True, slots=True)
class SourceTrial:
    """One record as a reader sees it: the eligibility text exactly as the source holds it."""

    trial_id: str
    title: str
    text: str
    source: str  # which file of the folder


def read_trials(folder: Path) -> Iterator[SourceTrial]:
    """Every record with eligibility text, files in a stated order, records in file order."""
    for name in ("ctgov_v2.jsonl.gz", "ctgov_v2_partial.jsonl.gz"):
        with gzip.open(folder / name, "rt", encoding="utf-8") as lines:
            for line in lines:
                study = json.loads(line)["protocolSection"]
                text = study.get("eligibilityModule", {}).get("eligibilityCriteria", "")
                names = study["identificationModule"]
                if text:
                    yield SourceTrial(names["nctId"], names.get("briefTitle", ""), text, name)
    with tarfile.open(folder / "ctgov_xml.tar.xz") as archive:
        for member in archive:
            handle = archive.extractfile(member)
            if handle is None:
                continue
            root = ElementTree.fromstring(
                handle.read()
            )  # the development records beside the project, not a user's file
            text = root.findtext("eligibility/criteria/textblock") or ""
            if text.strip():
                trial_id = root.findtext("id_info/nct_id") or Path(member.name).stem
                yield SourceTrial(trial_id, root.findtext("brief_title") or "", text, "ctgov_xml.tar.xz")


# ── Strata: rough looks at the plain text, only to draw a varied sample; they decide nothing about a label ───────────

_RENAL = r"(?:e?gfr|glomerular filtration|creatinine clearance|crcl|clcr)"
_NUMBER = r"[^.;\n]{0,80}?\d"
_LOW = r"(?:<|≤|less than|below|under|no greater than|not exceed)"
_HIGH = r"(?:>|≥|at least|greater than|above|more than|no less than)"


def _has(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda text: compiled.search(text) is not None


_any_renal = _has(_RENAL + _NUMBER)
_low_renal = _has(_RENAL + r"[^.;\n]{0,50}?" + _LOW + r"[^.;\n]{0,20}?\d")
_high_renal = _has(_RENAL + r"[^.;\n]{0,50}?" + _HIGH + r"[^.;\n]{0,20}?\d")
_band_renal = _has(_RENAL + r"[^.;\n]{0,40}?\d{2} ?(?:-|–|to|and) ?\d{2}\b")
_creatinine_or = _has(r"creatinine[^.;]{0,160}?\bor\b[^.;]{0,140}?" + _RENAL)
_kidney_number = _has(r"creatinine" + _NUMBER)
_cohort = _has(
    r"\b(?:cohort|part|arm|stage|group)s? (?:[a-e]|[1-6]|i{1,3}|iv)\b"
    r"[^.;\n]{0,160}?(?:<|≥|>|≤|at least)[^.;\n]{0,12}?\d"
)
_cardiac = _has(r"(?:lvef|ejection fraction|qtc[bf]?|nyha)" + _NUMBER + r"|nyha[^.;\n]{0,60}?\bi{1,3}v?\b")
_glucose = _has(r"(?:hba1c|a1c|glycated|fasting (?:plasma |blood )?glucose|fpg)" + _NUMBER)
_pressure = _has(r"(?:systolic|diastolic|blood pressure|\bsbp\b|\bdbp\b)" + _NUMBER)
_scales = _has(
    r"\b(?:nihss|edss|mmse|moca|mrs|modified rankin|child.?pugh|karnofsky|kps|gcs|glasgow|ham-?d|madrs|das28|panss"
    r"|aspects|pasi|fev1|apache|meld)\b" + _NUMBER
)
_liver = _has(r"(?:\balt\b|\bast\b|bilirubin|transaminase|sgpt|sgot)" + _NUMBER)
_counts = _has(r"(?:platelet|neutrophil|\banc\b|h(?:a)?emoglobin|\bwbc\b|leukocyte)" + _NUMBER)
_ages = _has(r"\b(?:age|aged|ages|years|months|weeks)\b" + r"[^.;\n]{0,40}?\d")


def _parts(text: str) -> tuple[str, str]:
    """The text before and after the exclusion heading; all of it stands before when there is none."""
    found = re.search(r"exclusion criteria|exclusions?:", text, re.IGNORECASE)
    return (text[: found.start()], text[found.start() :]) if found else (text, "")


def stratum_of(trial: SourceTrial) -> str:
    """The first stratum that the plain text suggests, rare ones first; '' for none."""
    text = html.unescape(trial.text).replace("\\", "")
    wanted, unwanted = _parts(text)
    headed = re.search(r"inclusion criteria|inclusion:", text, re.IGNORECASE) is not None
    looks = {
        "renal_or": headed and _creatinine_or(wanted),
        "renal_low": headed and (_low_renal(wanted) or _band_renal(wanted)),
        "cohort": _cohort(text),
        "renal_unheaded": not headed and (_any_renal(text) or _kidney_number(text)),
        "renal_explicit": _low_renal(unwanted),
        "renal_floor": headed and _high_renal(wanted),
        "cardiac": _cardiac(text),
        "glucose": _glucose(text),
        "pressure": _pressure(text),
        "scales": _scales(text),
        "liver": _liver(text),
        "counts": _counts(text),
        "ages": _ages(text),
    }
    return next((name for name, seen in looks.items() if seen), "")


def rank(trial_id: str) -> str:
    return hashlib.sha256(f"{SEED}:{trial_id}".encode()).hexdigest()


def is_kept_back(trial_id: str) -> bool:
    """Whether a trial belongs to the third that builders do not look at: by a hash of its id alone."""
    return int(hashlib.sha256(f"{SEED}:unseen:{trial_id}".encode()).hexdigest(), 16) % 3 == 0


def draw(folder: Path) -> dict[str, list[tuple[str, SourceTrial]]]:
    """Quota trials of each stratum for each part, sources in turn; parts of the kept-back third one after the other."""
    pools: dict[tuple[str, bool], dict[str, list[SourceTrial]]] = {}
    for trial in read_trials(folder):
        stratum = stratum_of(trial) if len(trial.text) in LENGTHS else ""
        if stratum:
            pool = pools.setdefault((stratum, is_kept_back(trial.trial_id)), {})
            pool.setdefault(trial.source, []).append(trial)
    drawn: dict[str, list[tuple[str, SourceTrial]]] = {part: [] for part in PARTS}
    for stratum, (dev, more, unseen) in QUOTAS.items():
        kept_back = _in_turn(pools.get((stratum, True), {}), more + unseen)
        drawn["dev"] += [(stratum, trial) for trial in _in_turn(pools.get((stratum, False), {}), dev)]
        drawn["dev-more"] += [(stratum, trial) for trial in kept_back[:more]]
        drawn["unseen"] += [(stratum, trial) for trial in kept_back[more:]]
    for trials in drawn.values():
        trials.sort(key=lambda pair: rank(pair[1].trial_id))
    return drawn


def _in_turn(pool: dict[str, list[SourceTrial]], wanted: int) -> list[SourceTrial]:
    """`wanted` trials, one of each source file in turn, each file's in hash order."""
    queues = [sorted(pool[name], key=lambda t: rank(t.trial_id)) for name in sorted(pool)]
    taken: list[SourceTrial] = []
    while len(taken) < wanted and any(queues):
        for queue in queues:
            if queue and len(taken) < wanted:
                taken.append(queue.pop(0))
    return taken


# ── Sheets ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def lines_of(text: str) -> list[tuple[int, str]]:
    """(offset of the first visible character, the stripped line) for each line that is not blank."""
    lines, at = [], 0
    for raw in text.split("\n"):
        shown = raw.strip()
        if shown:
            lines.append((at + raw.index(shown), shown))
        at += len(raw) + 1
    return lines


def sheet(trials: list[tuple[str, SourceTrial]]) -> str:
    blocks = []
    for _, trial in trials:
        head = f"=== {trial.trial_id} · {trial.title}"
        body = [f"L{n:02d} @{at}\t{line}" for n, (at, line) in enumerate(lines_of(trial.text), 1)]
        blocks.append("\n".join([head, *body]))
    return "\n\n".join(blocks) + "\n"


def write_sheets(folder: Path, out: Path) -> None:
    """batch files d01… (dev), m01… (dev-more) and u01… (unseen), the guide, index.tsv (batch, id, stratum, source)."""
    out.mkdir(parents=True, exist_ok=True)
    rows = []
    for letter, trials in zip("dmu", draw(folder).values(), strict=True):
        for start in range(0, len(trials), BATCH):
            batch = f"{letter}{start // BATCH + 1:02d}"
            chosen = trials[start : start + BATCH]
            (out / f"{batch}.txt").write_text(sheet(chosen), encoding="utf-8")
            rows += [f"{batch}\t{trial.trial_id}\t{stratum}\t{trial.source}" for stratum, trial in chosen]
    (out / "index.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    shutil.copyfile(GUIDE, out / "GUIDE.md")
    print(f"{len(rows)} trials in {out}")


# ── Merging and scoring: by the package ──────────────────────────────────────────────────────────────────────────────


def merge(args: argparse.Namespace) -> None:
    """Labels of each part read and agreement.json in `--out`; disputes.jsonl, with records' words, beside readers."""
    records = {trial.trial_id: trial for trial in read_trials(args.trials)}
    texts = {trial_id: trial.text for trial_id, trial in records.items()}
    readers = [read_reader(folder, texts, convert_unit) for folder in (args.first, args.second)]
    for line in (*readers[0].refused, *readers[1].refused):
        print(f"refused {line}", file=sys.stderr)
    decided = read_decisions(args.decisions) if args.decisions is not None else {}
    merged = merge_readers(readers[0], readers[1], texts, decided)
    if args.third is not None:
        majority = decisions_of(read_reader(args.third, texts, convert_unit), merged.gold)
        merged = merge_readers(readers[0], readers[1], texts, majority | decided)
    gold = replace(merged.gold, trials=tuple(replace(t, source=records[t.trial_id].source) for t in merged.gold.trials))
    for part, trials in draw(args.trials).items():
        lines = list(gold_lines(_only(gold, frozenset(trial.trial_id for _, trial in trials))))
        if lines:
            (args.out / f"{part}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    (args.out / "agreement.json").write_text(json.dumps(merged.agreement, indent=1) + "\n", encoding="utf-8")
    open_rows = [json.dumps(row, ensure_ascii=False) for row in disputes(gold, texts)]
    (args.first.parent / "disputes.jsonl").write_text("".join(f"{row}\n" for row in open_rows), encoding="utf-8")
    print(json.dumps(merged.agreement, indent=1))


def _only(gold: CriteriaGold, wanted: frozenset[str]) -> CriteriaGold:
    return CriteriaGold(
        tuple(t for t in gold.trials if t.trial_id in wanted),
        tuple(x for x in gold.limits if x.trial_id in wanted),
        tuple(c for c in gold.concepts if c.trial_id in wanted),
    )


def score(args: argparse.Namespace) -> None:
    gold = read_criteria_gold(args.gold)
    wanted = {trial.trial_id: trial.sha256 for trial in gold.trials}
    with tempfile.TemporaryDirectory() as folder:
        write_records(args.trials, frozenset(wanted), Path(folder))
        documents = [d for d in read_corpus([Path(folder)], Settings()) if isinstance(d, Document)]
    read = {document.trial_id: read_trial(document) for document in documents}
    scores = score_criteria(gold, read, concept_judge({d.trial_id: d for d in documents}))
    print(scores_text(scores, len(gold.trials), len(read)))
    if args.errors:
        for line in error_lines(scores, {d.trial_id: d for d in documents}):
            print(line)


def write_records(folder: Path, wanted: frozenset[str], out: Path) -> None:
    """The wanted records, as their sources hold them, as files of a corpus."""
    for name in ("ctgov_v2.jsonl.gz", "ctgov_v2_partial.jsonl.gz"):
        with gzip.open(folder / name, "rt", encoding="utf-8") as lines:
            chosen = [
                ln for ln in lines if json.loads(ln)["protocolSection"]["identificationModule"]["nctId"] in wanted
            ]
        (out / name.removesuffix(".gz")).write_text("".join(chosen), encoding="utf-8")
    with tarfile.open(folder / "ctgov_xml.tar.xz") as archive:
        for member in archive:
            handle = archive.extractfile(member) if Path(member.name).stem in wanted else None
            if handle is not None:
                (out / Path(member.name).name).write_bytes(handle.read())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    sheets = commands.add_parser("sheets", help="draw trials and write reader sheets")
    sheets.add_argument("--out", type=Path, required=True)
    sheets.set_defaults(run=lambda args: write_sheets(args.trials, args.out))
    merging = commands.add_parser("merge", help="merge two readers' labels")
    for name in ("--first", "--second", "--out"):
        merging.add_argument(name, type=Path, required=True)
    merging.add_argument("--decisions", type=Path, help="disputes.jsonl with its 'keep' and 'verdict' filled in")
    merging.add_argument("--third", type=Path, help="a third reader's labels: the majority settles a dispute")
    merging.set_defaults(run=merge)
    scoring = commands.add_parser("score", help="compare gold with what rag.criteria reads")
    scoring.add_argument("--gold", type=Path, required=True)
    scoring.add_argument("--errors", action="store_true", help="list every wrong and missed limit with its words")
    scoring.set_defaults(run=score)
    for command in (sheets, merging, scoring):
        command.add_argument("--trials", type=Path, required=True, help="the folder of development records")
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
