"""``python -m app.web``: the process that answers browsers. ``placet serve`` becomes this one."""

import signal
import sys
from types import FrameType

from app.kernel.errors import AppError
from app.settings import WebSettings, environment
from app.web.serving import serve


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def main() -> int:
    """Serve until SIGTERM or SIGINT. Exit 2 when the server cannot start."""
    signal.signal(signal.SIGTERM, _leave)
    try:
        serve(WebSettings.from_mapping(environment()))
    except AppError as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    except OSError as problem:
        sys.stderr.write(f"The server cannot listen: {problem.strerror or problem}. Choose another port.\n")
        return 2
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
