"""Takes secrets out of texts that leave the process. Plain Python: the settings use it."""

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

HIDDEN = "[redacted]"
SHORTEST = 6
"""A shorter secret is not looked for: it would be found in ordinary words."""

_NAMES = r"(?:api[_-]?key|access[_-]?key|secret[_-]?key|secret|token|password|passwd|authorization)"
_PATTERNS = (
    # keys of providers, by their prefixes
    re.compile(r"\b(?:sk|pk|rk|gsk|xai|pplx|hf|ghp|gho|glpat)[-_][A-Za-z0-9_\-]{8,}"),
    re.compile(r"\bAIza[A-Za-z0-9_\-]{20,}"),
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}"),
    # JSON web tokens, and the base64 of a JSON object: the CLI's bearer is one
    re.compile(r"\beyJ[A-Za-z0-9_\-+/=]{8,}(?:\.[A-Za-z0-9_\-]+){0,2}"),
    re.compile(r"(?i)\b(?:bearer|basic)\s+(?!\[)[A-Za-z0-9._\-+/=]{8,}"),
    re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)", re.S
    ),
)
_CLUE = re.compile(
    r"[spr]k[-_]|xai[-_]|pplx|hf[-_]|gh[po][-_]|glpat|AIza|AKIA|ASIA|eyJ|PRIVATE KEY"
    r"|(?i:bearer|basic)"
)
"""Whatever a pattern finds holds one of these. Most lines hold none, and this takes a fraction of
looking for each."""
# No pattern begins with a run of any length: in a long word, which every request's path may hold,
# it would be tried again from each letter.
_IN_URL = re.compile(r"(?P<scheme>://)[^\s/@:'\"]*:[^\s/@'\"]+@")
_NAMED = re.compile(
    rf"(?i)(?P<name>{_NAMES}[A-Z0-9_]{{0,64}}['\"]?\s*[:=]\s*)"
    r"(?:\"(?!\[)[^\"]{6,}\"?|'(?!\[)[^']{6,}'?|(?![\[\"'])[^\s'\",;&}]{6,})"
)


class Redactor:
    """Replaces what looks like a secret, and the server's own secrets wherever they stand."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {form for secret in secrets for form in _forms(secret)}
        longest_first = sorted(known, key=len, reverse=True)
        self._known = (
            re.compile("|".join(re.escape(secret) for secret in longest_first))
            if longest_first
            else None
        )

    def __call__(self, text: str) -> str:
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        if _CLUE.search(text):
            for pattern in _PATTERNS:
                text = pattern.sub(HIDDEN, text)
        if "://" in text:
            text = _IN_URL.sub(rf"\g<scheme>{HIDDEN}@", text)
        if ":" in text or "=" in text:
            text = _NAMED.sub(rf"\g<name>{HIDDEN}", text)
        return text


def _forms(secret: str) -> set[str]:
    """A secret as it may be written. Of an address only the password is one."""
    value = secret.strip()
    if "://" in value:
        try:
            value = urlsplit(value).password or ""
        except ValueError:
            return set()
    return {form for form in (value, unquote(value)) if len(form) >= SHORTEST}
