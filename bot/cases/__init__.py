"""Worked cases, run against the product's own rules: one file per section of the format (docs/contract-cases.md).

A section reads JSON into values of `contract/`, calls the functions that the bot calls, and compares what they return.
It decides nothing itself and knows no case.
"""
