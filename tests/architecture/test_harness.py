"""What the test run itself forbids: the network beyond this machine, and warnings that nobody reads."""

import socket
import warnings

import pytest
from pytest_socket import SocketConnectBlockedError


def test_a_test_cannot_reach_another_machine() -> None:
    # 192.0.2.0/24 is for documentation (RFC 5737) and belongs to nobody. The refusal warns first, and warnings are errors.
    with socket.socket() as outward, pytest.raises((SocketConnectBlockedError, UserWarning), match=r"192\.0\.2\.1"):
        outward.connect(("192.0.2.1", 25))


def test_a_test_can_reach_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as connection:
        assert connection.getpeername() == server.getsockname()


def test_a_warning_is_an_error() -> None:
    with pytest.raises(UserWarning, match="unread"):
        warnings.warn("unread", stacklevel=1)
