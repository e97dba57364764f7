import base64
import re

from app.kernel.ids import SystemIds, SystemTokens


def test_identifiers_are_short_distinct_and_free_of_look_alikes() -> None:
    made = {SystemIds().new_id() for _ in range(2_000)}
    assert len(made) == 2_000
    assert all(re.fullmatch(r"[2-9a-hjkmnp-z]{12}", one) for one in made)


def test_tokens_hold_256_bits_and_travel_in_addresses() -> None:
    made = {SystemTokens().token() for _ in range(500)}
    assert len(made) == 500
    assert all(len(base64.urlsafe_b64decode(token + "=")) == 32 for token in made)
    assert len(SystemTokens().random_bytes(17)) == 17
