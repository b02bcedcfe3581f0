"""The admin's main paths, as people walk them."""

import re
import time

import pytest
from django_otp.oath import TOTP
from playwright.sync_api import Page, expect

from tests.browser.conftest import Picture, SignIn
from tests.browser.demo import ORG_ADMIN, OWNER, SUPERUSER

pytestmark = pytest.mark.browser


def follow(page: Page, name: str) -> None:
    """A link of the navigation: its name comes after the word of its icon."""
    page.get_by_role("link", name=re.compile(rf"(^|\s){name}$")).first.click()


def open_tab(page: Page, name: str) -> None:
    page.locator("a").filter(has_text=re.compile(rf"^\s*{name}\b")).first.click()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_the_dashboard_tells_what_goes_on(sign_in: SignIn, picture: Picture) -> None:
    page = sign_in(SUPERUSER)
    expect(page.locator("[data-facts]")).to_contain_text("Active runs")
    expect(page.locator("svg.costs rect.bar")).to_have_count(30)
    picture(page, "admin-dashboard")


def test_a_plan_is_read_and_archived(sign_in: SignIn, picture: Picture) -> None:
    page = sign_in(ORG_ADMIN)
    follow(page, "Plans")
    expect(page.locator("#result_list")).not_to_contain_text("secret-plan")
    picture(page, "admin-plans")
    page.get_by_placeholder("A part of the name").fill("invoice")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="invoice-export").click()
    expect(page.locator("[data-context]")).to_contain_text("cart.py")
    expect(page.locator("[data-convo]")).to_contain_text("Count each item")
    expect(page.locator("[data-changes]")).to_contain_text("test_cart.py")
    picture(page, "admin-plan")
    page.get_by_role("link", name="Show the diff").click()
    expect(page.locator("[data-text]")).to_contain_text("+    return sum(")
    page.get_by_role("link", name="← invoice-export").click()
    press(page, "Archive")
    expect(page.get_by_text("1 plan(s) were archived.")).to_be_visible()
    press(page, "Unarchive")
    expect(page.get_by_role("button", name="Archive", exact=True)).to_be_visible()


def test_a_plan_is_shared(sign_in: SignIn) -> None:
    page = sign_in(ORG_ADMIN)
    follow(page, "Plans")
    page.get_by_role("link", name="cart-tests").click()
    press(page, "Share with the org")
    expect(page.get_by_text("1 plan(s) are shared with their org.")).to_be_visible()
    press(page, "Stop sharing")
    expect(page.get_by_role("button", name="Share with the org")).to_be_visible()


def test_a_member_gets_another_role(sign_in: SignIn, picture: Picture) -> None:
    page = sign_in(OWNER)
    follow(page, "Members")
    row = page.get_by_role("row", name=re.compile("mo@acme.example"))
    expect(row).to_contain_text("Member")
    picture(page, "admin-members")
    row.get_by_role("link").first.click()
    page.locator("#id_role").select_option(label="Admin")
    press(page, "Save")
    expect(page.get_by_role("row", name=re.compile("mo@acme.example"))).to_contain_text("Admin")
    page.get_by_role("row", name=re.compile("mo@acme.example")).get_by_role("link").first.click()
    page.locator("#id_role").select_option(label="Member")
    press(page, "Save")


def test_somebody_is_invited_in_vain_twice(sign_in: SignIn) -> None:
    """The form says what the service refuses."""
    page = sign_in(OWNER)
    for shown in ("was added successfully", "already"):
        page.goto("/admin/orgs/invite/add/")
        page.locator(".field-org .select2-selection").first.click()
        page.get_by_role("option", name="Acme").click()
        page.locator("#id_email").fill("noa@acme.example")
        page.locator("#id_name").fill("Noa New")
        page.locator("#id_role").select_option(label="Member")
        press(page, "Save")
        expect(page.locator("body")).to_contain_text(shown)


def test_a_sign_in_is_revoked(sign_in: SignIn) -> None:
    page = sign_in(SUPERUSER)
    follow(page, "Sign-ins")
    page.get_by_role("row", name=re.compile("sam@globex.example")).get_by_role("link").first.click()
    press(page, "Revoke")
    expect(page.get_by_text("1 sign-in(s) were revoked.")).to_be_visible()


def test_plans_get_another_owner(sign_in: SignIn) -> None:
    page = sign_in(ORG_ADMIN)
    follow(page, "Plans")
    page.get_by_role("link", name="cart-tests").click()
    press(page, "Transfer to another owner …")
    page.get_by_label("New owner").select_option(label="olga@acme.example (Olga Owner)")
    press(page, "Transfer")
    expect(page.get_by_text("cart-tests belongs to olga@acme.example now.")).to_be_visible()


def test_a_run_is_watched_and_stopped(sign_in: SignIn, picture: Picture) -> None:
    page = sign_in(ORG_ADMIN)
    follow(page, "Runs")
    page.get_by_role("row", name=re.compile("running")).get_by_role("link").first.click()
    expect(page.locator("[data-live]")).to_contain_text("worker-1:4711")
    press(page, "Stop")
    # The part that renews itself says so.
    expect(page.locator("[data-live] h2").first).to_contain_text("Stopping")


def test_a_run_tells_where_its_time_and_money_went(sign_in: SignIn, picture: Picture) -> None:
    page = sign_in(ORG_ADMIN)
    follow(page, "Runs")
    page.get_by_role("row", name=re.compile("finished")).get_by_role("link").first.click()
    live = page.locator("[data-live]")
    for fact in ("Cost", "Waited for a worker", "Models thought", "The server's own work"):
        expect(live).to_contain_text(fact)
    expect(live.get_by_role("row", name=re.compile("acme.coder-32b"))).to_be_visible()
    picture(page, "admin-run")


def test_a_model_pack_is_edited(sign_in: SignIn, picture: Picture) -> None:
    page = sign_in(ORG_ADMIN)
    follow(page, "Model packs")
    page.get_by_role("link", name="acme-daily").click()
    picture(page, "admin-model-pack")
    open_tab(page, "Builder")
    model = page.locator("#id_builder__model_id")
    model.fill("no/such-model")
    press(page, "Save and continue editing")
    open_tab(page, "Builder")
    expect(page.get_by_text("neither built in nor one of the org's models")).to_be_visible()
    model.fill("openai/gpt-4.1")
    press(page, "Save and continue editing")
    expect(page.locator("#id_builder__model_id")).to_have_value("openai/gpt-4.1")
    open_tab(page, "Coder")
    fallback = page.locator("#id_coder__error_fallback")
    expect(fallback).to_have_value("anthropic/claude-sonnet-4")


def test_a_key_is_given_and_never_shown(sign_in: SignIn, picture: Picture) -> None:
    page = sign_in(ORG_ADMIN)
    page.goto("/admin/orgs/providerkey/add/")
    page.locator("#id_org + .select2, .field-org .select2-selection").first.click()
    page.get_by_role("option", name="Acme").click()
    page.locator("#id_provider").select_option("deepseek")
    page.locator("#id_key").fill("sk-browser-secret-4242")
    page.locator("#id_check_with_provider").uncheck()
    press(page, "Save")
    row = page.get_by_role("row", name=re.compile("deepseek"))
    expect(row).to_contain_text("…4242")
    picture(page, "admin-keys")
    row.get_by_role("link").first.click()
    assert "sk-browser-secret" not in page.content()


def test_an_owner_sets_a_budget(sign_in: SignIn, picture: Picture) -> None:
    page = sign_in(OWNER)
    follow(page, "Budgets")
    row = page.get_by_role("row", name=re.compile("mo@acme.example.*Month"))
    expect(row).to_contain_text("reached")
    picture(page, "admin-budgets")
    row.get_by_role("link").first.click()
    page.locator("#id_hard_limit").fill("1000")
    press(page, "Save")
    row = page.get_by_role("row", name=re.compile("mo@acme.example.*Month"))
    expect(row).to_contain_text("fine")


def test_usage_is_added_up(sign_in: SignIn, picture: Picture) -> None:
    page = sign_in(SUPERUSER)
    follow(page, "Usage")
    page.get_by_label("Org").select_option(label="Acme")
    press(page, "Show")
    expect(page.locator("[data-by=user]")).to_contain_text("olga@acme.example")
    expect(page.locator("[data-by=user]")).not_to_contain_text("globex")
    picture(page, "admin-usage")
    with page.expect_download() as download:
        page.locator("[data-by=model]").get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "usage-by-model.csv"


def test_the_audit_log_names_who_did_it(sign_in: SignIn, picture: Picture) -> None:
    page = sign_in(ORG_ADMIN)
    page.goto("/admin/orgs/invite/")
    page.get_by_role("row", name=re.compile("ina@acme")).get_by_role("checkbox").check()
    page.locator("select[name=action]").select_option(label="Withdraw")
    page.get_by_role("button", name=re.compile("Run|Go")).click()
    expect(page.get_by_text("1 invite(s) were withdrawn.")).to_be_visible()
    follow(page, "Audit log")
    row = page.get_by_role("row", name=re.compile("ina@acme.example")).first
    expect(row).to_contain_text(ORG_ADMIN)
    picture(page, "admin-audit-log")
    page.goto(page.url.partition("?")[0] + "?action=invite.withdrawn")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="Export what is shown as CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert len(lines) == 2 and "ina@acme.example" in lines[1]


def test_a_second_factor_is_set_up(sign_in: SignIn, picture: Picture) -> None:
    page = sign_in(SUPERUSER)
    page.goto("/admin/two-factor/")
    expect(page.locator("[data-qr] svg")).to_be_visible()
    picture(page, "admin-two-factor")
    secret = page.locator("[data-secret]").inner_text()
    page.get_by_label("Code of your authenticator app").fill(_code(secret))
    press(page, "Go on")
    expect(page.locator("[data-facts]")).to_be_visible()

    page = sign_in(SUPERUSER)
    expect(page.get_by_text("Code of your authenticator app")).to_be_visible()
    page.get_by_label("Code of your authenticator app").fill(_code(secret, later=1))
    press(page, "Go on")
    expect(page.locator("[data-facts]")).to_be_visible()
    page.goto("/admin/two-factor/")
    press(page, "Turn it off")


def _code(secret: str, *, later: int = 0) -> str:
    """What an authenticator app shows now, or shows next: each code works once."""
    import base64

    totp = TOTP(base64.b32decode(secret))
    totp.time = time.time() + 30 * later
    return f"{totp.token():06d}"
