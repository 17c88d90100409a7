"""When each of the handbook's time limits runs, and what meets it: one module per group of rules.

A rule yields one ``Lopp`` per run, in the order they ran. ``frister`` lays weight, warning and a
kommun's choices on them.
"""
