"""Where the reports are."""

from django.urls import path

from reports import pages

app_name = "reports"
urlpatterns = [
    path("ledger/", pages.ledger, name="ledger"),
    path("ledger/<int:channel_id>/<str:day>/<str:outcome>/", pages.items, name="items"),
]
