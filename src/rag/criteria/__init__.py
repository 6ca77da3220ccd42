"""From registry prose to typed, scoped, verifiable criteria.

`reading.read_trial(document)` reads a whole record, `grammar.read_comparisons(text)` free text, `items.find_items`
finds where each item begins and ends, `states` what an item does with each concept. Variables and concepts are data.
"""
