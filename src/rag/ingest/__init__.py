"""From files to a published index."""

from rag.ingest.build import BuildSummary, build_index
from rag.ingest.progress import Progress, Stage

__all__ = ["BuildSummary", "Progress", "Stage", "build_index"]
