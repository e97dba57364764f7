from pathlib import Path

import pytest

from app.authoring.content_files import read_paths
from app.authoring.front_matter import MAX_FILE_BYTES, decode, split
from app.authoring.metadata import validate
from app.authoring.model import Channel, ContentType
from app.authoring.senders import parse_senders
from app.authoring.skeleton import compile_content
from tests.authoring.samples import MAIL, SENDERS, WORDING, flat

CONTENT = Path(__file__).parents[2] / "content"


def test_senders_come_first_and_quoted_content_before_what_quotes_it(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "a.md").write_text(MAIL)
    (tmp_path / "b" / "z.md").write_text(WORDING)
    (tmp_path / "b" / "senders.yml").write_text(SENDERS)
    (tmp_path / "b" / "notes.txt").write_text("no")
    listing = read_paths([tmp_path, tmp_path / "a.md"])
    assert [Path(file.origin).name for file in listing.files] == ["senders.yml", "z.md", "a.md"]
    assert listing.problems == ()


def test_what_cannot_be_read_does_not_stop_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(MAIL)
    (tmp_path / "big.md").write_bytes(b"x" * (MAX_FILE_BYTES + 1))
    listing = read_paths([tmp_path, tmp_path / "absent"])
    assert [file.data for file in listing.files] == [MAIL.encode()]
    assert sorted(Path(p.source).name for p in listing.problems) == ["absent", "big.md"]


def test_the_demo_library_compiles_and_covers_the_sample_tracks() -> None:
    listing = read_paths([CONTENT])
    assert listing.problems == ()
    senders, wordings, types, folders = {}, {}, set(), set()
    for file in listing.files:
        if file.is_senders:
            senders = {sender.key: sender for sender in parse_senders(file.data, file.origin)}
            continue
        front = split(decode(file.data, file.origin), file.origin)
        metadata = validate(front)
        wordings[metadata.key] = front.body
        quoted = {key: wordings[key] for key in metadata.disclosures}
        skeleton = compile_content(metadata, senders.get(metadata.sender), front, quoted).skeleton
        if metadata.channel is Channel.SMS:
            assert flat(skeleton.text).startswith("Northgate Clinics: ")
            assert "Reply STOP to opt out" in flat(skeleton.text)
            assert len(flat(skeleton.text)) <= 306
        types.add(metadata.content_type)
        folders.add(Path(file.origin).parent.name)
    assert types == set(ContentType)
    assert {"imaging", "surgery-programme", "referral-partner", "aesthetic", "newsletter"} <= folders


@pytest.mark.parametrize("word", ["MRI", "CT", "scan", "surgery", "skin", "imaging"])
def test_no_demo_subject_tells_what_the_recipient_asked_about(word: str) -> None:
    for file in read_paths([CONTENT]).files:
        if not file.is_senders:
            metadata = validate(split(file.data.decode()))
            assert word.lower() not in f"{metadata.subject} {metadata.preheader}".lower().split()
