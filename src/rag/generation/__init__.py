"""The language-model switch: rewords sentences that already carry evidence, and shows only what still says the same."""

from rag.generation.rewriter import NO_MODEL, Rewriter

__all__ = ["NO_MODEL", "Rewriter"]
