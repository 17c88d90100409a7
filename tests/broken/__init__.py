"""Every promise is broken on purpose, one at a time; a test must fail of it (``make broken``)."""
