"""Real servers for tests, all started from installed Python packages; nothing is downloaded."""
