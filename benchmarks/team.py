"""Two people of one new org on any server: an owner, and a member who joined by e-mail domain.

In local mode nobody is asked for a PIN. Any other server is one that prints its mails: `mail_log`
names the file that it prints them to.
"""

import json
import re
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

PATIENCE_S = 10.0
_PIN = re.compile(r"PIN is ([0-9A-Za-z]{6})\b")


@dataclass(frozen=True, slots=True)
class Person:
    token: str
    org_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Team:
    owner: Person
    member: Person


def team_make(base: str, mail_log: Path | None = None) -> Team:
    """Signs two people up; the first makes an org that is open to their domain."""
    domain = f"team-{uuid4().hex[:8]}.test"
    sessions = {
        name: _sign_up(base, f"{name}@{domain}", name.title(), mail_log)
        for name in ("member", "owner")
    }
    owner = sessions["owner"]
    org = call(
        base,
        "POST",
        "/orgs",
        {"name": f"Team {domain}", "autoAddDomainUsers": True},
        {"Authorization": f"Bearer {owner['token']}"},
    )
    people = {
        name: Person(session["token"], org["id"], session["userId"])
        for name, session in sessions.items()
    }
    return Team(**people)


def _sign_up(base: str, email: str, name: str, mail_log: Path | None) -> dict[str, Any]:
    start = mail_log.stat().st_size if mail_log else 0
    asked = call(base, "POST", "/accounts/email_verifications", {"email": email})
    pin = "" if asked["isLocalMode"] else _mailed_pin(mail_log, start)
    account = {"email": email, "pin": pin, "userName": name}
    session: dict[str, Any] = call(base, "POST", "/accounts", account)
    return session


def _mailed_pin(mail_log: Path | None, start: int) -> str:
    if mail_log is None:
        raise SystemExit("The server mails PINs; name the file that it prints them to.")
    give_up = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up:
        with mail_log.open("rb") as log:
            log.seek(start)
            found = _PIN.search(log.read().decode())
        if found:
            return found[1]
        time.sleep(0.05)
    raise SystemExit(f"No PIN appeared in {mail_log}.")


def call(
    base: str,
    method: str,
    path: str,
    body: object = None,
    headers: Mapping[str, str] | None = None,
) -> Any:
    """A call that has to succeed; its decoded answer."""
    request = urllib.request.Request(
        base + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **(headers or {})},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        text = response.read()
    return json.loads(text) if text else None
