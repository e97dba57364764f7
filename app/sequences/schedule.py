"""When a step may be sent: never in the past, and inside its window in every zone the lead may be in. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import timezone as phone_zones

from app.sequences.model import Window

_EASTERN, _CENTRAL, _MOUNTAIN, _PACIFIC = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
_ARIZONA, _ALASKA, _HAWAII, _PUERTO_RICO = (
    "America/Phoenix",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
)

US_ZONES = (_EASTERN, _CENTRAL, _MOUNTAIN, _ARIZONA, _PACIFIC, _ALASKA, _HAWAII)
"""The fifty states. Where a lead in the United States gives no clue, the window must hold in all of them."""

_REGIONS: dict[tuple[str, ...], str] = {
    (_EASTERN,): "CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV",
    (_CENTRAL,): "AL AR IA IL LA MN MO MS OK WI",
    (_MOUNTAIN,): "CO MT NM UT WY",
    (_ARIZONA, _MOUNTAIN): "AZ",
    (_PACIFIC,): "CA WA",
    (_PACIFIC, _MOUNTAIN): "NV OR ID",
    (_EASTERN, _CENTRAL): "FL IN KY MI TN",
    (_CENTRAL, _MOUNTAIN): "KS ND NE SD TX",
    (_ALASKA, _HAWAII): "AK",
    (_HAWAII,): "HI",
    (_PUERTO_RICO,): "PR VI",
}
ZONES_OF_REGION = {f"US-{state}": zones for zones, states in _REGIONS.items() for state in states.split()}
"""Zones of a state; states that are split name both (49 CFR part 71). Alaska's Aleutians keep Hawaii's offset."""

_HORIZON = timedelta(days=21)
_UNKNOWN = "Etc/Unknown"


def possible_zones(timezone: str, region: str, phone: str) -> tuple[str, ...]:
    """Every IANA zone a lead may be in, from the best clue there is: her zone, else her region, else her telephone number.

    With no clue, or one that says no more than "United States", all zones of the states; elsewhere abroad, none.
    """
    if timezone and _exists(timezone):
        return (timezone,)
    if region in ZONES_OF_REGION:
        return ZONES_OF_REGION[region]
    if zones := _zones_of_phone(phone):
        return zones if len(zones) <= len(US_ZONES) else US_ZONES
    return US_ZONES if region in ("", "US") or region.startswith("US-") else ()


def _zones_of_phone(phone: str) -> tuple[str, ...]:
    if not phone:
        return ()
    try:
        zones = phone_zones.time_zones_for_number(phonenumbers.parse(phone))
    except phonenumbers.NumberParseException:
        return ()
    return tuple(zone for zone in zones if zone != _UNKNOWN and _exists(zone))


def _exists(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


def in_window(instant: datetime, zone: str, window: Window) -> bool:
    """Whether the wall clock of ``zone`` shows an allowed hour of an allowed weekday at ``instant``."""
    local = instant.astimezone(ZoneInfo(zone))
    return window.start_hour <= local.hour < window.end_hour and local.weekday() in window.weekdays


def next_instant_in_window(instant: datetime, zones: Sequence[str], window: Window) -> datetime | None:
    """The first instant, not before ``instant``, that lies in the window in all ``zones``.

    None when no zone is known or the zones share no hour of the window within three weeks: then nothing may be sent.
    """
    if not zones:
        return None
    candidate = instant
    while candidate <= instant + _HORIZON:
        starts = [_opens(candidate, zone, window) for zone in zones]
        if any(start is None for start in starts):
            return None
        latest = max(start for start in starts if start is not None)
        if latest == candidate:
            return candidate
        candidate = latest
    return None


def _opens(instant: datetime, zone: str, window: Window) -> datetime | None:
    """``instant`` itself when the window is open in ``zone``, else when it opens next.

    A start that daylight saving skips opens at the first instant after the gap, if that is still in the window.
    """
    if in_window(instant, zone, window):
        return instant
    place = ZoneInfo(zone)
    today = instant.astimezone(place).date()
    for days in range(9):
        start = datetime.combine(today + timedelta(days=days), time(window.start_hour), place).astimezone(UTC)
        if start > instant and in_window(start, zone, window):
            return start
    return None
