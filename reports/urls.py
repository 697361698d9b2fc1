"""Where the reports are."""

from django.urls import path

from reports import months, pages

app_name = "reports"
urlpatterns = [
    path("ledger/", pages.ledger, name="ledger"),
    path("ledger/<int:channel_id>/<str:day>/<str:outcome>/", pages.items, name="items"),
    path("month/", months.month, name="month"),
    path("month/<str:text>.csv", months.month_as_file, name="month_as_file"),
    path("month/<str:text>/<str:number>/<int:team_id>/<int:person_id>/", months.behind, name="behind"),
    path(
        "month/<str:text>/<str:number>/<int:team_id>/<int:person_id>.csv", months.behind_as_file, name="behind_as_file"
    ),
]
