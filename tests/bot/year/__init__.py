"""Sixteen months of a provider with a dozen customers, lived through at random; a naive oracle watches."""
