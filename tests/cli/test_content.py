"""Commands about content."""

from pathlib import Path

from tests.builders.content import content_source
from tests.cli.clinic import Clinic
from tests.cli.desk import DOMAIN


def test_the_library_and_one_version_with_what_a_signature_covers(clinic: Clinic) -> None:
    lines = {row["item"]: row["status"] for row in clinic.desk.ask("content", "list")}
    assert lines["waiting"] == "in_review"
    shown = clinic.desk.ask("content", "show", "imaging-prep", "--closure")
    assert shown["leaves"]["subject"]
    assert len(shown["publications"]) == 1
    text = clinic.desk.run("content", "show", "imaging-prep", "--closure").stdout
    assert f"Root:    {shown['root']}" in text
    assert clinic.desk.run("content", "show", "imaging-prep", "--version", "2").exit_code == 2


def test_an_import_is_refused_to_those_who_do_not_write(clinic: Clinic, tmp_path: Path) -> None:
    file = tmp_path / "new.md"
    file.write_bytes(content_source("new", owner=f"max@{DOMAIN}"))
    refused = clinic.desk.run("import", str(file), who="otto")
    assert (refused.exit_code, "not_permitted" in refused.stderr) == (1, True)
    assert clinic.desk.ask("import", str(file), who="ada")[0]["outcome"] == "created"
    assert clinic.desk.ask("import", str(file), who="ada")[0]["outcome"] == "unchanged"
    assert clinic.desk.run("export", "new").stdout_bytes == file.read_bytes()


def test_a_missing_file_and_a_missing_piece_are_wrong_usage(clinic: Clinic, tmp_path: Path) -> None:
    assert clinic.desk.run("import", str(tmp_path / "none.md"), who="ada").exit_code == 2
    assert clinic.desk.run("export", "nothing").exit_code == 2
