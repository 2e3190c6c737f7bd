"""Sending to addresses that somebody else chose."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow._webhooks import sending
from mlflow._webhooks.sending import WebhookAnswer, is_public, resolve
from mlflow.exceptions import InvalidParameterValue


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)  # fmt: skip
def test_addresses_that_are_not_of_the_internet_are_known(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    "text", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_internet_are_known(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@given(st.integers(0, 2**32 - 1))
def test_an_address_inside_of_another_is_judged_as_it_is_alone(number: int) -> None:
    alone = ipaddress.IPv4Address(number)
    assert is_public(ipaddress.IPv6Address(f"::ffff:{alone}")) == is_public(alone)


def _answering(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Has names resolve to one list of addresses after the other; gives the names that were asked for."""
    asked: list[str] = []
    left = list(answers)

    def resolver(host: str, port: int, **options: Any) -> list[Any]:
        del options
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in left.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    return asked


def test_a_name_with_one_private_address_among_public_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _answering(monkeypatch, ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(InvalidParameterValue, match=r"10\.0\.0\.1.*MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS"):
        resolve("https://hooks.example/x")


def test_the_connection_is_made_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name answers with an address of the machine itself as soon as it is asked a second time."""
    asked = _answering(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    connected: list[Any] = []

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(address)
        raise TimeoutError(f"no answer in {timeout} s")

    monkeypatch.setattr(socket, "create_connection", connect)
    answer = sending.send("https://hooks.example:8443/x", "{}", {}, 1.0)
    assert (asked, connected) == (["hooks.example"], [("8.8.8.8", 8443)])
    assert (answer.status, answer.ok, answer.passing) == (None, False, True)


def test_a_url_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    _answering(monkeypatch, ["8.8.8.8"])
    target = resolve("https://Hooks.example/a/b?c=d#e")
    assert target == ("https", "hooks.example", 443, "/a/b?c=d", "8.8.8.8")


@pytest.mark.parametrize(
    "url",
    ["https://a\nb/", "https://a/\r\nX: y", "https://ä.example/", "https://a:99999/", "https://[::1", "a", "https:///x",
     "https://u@a.example/", "https://a\\@b/", "javascript:x", "https://" + "a" * 600],
)  # fmt: skip
def test_a_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidParameterValue):
        resolve(url)


@given(st.text(max_size=60))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    try:
        parts = sending._parts(f"https://{text}")
    except InvalidParameterValue:
        return
    assert parts[0] == "https"
    assert parts[3].startswith("/")


def test_answers_say_whether_to_try_again() -> None:
    assert [WebhookAnswer(status).passing for status in (None, 200, 302, 404, 429, 500, 503)] == [
        True, False, False, False, True, True, True
    ]  # fmt: skip
    assert [WebhookAnswer(status).ok for status in (None, 199, 200, 204, 302, 500)] == [
        False, False, True, True, False, False
    ]  # fmt: skip
