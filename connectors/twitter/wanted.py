"""What we ask of the API with each kind of thing. Authors are left out: they are paid for, and mostly known already."""

from collections.abc import Mapping
from types import MappingProxyType

_MEDIA = "media_key,type,url,preview_image_url,variants,alt_text"

POST_FIELDS = (
    "id,text,author_id,conversation_id,created_at,in_reply_to_user_id,referenced_tweets,attachments,entities,lang,"
    "note_tweet,edit_history_tweet_ids"
)
POST: Mapping[str, str] = MappingProxyType(
    {"tweet.fields": POST_FIELDS, "expansions": "attachments.media_keys", "media.fields": _MEDIA}
)
MESSAGE: Mapping[str, str] = MappingProxyType(
    {
        "dm_event.fields": "id,text,event_type,dm_conversation_id,created_at,sender_id,attachments,entities",
        "expansions": "attachments.media_keys",
        "media.fields": _MEDIA,
        "event_types": "MessageCreate",
    }
)
