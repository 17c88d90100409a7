"""What the handbook asks, as pure rules: documents, events, facts, operations, persons."""
