"""`python -m casework.cli.keys`: makes the instance's key files where they are missing."""

from __future__ import annotations

import os
from pathlib import Path

from config import ROOT, make_keys


def main() -> None:
    """The instance folder holds every key file, readable by its owner only."""
    make_keys(Path(os.environ.get("CASEWORK_INSTANCE") or ROOT / "instance"))


if __name__ == "__main__":
    main()
