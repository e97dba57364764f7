"""Servers that misbehave on purpose, and keep their own books: the oracle never asks the product."""
