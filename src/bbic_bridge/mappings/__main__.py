"""``python -m bbic_bridge.mappings > docs/mapping-fields.md``."""

import sys

from bbic_bridge.mappings.page import page

sys.stdout.write(page())
