"""What must not happen. A business "no" is a :class:`app.kernel.finding.Refusal` value instead.

No HTTP in here: shells translate.
"""


class AppError(Exception):
    """Base of everything Placet raises on purpose."""


class NotFound(AppError):
    """The thing asked for does not exist, or the asker may not know that it does."""

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(f"There is no {kind} {key!s}.")
        self.kind = kind
        self.key = key


class NotPermitted(AppError):
    """The actor lacks the permission that the act needs."""

    def __init__(self, permission: str) -> None:
        super().__init__(f"This needs the permission '{permission}'.")
        self.permission = permission


class StaleState(AppError):
    """Somebody was first: the row no longer stands where the decision saw it."""


class UnauditedWrite(AppError):
    """A unit of work tried to commit a write that carries no audit event."""


class NaiveDatetime(AppError):
    """An instant without a zone was offered."""


class Untrustworthy(AppError):
    """Stored evidence does not agree with itself; the process should stop rather than go on."""


class BadInput(AppError):
    """Input that cannot be used; says where and what to do. ``line`` and ``column`` count from 1."""

    def __init__(self, message: str, *, source: str = "", line: int | None = None, column: int | None = None) -> None:
        self.message = message
        self.source = source
        self.line = line
        self.column = column
        where = ":".join(str(part) for part in (source or None, line, column) if part is not None)
        super().__init__(f"{where}: {message}" if where else message)
