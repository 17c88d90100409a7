"""What the faces (receivers, workers, cli) give to and get from the use cases. Plain values.

No view holds unmasked personal data unless its name says ``revealed``.
"""
