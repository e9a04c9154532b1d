"""``python -m ivr``: the same as ``hotline``."""

import sys

from ivr.cli import main

sys.exit(main())
