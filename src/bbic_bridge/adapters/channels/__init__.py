"""How messages travel to a system. What they say is the business of the adapters."""
