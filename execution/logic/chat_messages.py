"""The provider-neutral form of a model request: messages made of text and image parts."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Part:
    """A text; `cache` asks the provider to cache the request up to and including it."""

    text: str
    cache: bool = False


@dataclass(frozen=True, slots=True)
class ImagePart:
    """An image as a data URI."""

    data_uri: str
    detail: str = "high"


AnyPart = Part | ImagePart


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a request."""

    role: Role
    parts: tuple[AnyPart, ...]

    @property
    def text(self) -> str:
        """All text of the message, for providers and logs that know no parts."""
        return "\n\n".join(part.text for part in self.parts if isinstance(part, Part))


def text_message(role: Role, text: str) -> ChatMessage:
    """A message of one text part."""
    return ChatMessage(role, (Part(text),))
