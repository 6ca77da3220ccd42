"""Cited answers over clinical-trial records. See ARCHITECTURE.md for the map."""
