"""Notices on their way out: by e-mail, or to a webhook. A notice that fails stops no audit."""

from __future__ import annotations

import http.client
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from compliance.plain import to_json
from compliance.rules.notices import Notice
from compliance.rules.nouns.audit import Schedule, Sending
from compliance.settings import Settings

_WAIT_S = 10


def send(notice: Notice, schedule: Schedule, settings: Settings) -> tuple[Sending, ...]:
    """Tell everybody whom `schedule` names; what could not be told is said, not raised."""
    sent = [_mailed(notice, mail, settings) for mail in schedule.mails]
    if schedule.webhook:
        sent.append(_posted(notice, schedule.webhook))
    return tuple(sent)


def _mailed(notice: Notice, mail: str, settings: Settings) -> Sending:
    message = EmailMessage()
    message["Subject"] = notice.subject
    message["From"] = settings.mail_from
    message["To"] = mail
    message.set_content(notice.text)
    host = mail.rpartition("@")[2]
    if not is_mailed(message, settings):
        reason = "the mail server did not take it"
        return Sending(way="e-mail", host=host, is_sent=False, reason=reason)
    return Sending(way="e-mail", host=host, is_sent=True)


def is_mailed(message: EmailMessage, settings: Settings) -> bool:
    """Send `message`; whether the mail server took it."""
    try:
        with _server(settings.smtp_url) as server:
            server.send_message(message)
    except (smtplib.SMTPException, OSError, ValueError):
        return False
    return True


@contextmanager
def _server(url: str) -> Iterator[smtplib.SMTP]:
    """A connection to the mail server; encrypted from the start, or as soon as it offers that.

    A password is never sent in the clear.
    """
    place = urlsplit(url)
    secure, host = ssl.create_default_context(), place.hostname or ""
    server: smtplib.SMTP
    if place.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, place.port or 465, timeout=_WAIT_S, context=secure)
    else:
        server = smtplib.SMTP(host, place.port or 25, timeout=_WAIT_S)
    with server:
        server.ehlo()
        if place.scheme != "smtps" and (server.has_extn("starttls") or place.username):
            server.starttls(context=secure)
        if place.username:
            server.login(unquote(place.username), unquote(place.password or ""))
        yield server


class _NoDetours(urllib.request.HTTPRedirectHandler):
    """Refuses redirects: a notice goes where it was sent and nowhere else."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def _posted(notice: Notice, url: str) -> Sending:
    host = urlsplit(url).hostname or ""
    request = urllib.request.Request(  # noqa: S310 - `check_schedule` lets only http and https in
        url,
        data=to_json(notice.fields).encode(),
        headers={"Content-Type": "application/json", "User-Agent": "privacy-desk"},
        method="POST",
    )
    try:
        opener = urllib.request.build_opener(_NoDetours)
        with opener.open(request, timeout=_WAIT_S):
            return Sending(way="webhook", host=host, is_sent=True)
    except urllib.error.HTTPError as error:
        reason = f"it answered {error.code}"
    except (OSError, ValueError, http.client.HTTPException):
        reason = "it could not be reached"
    return Sending(way="webhook", host=host, is_sent=False, reason=reason)
