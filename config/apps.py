from django.apps import AppConfig


class ConfigApp(AppConfig):
    name = "config"
    verbose_name = "Otvet"

    def ready(self) -> None:
        # Tasks are published through the one Celery application, also from pages and commands.
        from config.celery import app

        app.set_default()
