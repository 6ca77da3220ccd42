"""Trial records of any known format as documents with one canonical text each."""

from rag.sources.corpus import corpus_files, read_corpus, read_file
from rag.sources.files import Limits

__all__ = ["Limits", "corpus_files", "read_corpus", "read_file"]
