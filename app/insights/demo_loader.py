"""Loads the demonstration organisation once, through the same operations that people use.

What it leaves: ten people, a reviewed library with one piece expiring in twelve days, one expired and still used by a sequence,
one in review, one sent back, one draft that the rules block and one recalled; forty leads; sequences with people in them.
"""

import json
import os
from datetime import timedelta

from app.insights.demo_content import Library
from app.insights.demo_leads import Campaigns, Crowd
from app.insights.demo_stage import PEOPLE, Demonstration, DemoPerson, Play
from app.kernel.clock import iso

__all__ = ["PEOPLE", "DemoPerson", "Demonstration", "load"]

MARKER = "demo.json"


def load(stage: Demonstration) -> bool:
    """Load the demonstration; False when the data directory holds it already.

    The marker is written last, so that a load that was cut short is not taken for a whole one; ``BadInput`` then says that
    there are people already. Raises ``Untrustworthy`` when an operation refuses what the demonstration asks for.
    """
    marker = stage.data_dir / MARKER
    if marker.exists():
        return False
    play = Play(stage)
    play.open_accounts()
    play.wait(days=1)
    library = Library(play)
    crowd = Crowd(play, library)
    campaigns = Campaigns(play, crowd)
    library.build()
    crowd.gather()
    campaigns.open()
    campaigns.overtaken()
    library.renew()
    play.until(play.now - timedelta(minutes=5))
    play.leave()
    play.until(play.now)
    campaigns.enroll()
    _write_password(stage, play.password)
    marker.write_text(
        json.dumps({"created_at": iso(play.now), "password_file": "demo/password"}, indent=2) + "\n", encoding="utf-8"
    )
    return True


def _write_password(stage: Demonstration, password: str) -> None:
    folder = stage.data_dir / "demo"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / "password", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(password + "\n")
