"""What this room tells customers by itself, where somebody wrote the words for it."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from escalation.models import Acknowledgement, Policy
from inbox.desk.standing_words import Standing


def standing_words() -> Iterator[Standing]:
    """The words of acknowledgements and policies, in both languages, also of those that are not in use now."""
    for told in Acknowledgement.objects.select_related("channel").order_by("channel__name"):
        where = _("the acknowledgement of %(name)s") % {"name": told.channel.name}
        yield from (Standing(where, words, [told.channel_id]) for words in (told.words, told.words_ru))
    for policy in Policy.objects.order_by("name", "pk").prefetch_related("channels"):
        where = _("the policy “%(name)s”") % {"name": policy.name}
        channels = [channel.pk for channel in policy.channels.all()] or None
        yield from (Standing(where, words, channels) for words in (policy.words, policy.words_ru))
