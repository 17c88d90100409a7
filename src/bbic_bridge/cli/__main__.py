"""``python -m bbic_bridge.cli`` is the same as ``bbic-bridge``."""

from bbic_bridge.cli import main

if __name__ == "__main__":
    main()
