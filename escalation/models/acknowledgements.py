"""The answer that a customer gets at once, by choice: a number, and an honest time."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from inbox.models import Channel


class Acknowledgement(models.Model):
    """A channel whose customers are told that their problem has arrived. The words may hold {number} and {time}."""

    channel = models.OneToOneField(Channel, models.CASCADE, primary_key=True, related_name="acknowledgement")
    is_on = models.BooleanField(_("in use"), default=False)
    words = models.TextField(_("words"), blank=True, default="")
    words_ru = models.TextField(_("words, in Russian"), blank=True, default="")
