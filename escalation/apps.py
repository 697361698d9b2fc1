from django.apps import AppConfig


class EscalationApp(AppConfig):
    name = "escalation"
    verbose_name = "Escalation"

    def ready(self) -> None:
        from escalation import attendance, subscribers

        subscribers.listen()
        attendance.listen()
