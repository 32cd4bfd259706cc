"""`python -m storage.migrations "what changes and why"` writes the next migration."""

from __future__ import annotations

import subprocess
import sys

from storage.migrations import revision

if __name__ == "__main__":
    written = revision(" ".join(sys.argv[1:]))
    if written is None:
        sys.exit("The tables did not change.")
    for step in (["check", "--quiet", "--fix-only"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *step, str(written)], check=False)  # noqa: S603 -- our own file
    sys.stdout.write(f"{written}\n")
