"""What the admin's theme is told: titles, colours, and the navigation. Read while the settings
load, so it imports no model."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse, reverse_lazy

Item = dict[str, Any]


def _list(
    title: str, icon: str, model: str, *, active: Callable[[Any], bool] | None = None
) -> Item:
    item = {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{model}_changelist")}
    return item | ({"active": active} if active else {})


def _is_call_list(request: Any) -> bool:
    """Not the usage page, whose address is below that of the calls."""
    return bool(request.path.startswith(reverse("admin:execution_modelcall_changelist"))) and (
        request.path != reverse("admin:usage")
    )


def _navigation() -> list[Item]:
    return [
        {
            "items": [
                {"title": "Dashboard", "icon": "dashboard", "link": reverse_lazy("admin:index")},
            ]
        },
        {
            "title": "Work",
            "separator": True,
            "items": [
                _list("Projects", "folder", "projects_project"),
                _list("Plans", "account_tree", "plans_plan"),
                _list("Runs", "play_circle", "execution_run"),
            ],
        },
        {
            "title": "People",
            "separator": True,
            "items": [
                _list("Orgs", "apartment", "orgs_org"),
                _list("Members", "group", "orgs_membership"),
                _list("Invites", "mail", "orgs_invite"),
                _list("Users", "person", "accounts_user"),
                _list("Sign-ins", "key", "accounts_authtoken"),
            ],
        },
        {
            "title": "Models",
            "separator": True,
            "items": [
                _list("Model packs", "stacks", "models_config_custompack"),
                _list("Custom models", "neurology", "models_config_custommodel"),
                _list("Custom providers", "dns", "models_config_customprovider"),
                _list("Default settings", "tune", "models_config_defaultsettings"),
            ],
        },
        {
            "title": "Money",
            "separator": True,
            "items": [
                {"title": "Usage", "icon": "bar_chart", "link": reverse_lazy("admin:usage")},
                _list("Budgets", "savings", "orgs_budget"),
                _list("Provider keys", "vpn_key", "orgs_providerkey"),
                _list("Prices", "sell", "models_config_modelprice"),
                _list("Model calls", "receipt_long", "execution_modelcall", active=_is_call_list),
            ],
        },
        {
            "title": "Watch",
            "separator": True,
            "items": [
                _list("Audit log", "policy", "orgs_auditevent"),
            ],
        },
    ]


def unfold_settings() -> dict[str, Any]:
    return {
        "SITE_TITLE": "Plandex server",
        "SITE_HEADER": "Plandex server",
        "SITE_SUBHEADER": "Administration",
        "SITE_SYMBOL": "terminal",
        "SITE_URL": None,
        "SHOW_HISTORY": False,
        "SHOW_VIEW_ON_SITE": False,
        "BORDER_RADIUS": "6px",
        "DASHBOARD_CALLBACK": "execution.admin.dashboard.dashboard_context",
        "SITE_FAVICONS": [
            {"rel": "icon", "type": "image/svg+xml", "href": "/static/admin/favicon.svg"}
        ],
        "STYLES": ["/static/admin/plandex.css"],
        "LOGIN": {"form": "accounts.staff.sign_in.StaffSignInForm"},
        "ACCOUNT": {
            "navigation": [
                {"title": "Two-factor sign-in", "link": reverse_lazy("admin:two_factor")},
            ]
        },
        "COLORS": {"primary": _TEAL},
        "SIDEBAR": {"show_search": True, "navigation": _navigation()},
    }


_TEAL = {
    "50": "oklch(98.4% .014 180.72)",
    "100": "oklch(95.3% .051 180.801)",
    "200": "oklch(91% .096 180.426)",
    "300": "oklch(85.5% .138 181.071)",
    "400": "oklch(77.7% .152 181.912)",
    "500": "oklch(70.4% .14 182.503)",
    "600": "oklch(60% .118 184.704)",
    "700": "oklch(51.1% .096 186.391)",
    "800": "oklch(43.7% .078 188.216)",
    "900": "oklch(38.6% .063 188.416)",
    "950": "oklch(27.7% .046 192.524)",
}
