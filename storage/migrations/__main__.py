"""`python -m storage.migrations "what changes and why"` writes the next migration."""

from __future__ import annotations

import sys

from storage.migrations import revision

if __name__ == "__main__":
    written = revision(" ".join(sys.argv[1:]))
    sys.stdout.write(f"{written}\n" if written else "The tables did not change.\n")
