from django.apps import AppConfig


class InboxApp(AppConfig):
    name = "inbox"
    verbose_name = "Inbox"
