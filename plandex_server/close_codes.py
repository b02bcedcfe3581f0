"""A WebSocket that breaks a rule is told which one: by default Autobahn drops its connection, and
the client learns nothing, not even that its message was too large (1009)."""

from daphne.ws_protocol import WebSocketFactory


class TellingFactory(WebSocketFactory):  # type: ignore[misc]  # Daphne has no types
    def resetProtocolOptions(self) -> None:
        """What still comes is passed over; a second later the connection ends in any case."""
        super().resetProtocolOptions()
        self.failByDrop = False


def tell_close_codes() -> None:
    """Makes this process's server serve its connections so."""
    from daphne import server

    server.WebSocketFactory = TellingFactory
