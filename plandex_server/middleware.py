"""What every request goes through that is not a stream."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from plandex_server.origin import Via, origin, origin_is_by, origin_of


class OriginMiddleware:
    """Remembers where a request comes from. The API names its person when it authenticates; in
    the admin that is the session's user, known once all middleware has run."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        via = Via.ADMIN if request.path_info.startswith(settings.ADMIN_PATH) else None
        with origin(origin_of(request, via=via)):
            return self._get_response(request)

    def process_view(self, request: HttpRequest, *view: object) -> None:
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            origin_is_by(user.pk, user.get_username())
