"""From registry prose to typed, scoped, verifiable criteria."""
