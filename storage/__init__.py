"""Rows in, contract values out: the database, one file per subject."""
