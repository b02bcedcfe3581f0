"""E-mail addresses: how they are compared, and which domains belong to nobody in particular."""

import re

_NAME = r"[^\s@\x00-\x1f\x7f-\x9f\"(),:;<>\[\]\\]+"
_LABEL = r"[\w-]{1,63}"
_WHOLE = rf"{_NAME}@{_LABEL}(\.{_LABEL})*"
ADDRESS_PATTERN = rf"^\s*{_WHOLE}\s*$"
"""What an address that is sent has to look like."""
MAX_ADDRESS_LENGTH = 255
_ADDRESS = re.compile(_WHOLE)


def normalized(email: str) -> str:
    return email.strip().lower()


def domain_of(email: str) -> str:
    return email.rpartition("@")[2]


def is_address(email: str) -> bool:
    """A name and a domain, one `@` between them, nothing that a mail's header takes for more."""
    return len(email) <= MAX_ADDRESS_LENGTH and bool(_ADDRESS.fullmatch(email))


# Everyone can get an address here, so nobody may open an org to one of these domains.
# The CLI does not offer it for them either.
_SERVICE_DOMAINS = frozenset(
    """
    126.com 163.com aim.com alice.it aliceadsl.fr aol.com arcor.de att.net bellsouth.net
    bigpond.com bigpond.net.au bk.ru bluewin.ch blueyonder.co.uk bol.com.br centurytel.net
    charter.net chello.nl club-internet.fr comcast.net cox.net daum.net disroot.org
    earthlink.net facebook.com fastmail.com free.fr freenet.de frontiernet.net gmail.com gmx.com
    gmx.de gmx.net googlemail.com hetnet.nl hey.com home.nl hotmail.co.uk hotmail.com hotmail.de
    hotmail.es hotmail.fr hotmail.it hushmail.com icloud.com ig.com.br juno.com kpnmail.nl
    laposte.net libero.it list.ru live.ca live.co.uk live.com live.com.au live.fr live.it
    live.nl mac.com mail.com mail.ru mailfence.com mailinator.com me.com msn.com naver.com
    neuf.fr nextmail.ru ntlworld.com optonline.net optusnet.com.au orange.fr outlook.com
    planet.nl posteo.de protonmail.com qq.com rambler.ru rediffmail.com rocketmail.com
    runbox.com sbcglobal.net seznam.cz sfr.fr shaw.ca sina.com sky.com skynet.be sohu.com
    sympatico.ca t-online.de telenet.be terra.com.br tin.it tiscali.co.uk tiscali.it
    tutanota.com uol.com.br verizon.net virgilio.it voila.fr wanadoo.fr web.de windstream.net
    yahoo.ca yahoo.co.id yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.ar yahoo.com.au
    yahoo.com.br yahoo.com.mx yahoo.com.sg yahoo.de yahoo.es yahoo.fr yahoo.in yahoo.it
    yandex.com yandex.ru ymail.com yopmail.com zoho.com zonnet.nl
    """.split()
)


def is_service_domain(domain: str) -> bool:
    """Whether the domain is an e-mail service's, not an organization's."""
    return domain in _SERVICE_DOMAINS
