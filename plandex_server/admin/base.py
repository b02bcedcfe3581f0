"""What the admin pages of all apps share: whose rows they show, what may be changed, and actions.

A page decides nothing: forms and actions call the services that the API calls, and their refusals
become messages.
"""

from abc import ABCMeta, abstractmethod
from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, TypeVar, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import ForeignKey, Model, QuerySet
from django.forms.models import ModelFormMetaclass
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_POST

from plandex_server.admin.changelist import IndexedChangeList
from plandex_server.admin.paginator import BoundedPaginator
from plandex_server.admin.scoping import is_manager, is_superuser, scoped
from plandex_server.admin.typed import ModelAdmin, ModelForm
from plandex_server.errors import ApiError

M = TypeVar("M", bound=Model)
A = TypeVar("A", bound="OrgModelAdmin[Any]")


class OrgModelAdmin(ModelAdmin[M]):
    """Pages of rows that belong to orgs; read-only unless a subclass says otherwise.

    `object_actions` names those of `actions` that a row's own page offers as buttons.
    `records_changes` is for pages whose services tell the audit log nothing.
    """

    org_path: ClassVar[str] = ""
    object_actions: ClassVar[tuple[str, ...]] = ()
    records_changes: ClassVar[bool] = False
    paginator = BoundedPaginator
    # The theme's rows are dear: these take a tenth of a second, and no screen shows more.
    list_per_page = 25
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    compressed_fields = True
    warn_unsaved_form = True
    list_filter_submit = True
    list_filter_sheet = False
    list_fullwidth = True
    change_form_outer_before_template = "admin/object_actions.html"

    # -- whose rows -------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        return self.in_scope(request, super().get_queryset(request))

    def in_scope(self, request: HttpRequest, rows: QuerySet[M]) -> QuerySet[M]:
        return scoped(request, rows, self.org_path)

    def get_field_queryset(
        self, db: str | None, db_field: Any, request: HttpRequest
    ) -> QuerySet[Any] | None:
        """The choices of a foreign key are the rows that the person may see."""
        if isinstance(db_field, ForeignKey):
            related = self.admin_site._registry.get(db_field.remote_field.model)
            if related is not None:
                return related.get_queryset(request)
        return super().get_field_queryset(db, db_field, request)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only the filters that the page offers. Django lets any column of the table be asked for
        in the address, secrets too, which could then be guessed letter by letter."""
        for offered in self.get_list_filter(request):
            if lookup == getattr(offered, "parameter_name", None):
                return True
            name = offered[0] if isinstance(offered, tuple) else offered
            if isinstance(name, str) and (lookup == name or lookup.startswith(f"{name}__")):
                return super().lookup_allowed(lookup, value, request)
        return False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[IndexedChangeList]:
        return IndexedChangeList

    # -- what may be done ---------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return is_manager(request) if self.org_path else is_superuser(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Rows are deleted one by one, with their page's warning of what goes with them."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_sortable_by(self, request: HttpRequest) -> Any:
        """Only columns with an index could be sorted in a large table; pages name them."""
        return self.sortable_by if self.sortable_by is not None else ()

    # -- what was done -------------------------------------------------------------------------

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self.record(obj, "added")

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self.record(obj, "changed")

    def log_deletion(self, request: HttpRequest, obj: Any, object_repr: str) -> Any:
        self.record(obj, "deleted")

    def record(self, obj: Model, what: str) -> None:
        """Tells the audit log, which takes the place of the admin's own history."""
        if self.records_changes:
            import_string(settings.AUDIT_RECORD)(
                "admin.changed",
                org_id=self._org_of(obj),
                kind=self.model._meta.model_name,
                target_id=str(obj.pk),
                target=str(obj),
                details={"what": what},
            )

    def _org_of(self, obj: Any) -> str:
        """The id at the end of `org_path`; none for rows that are no single org's."""
        *steps, last = self.org_path.split("__")
        for step in steps:
            obj = getattr(obj, step)
        found = getattr(obj, f"{last}_id", None) if last != "pk" else obj.pk
        return found if isinstance(found, str) else ""

    # -- a row's own page -----------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        options = self.model._meta
        act = path(
            "<path:object_id>/do/<str:action>/",
            self.admin_site.admin_view(require_POST(self.object_action_view)),
            name=f"{options.app_label}_{options.model_name}_do",
        )
        return [act, *super().get_urls()]

    def object_action_view(self, request: HttpRequest, object_id: str, action: str) -> HttpResponse:
        found = self.get_actions(request).get(action)
        rows = self.get_queryset(request).filter(pk=object_id)
        if action not in self.object_actions or found is None or not rows:
            raise Http404
        response = found[0](self, request, rows)
        return response or HttpResponseRedirect(self.page_of(object_id))

    def page_of(self, object_id: str) -> str:
        options = self.model._meta
        return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[object_id])

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        context = dict(extra_context or {})
        if object_id is not None:
            context["object_actions"] = self._buttons(request, object_id)
        return super().changeform_view(request, object_id, form_url, context)

    def offers(self, row: M, action: str) -> bool:
        """Whether the action would change anything about the row."""
        return True

    def _buttons(self, request: HttpRequest, object_id: str) -> list[dict[str, str]]:
        row = self.get_object(request, object_id)
        if row is None:
            return []
        options = self.model._meta
        url = f"admin:{options.app_label}_{options.model_name}_do"
        return [
            {"title": str(found[2]), "url": reverse(url, args=[object_id, name])}
            for name, found in self.get_actions(request).items()
            if name in self.object_actions and self.offers(row, name)
        ]


class _Abstract(ABCMeta, ModelFormMetaclass):
    """Of forms that leave something to their subclasses."""


class ServiceForm(ModelForm[M], metaclass=_Abstract):
    """A form whose saving is a service's work: `perform` calls it, and its refusal is the form's
    error. It runs inside the page's transaction, when everything else is right."""

    saved: M
    request: HttpRequest

    @abstractmethod
    def perform(self, data: dict[str, Any]) -> M:
        """The row as the service left it. Raises `ApiError`."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                with transaction.atomic():
                    self.saved = self.perform(data)
            except ApiError as error:
                raise ValidationError(error.msg) from None
        return data

    def _post_clean(self) -> None:
        """The instance is not filled from the fields: the service has done that."""


class ServiceModelAdmin(OrgModelAdmin[M]):
    """Pages whose form is a `ServiceForm`."""

    def get_form(
        self, request: HttpRequest, obj: M | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        made = super().get_form(request, obj, change=change, **kwargs)
        return type(made.__name__, (made,), {"request": request})

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        return getattr(form, "saved", form.instance)

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: bool) -> None:
        """Nothing: the form's service has saved it."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing, as above."""


def each_row(
    done: str,
) -> Callable[[Callable[[A, HttpRequest, Any], None]], Callable[[A, HttpRequest, Any], None]]:
    """Makes a bulk action of what is done to one row. Refusals become messages, one per row; `done`
    tells how many went well."""

    def decorate(
        act: Callable[[A, HttpRequest, Any], None],
    ) -> Callable[[A, HttpRequest, Any], None]:
        @wraps(act)
        def action(self: A, request: HttpRequest, rows: QuerySet[Any]) -> None:
            count = 0
            for row in rows:
                try:
                    act(self, request, row)
                except ApiError as error:
                    messages.error(request, f"{row}: {error.msg}")
                except PermissionDenied:
                    messages.error(request, f"{row}: your role does not allow this.")
                else:
                    self.record(row, act.__name__.replace("_", " "))
                    count += 1
            if count:
                messages.success(request, done.format(count=count))

        return action

    return decorate


def user_of(request: HttpRequest) -> Any:
    """The signed-in member of staff; the pages let nobody else in."""
    return cast(Any, request.user)
