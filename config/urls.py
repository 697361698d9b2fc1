"""All addresses: the desk, reports, the API, signing in, and, in the demo, the street."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from inbox.api.stream import stream

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.account.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("reports/", include("reports.urls")),
    path("api/", include("inbox.api.urls")),
    path("events", stream, name="events"),
    path("", include("inbox.web.urls")),
]
if settings.EMBEDDED:
    from config import street

    urlpatterns += [path("street/", street.street, name="street")]
