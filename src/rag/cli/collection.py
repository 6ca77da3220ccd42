"""index, show, criteria, lint, status, verify, doctor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.cli.exits import say
from rag.cli.options import AsJson, IndexDir, open_assistant, settings_for

if TYPE_CHECKING:
    from rag.ingest import BuildSummary

Trial = Annotated[str, typer.Argument(metavar="TRIAL", help="A registry id, for example NCT01234567.")]
UNUSABLE = 3


def index(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]…", help="Files or folders (default: corpus/).")
    ] = None,
    index: IndexDir = None,
    no_vectors: Annotated[
        bool, typer.Option("--no-vectors", help="Leave the vectors out; complete them later.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Build or update the index: unchanged records are skipped, changed ones replaced, vanished ones dropped."""
    from rag.cli.progress import reporting  # noqa: PLC0415
    from rag.cli.terminal import write_json  # noqa: PLC0415
    from rag.ingest import build_index  # noqa: PLC0415

    settings = settings_for(index)
    with reporting() as report:
        summary = build_index(paths or [settings.corpus], settings, vectors=not no_vectors, progress=report)
    if json:
        write_json(summary_json(summary))
    else:
        _print_summary(summary, settings.index)


def summary_json(summary: BuildSummary) -> dict[str, Any]:
    from rag.codec import to_plain  # noqa: PLC0415

    names = (
        "index_id",
        "read",
        "added",
        "changed",
        "unchanged",
        "dropped",
        "trials",
        "passages",
        "criteria",
        "vectors",
        "embedded",
        "reused",
        "published",
    )
    return {
        **{name: getattr(summary, name) for name in names},
        "skipped": summary.skipped,
        "refused": [to_plain(refusal) for refusal in summary.refused],
        "seconds": round(summary.seconds, 2),
    }


def _print_summary(summary: BuildSummary, index: Path) -> None:
    lines = [
        f"{summary.trials:,} trials in {index} ({summary.passages:,} passages, {summary.criteria:,} criteria, "
        f"{'no vectors' if summary.vectors is None else f'{summary.vectors:,} vectors'}), {summary.seconds:.1f} s",
        f"read {summary.read:,} records: {summary.added:,} new, {summary.changed:,} changed, "
        f"{summary.skipped:,} skipped (unchanged); {summary.dropped:,} dropped; {len(summary.refused):,} refused",
    ]
    for refusal in summary.refused:
        place = f"{refusal.source}, {refusal.place}" if refusal.place else refusal.source
        lines.append(f"refused: {place}: {refusal.reason} — {refusal.remedy}")
    for line in lines:
        say(line)


def show(
    trial: Trial,
    text: Annotated[bool, typer.Option("--text", help="The canonical text that offsets count in.")] = False,
    section: Annotated[list[str] | None, typer.Option("--section", metavar="S", help="Only this section.")] = None,
    index: IndexDir = None,
    json: AsJson = False,
) -> None:
    """Show one record."""
    from rag.cli.printing import print_record  # noqa: PLC0415
    from rag.cli.terminal import write, write_json  # noqa: PLC0415
    from rag.errors import UsageError  # noqa: PLC0415
    from rag.records import trial_json  # noqa: PLC0415

    document = open_assistant(settings_for(index)).document(trial.strip().upper())
    names = list(dict.fromkeys(s.name for s in document.sections))
    if section and (unknown := [name for name in section if name not in names]):
        raise UsageError(f"{document.trial_id} has no section {unknown[0]}", remedy=f"it has {', '.join(names)}")
    if json:
        record = trial_json(document)
        wanted = [s for s in record["sections"] if not section or s["name"] in section]
        write_json(record | {"sections": wanted})
    elif text and section:
        write("\n\n".join(s.span.of(document.text) for s in document.sections if s.name in section))
    elif text:
        write(document.text)
    else:
        print_record(document, section or ())


def criteria(trial: Trial, index: IndexDir = None, json: AsJson = False) -> None:
    """Show the eligibility criteria of one trial as they were read."""
    from rag.cli.printing import print_criteria  # noqa: PLC0415
    from rag.cli.terminal import write_json  # noqa: PLC0415
    from rag.records import criteria_json  # noqa: PLC0415

    assistant = open_assistant(settings_for(index))
    wanted = trial.strip().upper()
    read = criteria_json(assistant.read_trial(wanted), assistant.document(wanted))
    if json:
        write_json(read)
    else:
        print_criteria(read)


def lint(
    trials: Annotated[list[str] | None, typer.Argument(metavar="[TRIAL]…", help="Only these (default: all).")] = None,
    index: IndexDir = None,
    json: AsJson = False,
) -> None:
    """List defects of the records themselves: contradictions, impossible units, lost operators, unread limits."""
    from rag.cli.lint import findings_of, print_findings  # noqa: PLC0415
    from rag.cli.terminal import write_json  # noqa: PLC0415

    assistant = open_assistant(settings_for(index))
    wanted = [trial.strip().upper() for trial in trials or assistant.snapshot.trial_ids]
    found = findings_of(assistant, wanted)
    if json:
        write_json({"trials": len(wanted), "findings": list(found)})
    else:
        say(f"{len(wanted):,} trials, {print_findings(found):,} findings")


def status(index: IndexDir = None, json: AsJson = False) -> None:
    """Say what the index holds."""
    from rag.cli.terminal import write, write_json  # noqa: PLC0415
    from rag.inspection import status as status_of  # noqa: PLC0415

    found = status_of(settings_for(index))
    if json:
        write_json(found)
    else:
        write("".join(f"{name.replace('_', ' ')}: {_shown(value)}\n" for name, value in found.items()))


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(inner)}" for name, inner in value.items()) or "none"
    if isinstance(value, list | tuple):
        return str(len(value))
    return (
        "none"
        if value is None
        else f"{value:,}"
        if isinstance(value, int) and not isinstance(value, bool)
        else str(value)
    )


def verify(index: IndexDir = None, json: AsJson = False) -> None:
    """Check every checksum and every span of the index."""
    from rag.cli.terminal import write_json  # noqa: PLC0415
    from rag.codec import to_plain  # noqa: PLC0415
    from rag.inspection import verify as faults_of  # noqa: PLC0415

    settings = settings_for(index)
    faults = faults_of(settings.index, settings)
    if json:
        write_json({"ok": not faults, "faults": [to_plain(fault) for fault in faults]})
    for fault in faults:
        say(f"{fault.place}: {fault.message}")
    if faults:
        say(f"{len(faults):,} faults in {settings.index} — build it again: rag index --index {settings.index}")
        raise typer.Exit(UNUSABLE)
    if not json:
        say(f"{settings.index}: every checksum and every span is right")


def doctor(index: IndexDir = None, json: AsJson = False) -> None:
    """Say what is wrong with this installation, and the command that mends it."""
    from rag.cli.doctor import examine, exit_code  # noqa: PLC0415
    from rag.cli.terminal import write, write_json  # noqa: PLC0415
    from rag.codec import to_plain  # noqa: PLC0415

    checks = examine(settings_for(index))
    if json:
        write_json({"ok": all(check.ok for check in checks), "checks": [to_plain(check) for check in checks]})
    else:
        for check in checks:
            remedy = "" if check.ok or not check.remedy else f"\n      mend it: {check.remedy}"
            write(f"{'ok  ' if check.ok else 'FAIL'}  {check.name}: {check.message}{remedy}\n")
    if code := exit_code(checks):
        raise typer.Exit(code)
