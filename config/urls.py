"""All addresses: the desk, reports, the API, signing in, and, in the demo, the street."""

from allauth.account import views as accounts
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_POST

from config import health
from inbox.api.stream import stream
from inbox.web import hooks
from inbox.web.signing_in import not_offered

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/login/", accounts.login),
    path("accounts/logout/", require_POST(accounts.logout)),
    path("accounts/<path:rest>", not_offered),
    path("accounts/", include("allauth.account.urls")),  # for their names, which allauth's own pages look up
    path("language/", include("django.conf.urls.i18n")),
    path("hooks/<slug:kind>/<slug:token>", hooks.hook, name="hook"),
    path("reports/", include("reports.urls")),
    path("", include("escalation.urls")),
    path("api/", include("inbox.api.urls")),
    path("livez", health.alive),
    path("readyz", health.ready),
    path("events", stream, name="events"),
    path("", include("inbox.web.urls")),
]
if settings.EMBEDDED:
    from config.street import letters, posts, wall

    urlpatterns += [
        path("street/", letters.letters, name="street"),
        path("street/x/", posts.posts, name="street_x"),
        path("street/facebook/", wall.wall, name="street_facebook"),
    ]
