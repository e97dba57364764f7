"""No file records a package index other than the public defaults, and the pip lists say what the lock says."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.architecture.requirement_exports import LISTS, ROOT, exported, find_uv

PUBLIC = {"pypi.org", "files.pythonhosted.org"}
INDEX_SETTING = re.compile(
    r"(?:--(?:extra-)?index-url|--default-index|--find-links|(?:PIP|UV)_(?:EXTRA_)?(?:DEFAULT_)?INDEX\w*)[ =]+['\"]?(\S+)"
    r"|^\s*(?:extra-index-url|index-url|find-links|\[\[tool\.uv\.index\]\])(?:\s*=\s*(\S+))?",
    re.MULTILINE,
)
BINARY = {".png", ".jpg", ".ico", ".woff2", ".pdf", ".zip", ".gz"}


def project_files() -> list[Path]:
    """Every file git keeps or would keep; where git cannot say, every file but what the program makes for itself."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    if shutil.which("git") is not None:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        if listed.returncode == 0:
            return [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    made = (".git", ".venv", ".venv-tools", "var", "__pycache__", "node_modules")
    inside = ((path, path.relative_to(ROOT).parts) for path in ROOT.rglob("*"))
    return [path for path, parts in inside if not any(part in made or part.endswith("_cache") for part in parts)]


def index_settings(text: str) -> list[str]:
    """The index settings in a text, as written."""
    return [match.group(0).strip() for match in INDEX_SETTING.finditer(text)]


def test_the_lock_names_public_hosts_only() -> None:
    text = (ROOT / "uv.lock").read_text(encoding="utf-8")
    hosts = {urlsplit(url).hostname for url in re.findall(r"https?://[^\"\s]+", text)}
    assert hosts <= PUBLIC
    packages = tomllib.loads(text)["package"]
    sources = {str(package["source"]) for package in packages if package["name"] != "placet"}
    assert sources == {str({"registry": "https://pypi.org/simple"})}


@pytest.mark.parametrize("name", LISTS)
def test_the_pip_lists_name_no_place_at_all(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "://" in line or line.startswith("-")] == []
    assert sum("--hash=sha256:" in line for line in lines) > len(lines) / 3


def test_no_file_sets_a_package_index() -> None:
    here = Path(__file__)
    found = {
        str(path.relative_to(ROOT)): settings
        for path in project_files()
        if path.suffix not in BINARY and path != here and path.is_file()
        if (settings := index_settings(path.read_text(encoding="utf-8", errors="replace")))
    }
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "pip install --index-url https://mirror.example/simple x",
        "--extra-index-url=https://mirror.example/simple",
        "export UV_INDEX=https://mirror.example",
        "PIP_EXTRA_INDEX_URL = 'file:///srv/simple'",
        "[[tool.uv.index]]\nurl = 'https://mirror.example'",
        "index-url = https://mirror.example",
    ],
)
def test_the_search_would_notice_one(text: str) -> None:
    assert index_settings(text)


@pytest.mark.slow
@pytest.mark.parametrize("name", LISTS)
def test_the_pip_lists_say_what_the_lock_says(name: str) -> None:
    uv = find_uv()
    if uv is None:
        pytest.skip("no uv here: the machine was set up with pip")
    assert exported(uv, LISTS[name]) == (ROOT / name).read_text(encoding="utf-8"), "run `make requirements`"
