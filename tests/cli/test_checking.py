"""The checks at the command line: fast, alone, and in forms that tools read."""

import json
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from app.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
OVER_CLAIM = '{"id": "a", "text": "This treatment is completely safe.", "channel": "email"}\n'
PLAIN = '{"id": 7, "text": "We will call you on Monday."}\n'


def check(*words: str, stdin: str = "") -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["check", *words], input=stdin)
    return result.exit_code, result.stdout, result.stderr


def test_our_own_content_has_no_block_finding() -> None:
    code, out, _ = check(str(ROOT / "content"), "--no-readability")
    assert code == 0
    assert "compliant" not in out.lower()


def test_a_block_finding_is_exit_one_with_its_place() -> None:
    code, out, _ = check("--jsonl", stdin=OVER_CLAIM + PLAIN)
    first, second = map(json.loads, out.splitlines())
    assert code == 1
    assert (first["id"], second["id"], second["findings"]) == ("a", 7, [])
    found = first["findings"][0]
    assert found["severity"] == "block"
    assert found["span"]["start"] == len("This treatment is ")


def test_a_line_that_is_no_request_is_named() -> None:
    code, _, err = check("--jsonl", stdin='{"id": 1}\n')
    assert code == 2
    assert "standard input:1:1:" in err


def test_sarif_has_a_result_per_finding(tmp_path: Path) -> None:
    draft = tmp_path / "draft.md"
    source = (ROOT / "content" / "imaging" / "mri-prep-1.md").read_text(encoding="utf-8")
    draft.write_text(source + "\nThe scan is completely safe.\n", encoding="utf-8")
    code, out, _ = check(str(draft), "--format", "sarif", "--no-readability")
    results = json.loads(out)["runs"][0]["results"]
    assert code == 1
    assert results[0]["level"] == "error"
    assert results[0]["locations"][0]["physicalLocation"]["region"]["startLine"] == source.count("\n") + 2


def test_text_names_file_line_and_column(tmp_path: Path) -> None:
    broken = tmp_path / "broken.md"
    broken.write_text("---\nid: x\n", encoding="utf-8")
    code, _, err = check(str(broken))
    assert code == 2
    assert err.startswith(f"{broken}:1:")


def test_it_starts_without_database_and_web() -> None:
    program = (
        "import sys\nfrom app.cli.main import main\n"
        "try:\n    main(['check', 'content/imaging', '--no-readability'])\nexcept SystemExit as end:\n    assert end.code == 0\n"
        "heavy = {'sqlalchemy', 'flask', 'alembic', 'argon2', 'textstat', 'nltk'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
