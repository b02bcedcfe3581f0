"""The table of contents: every path of the API is one line in an app's `urls.py`."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from plandex_server.api.pages import docs, health, schema, version

urlpatterns = [
    path("health", health),
    path("version", version),
    path("schema", schema),
    path("docs", docs),
    path("", include("plandex_server.operations.urls")),
    path("admin", RedirectView.as_view(url="/admin/")),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("orgs.urls")),
    path("", include("projects.urls")),
    path("", include("models_config.urls")),
    # execution before plans and context: its fixed words come before `<plan_id>/<branch>`
    path("", include("execution.urls")),
    path("", include("context.urls")),
    path("", include("plans.urls")),
]

handler400 = "plandex_server.admin.errors.bad_request"
handler403 = "plandex_server.admin.errors.forbidden"
handler404 = "plandex_server.admin.errors.not_found"
handler500 = "plandex_server.admin.errors.server_error"
