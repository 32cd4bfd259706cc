"""Contract values as adaptive cards, in the reader's language."""
