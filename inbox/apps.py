from django.apps import AppConfig


class InboxApp(AppConfig):
    name = "inbox"
    verbose_name = "Inbox"

    def ready(self) -> None:
        from inbox.desk import undelivered

        undelivered.listen()
