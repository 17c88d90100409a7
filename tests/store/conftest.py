"""Every store test runs on both databases."""

from tests.stores import clock, database_url, empty_url, roots, store

__all__ = ["clock", "database_url", "empty_url", "roots", "store"]
