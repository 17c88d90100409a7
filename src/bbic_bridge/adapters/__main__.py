"""``python -m bbic_bridge.adapters > docs/adapters/capabilities.md``."""

import sys

from bbic_bridge.adapters.matrix import page

sys.stdout.write(page())
