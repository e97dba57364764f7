import threading
from pathlib import Path

import pytest

from app.kernel.errors import BadInput
from app.kernel.ids import SystemTokens
from app.storage.keys import LOG_KEY, KeyFiles, SigningKey, VerifyKey
from tests.fakes import CountingTokens


@pytest.fixture
def files(tmp_path: Path) -> KeyFiles:
    return KeyFiles(tmp_path / "keys", CountingTokens())


def test_a_key_is_made_once_and_read_for_ever(files: KeyFiles, tmp_path: Path) -> None:
    made = files.secret("address")
    assert len(made) == 32
    assert files.secret("address") == KeyFiles(tmp_path / "keys", CountingTokens("other")).secret("address") == made
    assert files.secret("web") != made


def test_only_its_owner_reads_a_key(files: KeyFiles, tmp_path: Path) -> None:
    files.secret("address")
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "keys" / "address.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["address.key"]


def test_a_damaged_key_is_not_replaced(files: KeyFiles, tmp_path: Path) -> None:
    files.secret("address")
    path = tmp_path / "keys" / "address.key"
    path.write_bytes(b"short")
    with pytest.raises(BadInput, match="Restore it from a backup"):
        files.secret("address")
    assert path.read_bytes() == b"short"


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    found: list[bytes] = []

    def start() -> None:
        found.append(KeyFiles(tmp_path / "keys", SystemTokens()).secret("log"))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_the_public_half_lies_beside_the_private_one(files: KeyFiles, tmp_path: Path) -> None:
    key = files.signing_key(LOG_KEY)
    public = (tmp_path / "keys" / "log.pub").read_text(encoding="ascii").strip()
    assert VerifyKey.of(bytes.fromhex(public)) == key.verify_key == files.signing_key(LOG_KEY).verify_key


def test_a_signature_holds_for_its_bytes_and_its_key() -> None:
    key, other = SigningKey(b"\x01" * 32), SigningKey(b"\x02" * 32)
    signature = key.sign(b"yes")
    assert key.verify_key.verifies(signature, b"yes")
    assert not key.verify_key.verifies(signature, b"no")
    assert not other.verify_key.verifies(signature, b"yes")
    assert not key.verify_key.verifies(signature[:-1], b"yes")
    assert not key.verify_key.verifies(b"", b"yes")


def test_the_key_of_rfc_8032_test_1() -> None:
    key = SigningKey(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    assert key.verify_key.raw.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert key.sign(b"").hex().startswith("e5564300c360ac729086e2cc806e828a")


def test_a_private_key_never_shows_itself() -> None:
    key = SigningKey(b"\x01" * 32)
    assert (b"\x01" * 32).hex() not in repr(key)
    assert repr(key) == f"SigningKey({key.verify_key.key_id})"
    with pytest.raises(ValueError):
        VerifyKey.of(b"short")
