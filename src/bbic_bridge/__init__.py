"""bbic-bridge: carries BBIC handbook decisions into the municipal case systems, in order, once."""

__version__ = "0.1.0"
