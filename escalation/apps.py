from django.apps import AppConfig


class EscalationApp(AppConfig):
    name = "escalation"
    verbose_name = "Escalation"

    def ready(self) -> None:
        from escalation import attendance, subscribers
        from escalation.places import places_of
        from escalation.sorting import rule_that_sends_to
        from escalation.standing_words import standing_words
        from escalation.warnings import warn_of_gaps
        from inbox import alarms
        from inbox.desk import standing_words as of_the_desk
        from inbox.desk import teams
        from inbox.web import frame, panels

        subscribers.listen()
        attendance.listen()
        frame.places.append(places_of)
        panels.conversation.append("escalation:promise")
        panels.after_history.append("escalation:ahead")
        alarms.beyond.append(warn_of_gaps)
        teams.sending_there.append(rule_that_sends_to)
        of_the_desk.beyond.append(standing_words)
