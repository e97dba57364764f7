"""The process that answers browsers cannot send: it refuses to start where a mail secret is in sight."""

import pytest

from app.kernel.errors import BadInput
from app.settings import MAIL_SECRETS, CliSettings, WebSettings, WorkerSettings, without_mail_secrets


@pytest.mark.parametrize("name", MAIL_SECRETS)
def test_web_settings_are_not_made_beside_a_mail_secret(name: str) -> None:
    with pytest.raises(BadInput, match=name):
        WebSettings.from_mapping({name: "secret"})


def test_the_parent_strips_them_first() -> None:
    env = dict.fromkeys(MAIL_SECRETS, "secret") | {"PLACET_PORT": "8001"}
    assert WebSettings.from_mapping(without_mail_secrets(env)).port == 8001


def test_web_and_command_settings_have_no_place_for_a_mail_secret() -> None:
    for kind in (WebSettings, CliSettings):
        assert not {"smtp", "dkim"} & set(kind.__dataclass_fields__)
    assert {"smtp", "dkim"} <= set(WorkerSettings.__dataclass_fields__)


def test_a_worker_s_settings_do_not_show_them() -> None:
    env = {"PLACET_SMTP_HOST": "mail.example", "PLACET_SMTP_USERNAME": "u", "PLACET_SMTP_PASSWORD": "hunter2hunter2"}
    assert "hunter2" not in repr(WorkerSettings.from_mapping(env))
