"""Settings: what each kind of process is told, and what it must never be told."""

from pathlib import Path

import pytest

from app.kernel.errors import BadInput
from app.settings import (
    MAIL_SECRETS,
    CliSettings,
    SmtpSecurity,
    WebSettings,
    WorkerSettings,
    environment,
    without_mail_secrets,
)

KINDS = (WebSettings, CliSettings, WorkerSettings)


@pytest.mark.parametrize("kind", KINDS)
def test_with_nothing_set_the_data_lies_in_var_and_the_database_in_it(kind: type[WebSettings]) -> None:
    settings = kind.from_mapping({})
    assert settings.data_dir == Path("var").absolute()
    assert settings.database_url == f"sqlite:///{Path('var').absolute() / 'placet.sqlite3'}"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.keys_dir == settings.data_dir / "keys"


def test_a_data_directory_given_by_hand_wins_over_the_environment(tmp_path: Path) -> None:
    settings = CliSettings.from_mapping({"PLACET_DATA": "/elsewhere"}, data_dir=tmp_path)
    assert settings.data_dir == tmp_path
    assert str(tmp_path) in settings.database_url


def test_a_data_directory_is_a_demo_only_when_it_is_marked(tmp_path: Path) -> None:
    settings = WebSettings.from_mapping({}, data_dir=tmp_path)
    assert not settings.is_demo
    settings.demo_marker.write_text("{}")
    assert settings.is_demo


@pytest.mark.parametrize("name", MAIL_SECRETS)
def test_a_web_process_that_could_see_a_mail_secret_does_not_start(name: str) -> None:
    with pytest.raises(BadInput, match=name):
        WebSettings.from_mapping({name: "anything"})
    assert WebSettings.from_mapping(without_mail_secrets({name: "anything", "PLACET_PORT": "81"})).port == 81


def test_the_worker_reads_its_mail_server_and_hides_the_password() -> None:
    settings = WorkerSettings.from_mapping(
        {
            "PLACET_SMTP_HOST": "mail.example.org",
            "PLACET_SMTP_SECURITY": "tls",
            "PLACET_SMTP_USERNAME": "placet",
            "PLACET_SMTP_PASSWORD": "open sesame",
            "PLACET_DATABASE_URL": "postgresql://placet:hunter2@db.example.org/placet",
        }
    )
    assert settings.smtp is not None
    assert (settings.smtp.port, settings.smtp.security) == (465, SmtpSecurity.TLS)
    assert settings.smtp.password == "open sesame"
    for text in (repr(settings), str(settings), f"{settings.smtp}"):
        assert "open sesame" not in text
        assert "hunter2" not in text
    assert "postgresql://placet:***@db.example.org/placet" in repr(settings)


def test_a_password_may_lie_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("open sesame\n")
    env = {"PLACET_SMTP_HOST": "m.example.org", "PLACET_SMTP_USERNAME": "p", "PLACET_SMTP_PASSWORD_FILE": str(secret)}
    smtp = WorkerSettings.from_mapping(env).smtp
    assert smtp is not None
    assert smtp.password == "open sesame"
    assert smtp.port == 587


def test_a_dkim_key_comes_with_selector_and_domain(tmp_path: Path) -> None:
    key = tmp_path / "dkim.pem"
    key.write_text("key")
    env = {"PLACET_DKIM_KEY_FILE": str(key), "PLACET_DKIM_SELECTOR": "s1", "PLACET_DKIM_DOMAIN": "example.org"}
    dkim = WorkerSettings.from_mapping(env).dkim
    assert dkim is not None
    assert (dkim.selector, dkim.domain) == ("s1", "example.org")


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"PLACET_PORT": "0"}, "PLACET_PORT"),
        ({"PLACET_PORT": "65536"}, "PLACET_PORT"),
        ({"PLACET_PORT": "²"}, "PLACET_PORT"),
        ({"PLACET_PUBLIC_URL": "placet.example.org"}, "PLACET_PUBLIC_URL"),
        ({"PLACET_PUBLIC_URL": "https://placet.example.org/?a=1"}, "PLACET_PUBLIC_URL"),
        ({"PLACET_SMTP_HOST": "m", "PLACET_SMTP_SECURITY": "ssl"}, "PLACET_SMTP_SECURITY"),
        ({"PLACET_SMTP_HOST": "m", "PLACET_SMTP_PORT": "x"}, "PLACET_SMTP_PORT"),
        ({"PLACET_SMTP_HOST": "m", "PLACET_SMTP_USERNAME": "u"}, "PLACET_SMTP_USERNAME"),
        ({"PLACET_SMTP_HOST": "m", "PLACET_SMTP_PASSWORD": "u"}, "PLACET_SMTP_USERNAME"),
        ({"PLACET_SMTP_HOST": "m", "PLACET_SMTP_PASSWORD_FILE": "/nowhere/at/all"}, "PLACET_SMTP_PASSWORD_FILE"),
        (
            {"PLACET_SMTP_HOST": "m", "PLACET_SMTP_PASSWORD_FILE": "/x", "PLACET_SMTP_PASSWORD": "y"},
            "PLACET_SMTP_PASSWORD_FILE",
        ),
        ({"PLACET_DKIM_KEY_FILE": "/nowhere/at/all"}, "PLACET_DKIM_SELECTOR"),
        (
            {"PLACET_DKIM_KEY_FILE": "/nowhere/at/all", "PLACET_DKIM_SELECTOR": "s", "PLACET_DKIM_DOMAIN": "e.org"},
            "PLACET_DKIM_KEY_FILE",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(env: dict[str, str], named: str) -> None:
    with pytest.raises(BadInput, match=named):
        WorkerSettings.from_mapping(env)


def test_a_public_address_loses_the_slash_at_its_end() -> None:
    assert (
        WebSettings.from_mapping({"PLACET_PUBLIC_URL": "https://p.example.org/"}).public_url == "https://p.example.org"
    )


def test_the_environment_is_handed_out_as_a_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLACET_PORT", "4711")
    assert environment()["PLACET_PORT"] == "4711"
