"""Instants as people read them: the date, the distance, and the zone where it matters. Pure."""

from datetime import datetime, timedelta, tzinfo

from markupsafe import Markup

_MINUTE = timedelta(minutes=1)
_MINUTES_UNTIL = timedelta(minutes=90)
_HOURS_UNTIL = timedelta(hours=36)
_HOUR = timedelta(hours=1)


def plural(count: int, one: str, many: str = "") -> str:
    """``1 day``, ``2 days``; thousands are set off by a narrow no-break space."""
    return f"{grouped(count)} {one if count == 1 else many or one + 's'}"


def grouped(number: int) -> str:
    """``48 213``: thousands set off by a no-break space."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def distance(instant: datetime, now: datetime, zone: tzinfo) -> str:
    """How far away, in words: ``in 112 days``, ``33 hours ago``, ``now``. Days are calendar days in ``zone``."""
    gap = abs(instant - now)
    if gap < _MINUTE:
        return "now"
    if gap < _MINUTES_UNTIL:
        amount = plural(gap // _MINUTE, "minute")
    elif gap < _HOURS_UNTIL:
        amount = plural(gap // _HOUR, "hour")
    else:
        amount = plural(abs((instant.astimezone(zone).date() - now.astimezone(zone).date()).days), "day")
    return f"in {amount}" if instant > now else f"{amount} ago"


def day_text(instant: datetime, zone: tzinfo) -> str:
    """``14 Mar 2027``."""
    local = instant.astimezone(zone)
    return f"{local.day} {local:%b %Y}"


def instant_text(instant: datetime, zone: tzinfo) -> str:
    """``14 Mar 2027, 09:00 GMT``."""
    local = instant.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M %Z}"


def clock_text(instant: datetime, zone: tzinfo) -> str:
    """``09:00:07 GMT``."""
    return f"{instant.astimezone(zone):%H:%M:%S %Z}"


def day(instant: datetime, now: datetime, zone: tzinfo) -> Markup:
    """A date with its distance, as a ``time`` element."""
    return _element(instant, day_text(instant, zone), distance(instant, now, zone))


def moment(instant: datetime, now: datetime, zone: tzinfo) -> Markup:
    """A date, time and zone with its distance, as a ``time`` element."""
    return _element(instant, instant_text(instant, zone), distance(instant, now, zone))


def _element(instant: datetime, text: str, away: str) -> Markup:
    return Markup('<time datetime="{}">{} <span class="away">({})</span></time>').format(
        instant.isoformat(timespec="seconds"), text, away
    )


def fours(digest: str, groups: int = 0) -> str:
    """A digest in groups of four; with ``groups`` only the first so many, and an ellipsis."""
    parts = [digest[i : i + 4] for i in range(0, len(digest), 4)]
    if groups and len(parts) > groups:
        return " ".join(parts[:groups]) + " …"
    return " ".join(parts)
