"""``placet``: the table of commands, and how what they raise becomes an exit code."""

import sys
from typing import Any, NoReturn

import click

from app.cli.options import LateGroup, Loader
from app.cli.output import REFUSED, USAGE
from app.kernel.errors import AppError, BadInput, NotFound, NotPermitted, StaleState


def _content() -> dict[str, click.Command]:
    from app.cli import content

    return {"import": content.import_, "export": content.export, "content": content.content}


def _review() -> dict[str, click.Command]:
    from app.cli import review

    return {
        "submit": review.submit,
        "review": review.review,
        "sign": review.sign,
        "request-changes": review.request_changes,
        "decline": review.decline,
    }


def _publishing() -> dict[str, click.Command]:
    from app.cli import publishing

    return {"publish": publishing.publish, "recall": publishing.recall}


def _consent() -> dict[str, click.Command]:
    from app.cli import consent, leads

    return {"leads": leads.leads, "consent": consent.consent}


def _sequences() -> dict[str, click.Command]:
    from app.cli import sequences

    return {"sequence": sequences.sequence, "enroll": sequences.enroll}


def _sending() -> dict[str, click.Command]:
    from app.cli import sends

    return {"sends": sends.sends, "why": sends.why, "stop": sends.stop, "resume": sends.resume}


def _evidence() -> dict[str, click.Command]:
    from app.cli import audit

    return {"audit": audit.audit}


def _people() -> dict[str, click.Command]:
    from app.cli import people

    return {"people": people.people}


def _installation() -> dict[str, click.Command]:
    from app.cli import installation

    return {
        "init": installation.init,
        "demo": installation.demo,
        "migrate": installation.migrate,
        "status": installation.status,
    }


def _processes() -> dict[str, click.Command]:
    from app.cli import processes

    return {"up": processes.up, "serve": processes.serve, "worker": processes.worker, "inbox": processes.inbox}


def _checking() -> dict[str, click.Command]:
    from app.cli import checking

    return {"check": checking.check}


def _bench() -> dict[str, click.Command]:
    from app.cli import bench

    return {"bench": bench.bench}


_MODULES = {
    _installation: ("init", "demo"),
    _processes: ("up", "serve", "worker", "inbox"),
    _content: ("import", "export", "content"),
    _checking: ("check",),
    _review: ("submit", "review", "sign", "request-changes", "decline"),
    _publishing: ("publish", "recall"),
    _consent: ("leads", "consent"),
    _sequences: ("sequence", "enroll"),
    _sending: ("sends", "why", "stop", "resume"),
    _evidence: ("audit",),
    _people: ("people",),
}
_LAST = {_installation: ("status", "migrate"), _bench: ("bench",)}


def _loaders() -> dict[str, Loader]:
    table: dict[str, Loader] = {}
    for modules in (_MODULES, _LAST):
        for module, names in modules.items():
            for name in names:
                table[name] = lambda module=module, name=name: module()[name]  # type: ignore[misc]
    return table


class PlacetGroup(LateGroup):
    """The root: turns what the stages raise into a sentence and an exit code, never a traceback for expected faults."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (BadInput, NotFound) as problem:
            _end(str(problem), USAGE)
        except NotPermitted as problem:
            _end(f"Refused: {problem} (not_permitted)", REFUSED)
        except StaleState as problem:
            _end(f"Somebody was first, so nothing was done ({problem}). Look again, then decide.", REFUSED)
        except AppError as problem:
            _end(str(problem), REFUSED)
        except OSError as problem:
            _end(f"{problem.filename or 'The machine'}: {problem.strerror or problem}.", USAGE)
        except Exception as problem:
            if not _is_database_trouble(problem):
                raise
            _end(
                f"The database does not answer as it should ({type(problem).__name__}). "
                "Check that it is there and migrated (`placet migrate`), and try again.",
                USAGE,
            )


def _is_database_trouble(problem: Exception) -> bool:
    # SQLAlchemy is looked up, not imported: commands that need no database start without it.
    errors = sys.modules.get("sqlalchemy.exc")
    return errors is not None and isinstance(problem, errors.OperationalError | errors.ProgrammingError)


def _end(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)


@click.group(cls=PlacetGroup, loaders=_loaders(), context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Content governance for clinics: write, check, review, sign, publish, send, and prove it.

    Exit codes: 0 done, 1 refused by policy (the reasons are printed), 2 wrong usage or input that cannot be used.
    Options such as --data and --json may stand before the command or after it.
    """


if __name__ == "__main__":
    main(prog_name="placet")
