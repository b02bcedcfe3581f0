"""Sending mail: templates under `templates/email/`, and the server's `EMAIL_URL`."""

import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from plandex_server.errors import ApiError

logger = logging.getLogger(__name__)

_CONSOLE = "django.core.mail.backends.console.EmailBackend"
_SMTP = "django.core.mail.backends.smtp.EmailBackend"
# A mail is sent within its request, which the CLI gives up after 30 s.
_TIMEOUT_SECONDS = 10


# One at a time: mails that nobody waits for are few.
_later = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


class MailFailed(ApiError):
    code = "mail_failed"


class Unmailable(MailFailed):
    """The address has no form that a mail can carry, such as a domain that can't be written."""

    status = 400
    code = "bad_email"


def email_settings(url: str) -> dict[str, object]:
    """Django's e-mail settings of a URL.

    `smtp://user:password@host:587` (STARTTLS), `smtps://…:465` (TLS from the start),
    `smtp://host:25?tls=0` (no encryption), `console:` (mails are printed; the default).
    `?from=plandex@example.com` names the sender, else it is the user.
    """
    try:
        parts = urlsplit(url or "console:")
        port = parts.port
    except ValueError:
        raise _bad_url() from None
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": _CONSOLE}
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise _bad_url()
    implicit = parts.scheme == "smtps"
    options = parse_qs(parts.query)
    encrypted = options.get("tls", ["1"])[0] != "0"
    user = unquote(parts.username or "")
    return {
        "EMAIL_BACKEND": _SMTP,
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or (465 if implicit else 587),
        "EMAIL_HOST_USER": user,
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": implicit,
        "EMAIL_USE_TLS": encrypted and not implicit,
        "EMAIL_TIMEOUT": _TIMEOUT_SECONDS,
        "DEFAULT_FROM_EMAIL": options.get("from", [user])[0] or "plandex@localhost",
    }


def _bad_url() -> ImproperlyConfigured:
    # Without the value, which may hold a password.
    return ImproperlyConfigured(
        "EMAIL_URL must be smtp://user:password@host:port, smtps://… or console:."
    )


def mail_send(template: str, *, to: str, values: Mapping[str, object]) -> None:
    """Renders `templates/email/<template>.{subject.txt,txt,html}` and sends it to one address."""
    # A subject is one line; values in it may hold anything a user typed.
    subject = " ".join(render_to_string(f"email/{template}.subject.txt", dict(values)).split())
    mail = EmailMultiAlternatives(
        subject=subject, body=render_to_string(f"email/{template}.txt", dict(values)), to=[to]
    )
    if settings.EMAIL_BACKEND == _CONSOLE:
        logger.warning("EMAIL_URL is not set: the mail to %s is printed here, not sent", to)
    mail.attach_alternative(render_to_string(f"email/{template}.html", dict(values)), "text/html")
    try:
        mail.send()
    except ValueError:  # Unicode's errors are ValueErrors
        raise Unmailable(f"No mail can be sent to this address: {to}") from None
    except OSError as error:  # smtplib's errors are OSErrors
        logger.error("mail %s was not sent: %s", template, type(error).__name__)
        raise MailFailed(
            "The mail could not be sent; ask the server's admin to check it."
        ) from None


def mail_later(template: str, *, to: str, values: Mapping[str, object]) -> None:
    """The same without waiting: one that can't be sent is only logged."""

    def send() -> None:
        try:
            mail_send(template, to=to, values=values)
        except MailFailed:
            return  # it was logged

    if settings.MAIL_LATER:
        _later.submit(send)
    else:
        send()
