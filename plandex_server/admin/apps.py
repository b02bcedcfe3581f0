from django.contrib.admin.apps import AdminConfig


class PlandexAdminConfig(AdminConfig):
    default_site = "accounts.staff.site.StaffSite"
