"""What the records say about a predicate: one judgement a trial, with the words that prove it."""
