"""What is prepared before a shift ends: who should get what, and what he must know."""

from django.db import models

from inbox.models import Agent, Conversation


class Proposal(models.Model):
    """One conversation on a hand-over list: its proposed receiver (nobody: the queue), and the note for him."""

    conversation = models.OneToOneField(Conversation, models.CASCADE, primary_key=True, related_name="proposal")
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="proposals")
    receiver = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True, default="")
    made_at = models.DateTimeField()
