"""Measures how right the answers are: gold questions, scores with intervals, baselines, exports and reports.

Enter by `rag.evaluation.command.main_eval`, which is what `rag eval` calls.
"""
