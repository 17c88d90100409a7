"""Mapping profiles: how each vendor installation wants its messages, as data."""
