"""Mail settings from one URL."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from plandex_server.mail import email_settings, mail_send


@pytest.mark.parametrize("url", ["", "console:"])
def test_without_a_url_mails_go_to_the_log(url: str) -> None:
    assert email_settings(url) == {
        "EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"
    }


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://u%40x:p%2Fw@mail.test", 587, True, False),
        ("smtp://u%40x:p%2Fw@mail.test:2525", 2525, True, False),
        ("smtp://u%40x:p%2Fw@mail.test:25?tls=0", 25, False, False),
        ("smtps://u%40x:p%2Fw@mail.test", 465, False, True),
    ],
)
def test_smtp(url: str, port: int, tls: bool, ssl: bool) -> None:
    parsed = email_settings(url)
    assert parsed["EMAIL_HOST"] == "mail.test"
    assert (parsed["EMAIL_HOST_USER"], parsed["EMAIL_HOST_PASSWORD"]) == ("u@x", "p/w")
    assert parsed["EMAIL_PORT"] == port
    assert parsed["DEFAULT_FROM_EMAIL"] == "u@x"
    assert (parsed["EMAIL_USE_TLS"], parsed["EMAIL_USE_SSL"]) == (tls, ssl)


@pytest.mark.parametrize(
    "url",
    ["mail.test:25", "http://u:s3cret@mail.test", "smtp://:s3cret@", "smtp://u:s3cret@h:port"],
)
def test_nonsense_is_loud_and_keeps_the_password(url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        email_settings(url)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("smtp://mail.test?from=plandex@corp.test", "plandex@corp.test"),
        ("smtp://mail.test", "plandex@localhost"),
    ],
)
def test_the_sender(url: str, sender: str) -> None:
    assert email_settings(url)["DEFAULT_FROM_EMAIL"] == sender


def test_a_printed_mail_says_that_it_is_not_sent(
    settings: Settings, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    mail_send("verification", to="ann@example.com", values={"pin": "aB3xZ9", "minutes": 5})
    assert "your Plandex PIN is aB3xZ9" in capsys.readouterr().out
    assert "EMAIL_URL is not set" in caplog.text
