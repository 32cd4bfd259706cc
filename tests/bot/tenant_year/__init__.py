"""A year of customers' tenants, lived through at random; a naive oracle watches."""
