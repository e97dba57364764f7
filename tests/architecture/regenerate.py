"""Write the generated parts of ARCHITECTURE.md again: ``python -m tests.architecture.regenerate``."""

import sys

from tests.architecture.generated import BLOCKS, DOCUMENT, block_in, with_blocks


def main() -> int:
    text = DOCUMENT.read_text(encoding="utf-8")
    lost = [name for name in BLOCKS if block_in(text, name) is None]
    if lost:
        sys.stderr.write(f"ARCHITECTURE.md has no markers for {', '.join(lost)}.\n")
        return 1
    DOCUMENT.write_text(with_blocks(text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
