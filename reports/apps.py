from django.apps import AppConfig


class ReportsApp(AppConfig):
    name = "reports"
    verbose_name = "Reports"

    def ready(self) -> None:
        from inbox.web import frame
        from reports.places import places_of

        frame.places.append(places_of)
