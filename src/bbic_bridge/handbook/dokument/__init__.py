"""The documents of the handbook, one module per group of steps."""
