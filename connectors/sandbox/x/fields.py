"""Which fields, expansions and parameters a request may name, in both spellings, and which it gets unasked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.sandbox.x.problems import invalid


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


POST_FIELDS = _names(
    "article attachments author_id card_uri community_id context_annotations conversation_id created_at"
    " display_text_range edit_controls edit_history_tweet_ids entities geo id in_reply_to_user_id lang media_metadata"
    " non_public_metrics note_tweet organic_metrics possibly_sensitive promoted_metrics public_metrics"
    " referenced_tweets reply_settings scopes source suggested_source_links text withheld"
)
USER_FIELDS = _names(
    "affiliation confirmed_email connection_status created_at description entities id is_identity_verified location"
    " most_recent_tweet_id name parody pinned_tweet_id profile_banner_url profile_image_url protected public_metrics"
    " receives_your_dm subscription subscription_type url username verified verified_followers_count verified_type"
    " withheld"
)
MEDIA_FIELDS = _names(
    "alt_text duration_ms height media_key non_public_metrics organic_metrics preview_image_url promoted_metrics"
    " public_metrics type url variants width"
)
DM_FIELDS = _names(
    "attachments created_at dm_conversation_id entities event_type id participant_ids referenced_tweets sender_id text"
)
POST_EXPANSIONS = _names(
    "article.cover_media article.media_entities attachments.media_keys attachments.media_source_tweet"
    " attachments.poll_ids author_id edit_history_tweet_ids entities.mentions.username geo.place_id"
    " in_reply_to_user_id entities.note.mentions.username referenced_tweets.id referenced_tweets.id.author_id"
)
DM_EXPANSIONS = _names("attachments.media_keys participant_ids referenced_tweets.id sender_id")
USER_EXPANSIONS = _names("affiliation.user_id most_recent_tweet_id pinned_tweet_id")

_POST_QUERY = {"tweet.fields": POST_FIELDS, "user.fields": USER_FIELDS, "media.fields": MEDIA_FIELDS}
_LOOSE = {"place.fields": _names(""), "poll.fields": _names("")}  # taken, but there are neither here
FOR_POSTS = {**_POST_QUERY, **_LOOSE, "expansions": POST_EXPANSIONS}
FOR_USERS = {"user.fields": USER_FIELDS, "tweet.fields": POST_FIELDS, "expansions": USER_EXPANSIONS}
FOR_MESSAGES = {**_POST_QUERY, "dm_event.fields": DM_FIELDS, "expansions": DM_EXPANSIONS}

_OLD_NAMES = {
    "post.fields": "tweet.fields",
    "referenced_posts": "referenced_tweets",
    "referenced_posts.id": "referenced_tweets.id",
    "referenced_posts.id.author_id": "referenced_tweets.id.author_id",
    "edit_history_post_ids": "edit_history_tweet_ids",
    "pinned_post_id": "pinned_tweet_id",
    "most_recent_post_id": "most_recent_tweet_id",
    "in_reply_to_post_id": "in_reply_to_tweet_id",
    "quote_post_id": "quote_tweet_id",
    "note_post": "note_tweet",
}
_NEW_NAMES = {old: new for new, old in _OLD_NAMES.items()} | {"tweets": "posts"}


def old_name(name: str) -> str:
    """The older spelling of a field, expansion or parameter, whichever was given."""
    return _OLD_NAMES.get(name, name)


def old_spelling(body: Any) -> Any:
    """A request's body with the older names of its fields."""
    if isinstance(body, Mapping):
        return {old_name(key): old_spelling(value) for key, value in body.items()}
    if isinstance(body, list):
        return [old_spelling(item) for item in body]
    return body


def respelled(body: Any) -> Any:
    """An answer with the newer names of its fields."""
    if isinstance(body, Mapping):
        return {_NEW_NAMES.get(key, key): respelled(value) for key, value in body.items()}
    if isinstance(body, list):
        return [respelled(item) for item in body]
    return body


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an answer shall hold, beside what it always holds."""

    post: frozenset[str]
    user: frozenset[str]
    media: frozenset[str]
    message: frozenset[str]
    expansions: frozenset[str]


def wanted(query: Mapping[str, str], allowed: Mapping[str, frozenset[str]]) -> Wanted:
    """Read the field parameters of a query. Raise the Problem of X for a name it does not know."""
    chosen = {name: _chosen(name, query.get(name, ""), known) for name, known in allowed.items()}
    nothing = _names("")
    expansions = chosen.get("expansions", nothing)
    named_by_expansion = {name.partition(".")[0] for name in expansions}
    return Wanted(
        post=_names("id text edit_history_tweet_ids")
        | chosen.get("tweet.fields", nothing)
        | (named_by_expansion & POST_FIELDS),
        user=_names("id name username") | chosen.get("user.fields", nothing),
        media=_names("media_key type") | chosen.get("media.fields", nothing),
        message=_names("id event_type text")
        | chosen.get("dm_event.fields", nothing)
        | (named_by_expansion & DM_FIELDS),
        expansions=expansions,
    )


def _chosen(name: str, given: str, known: frozenset[str]) -> frozenset[str]:
    names = frozenset(old_name(word) for word in given.split(",") if word)
    for strange in sorted(names - known) if known else ():
        message = f"The `{name}` query parameter value [{strange}] is not one of [{','.join(sorted(known))}]"
        raise invalid(message, **{name: strange})
    return names
