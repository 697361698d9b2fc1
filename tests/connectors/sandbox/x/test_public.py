"""Posts over the wire: fields, pages, partial errors, answers, deletions."""

import pytest

from connectors.sandbox.x.server import XServer
from connectors.sandbox.x.street import Upload
from tests.connectors.sandbox.x.conftest import Client, Clock

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
REFUSAL = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged"
    " by the author of the post you are replying to."
)


def mentions_path(x: XServer) -> str:
    return f"/2/users/{x.account('demo').id}/mentions"


def test_an_empty_page_has_no_data(x: XServer, us: Client) -> None:
    assert us.get(mentions_path(x)) == {"meta": {"result_count": 0}}


def test_only_the_default_fields_come_unasked(x: XServer, us: Client) -> None:
    post = x.post("carla", "Where is it, @demo?")
    page = us.get(mentions_path(x))
    assert page["data"] == [{"id": post.id, "text": "Where is it, @demo?", "edit_history_tweet_ids": [post.id]}]
    assert page["meta"] == {"result_count": 1, "newest_id": post.id, "oldest_id": post.id}


def test_fields_and_expansions_come_when_asked(x: XServer, us: Client) -> None:
    ours = x.post("demo", "We are open")
    reply = x.post("carla", "See https://example.com/a/long/way & <b>", in_reply_to=ours.id)
    query = {
        "tweet.fields": "created_at,conversation_id,in_reply_to_user_id,referenced_tweets,entities",
        "expansions": "author_id,referenced_tweets.id",
        "user.fields": "receives_your_dm",
    }
    page = us.get(mentions_path(x), **query)
    shown = page["data"][0]
    assert shown["author_id"] == reply.author
    assert shown["conversation_id"] == ours.id
    assert shown["in_reply_to_user_id"] == x.account("demo").id
    assert shown["referenced_tweets"] == [{"type": "replied_to", "id": ours.id}]
    link = shown["entities"]["urls"][0]
    assert shown["text"] == f"@demo See {link['url']} &amp; &lt;b&gt;"
    assert shown["text"][link["start"] : link["end"]] == link["url"]
    assert link["expanded_url"] == "https://example.com/a/long/way"
    assert shown["created_at"].endswith("Z")
    assert page["includes"]["users"][0] | {"id": ""} == {
        "id": "",
        "name": "Carla",
        "username": "carla",
        "receives_your_dm": True,
    }
    assert page["includes"]["tweets"][0]["id"] == ours.id


def test_both_spellings_are_understood_and_either_is_spoken(x: XServer, us: Client) -> None:
    ours = x.post("demo", "We are open")
    reply = x.post("carla", "Really?", in_reply_to=ours.id)
    query = {"post.fields": "referenced_posts", "expansions": "referenced_posts.id"}
    assert us.get(mentions_path(x), **query)["data"][0]["referenced_tweets"][0]["id"] == ours.id
    x.rule(spelling="post")
    page = us.get(mentions_path(x), **{"tweet.fields": "referenced_tweets", "expansions": "referenced_tweets.id"})
    assert page["data"][0]["referenced_posts"] == [{"type": "replied_to", "id": ours.id}]
    assert page["data"][0]["edit_history_post_ids"] == [reply.id]
    assert [post["id"] for post in page["includes"]["posts"]] == [ours.id]
    body = {"text": "Yes", "reply": {"in_reply_to_post_id": reply.id}}
    assert "edit_history_post_ids" in us("POST", "/2/tweets", json=body).json()["data"]


def test_pages_follow_each_other_and_the_last_has_no_token(x: XServer, us: Client) -> None:
    posts = [x.post("carla", f"@demo {number}").id for number in range(12)]
    seen: list[str] = []
    token: dict[str, str | None] = {}
    for _page in range(3):
        page = us.get(mentions_path(x), max_results=5, **token)
        seen += [post["id"] for post in page["data"]]
        token = {"pagination_token": page["meta"].get("next_token")}
        x.post("carla", "@demo something new between two pages")
    assert seen == posts[::-1]
    assert token == {"pagination_token": None}


def test_since_and_until_leave_out_their_own_id(x: XServer, us: Client) -> None:
    first, second, third = (x.post("carla", f"@demo {number}").id for number in range(3))
    assert [post["id"] for post in us.get(mentions_path(x), since_id=first)["data"]] == [third, second]
    assert [post["id"] for post in us.get(mentions_path(x), until_id=third)["data"]] == [second, first]


@pytest.mark.parametrize(
    "query",
    [
        {"max_results": 4},
        {"max_results": 101},
        {"max_results": "many"},
        {"tweet.fields": "nonsense"},
        {"expansions": "author"},
        {"unknown": "1"},
        {"since_id": "x"},
        {"pagination_token": "!"},
        {"start_time": "yesterday"},
    ],
)
def test_a_query_that_is_not_right_is_refused(x: XServer, us: Client, query: dict[str, str]) -> None:
    answer = us("GET", mentions_path(x), params=query)
    assert answer.status_code == 400
    body = answer.json()
    assert body["title"] == "Invalid Request"
    assert body["type"].endswith("/problems/invalid-request")
    assert list(body["errors"][0]["parameters"]) == list(query)


def test_what_is_gone_is_a_partial_error(x: XServer, us: Client) -> None:
    kept, gone = x.post("carla", "@demo kept"), x.post("carla", "@demo gone")
    x.delete(gone.id)
    page = us.get("/2/tweets", ids=f"{kept.id},{gone.id}")
    assert [post["id"] for post in page["data"]] == [kept.id]
    assert page["errors"][0]["resource_id"] == gone.id
    assert page["errors"][0]["title"] == "Not Found Error"
    assert "data" not in us.get(f"/2/tweets/{gone.id}")
    x.rule(missing_is_404=True)
    assert us("GET", f"/2/tweets/{gone.id}").status_code == 404
    x.suspend("carla")
    assert "data" not in us.get("/2/tweets", ids=kept.id)


def test_an_edited_post_has_a_new_id_and_its_history(x: XServer, us: Client) -> None:
    old = x.post("carla", "@demo frist")
    new = x.edit(old.id, "@demo first")
    shown = us.get(mentions_path(x))["data"]
    assert shown == [{"id": new.id, "text": "@demo first", "edit_history_tweet_ids": [old.id, new.id]}]
    assert us.get(f"/2/tweets/{old.id}")["data"]["text"] == "@demo frist"


def test_a_reply_is_taken_only_when_we_were_called(x: XServer, us: Client) -> None:
    called, quoting, neither = (
        x.post("carla", "@demo hello"),
        x.post("carla", "look", quoting=x.post("demo", "News").id),
        x.post("carla", "talking to myself"),
    )
    for post, status in ((called, 201), (quoting, 201), (neither, 403)):
        answer = us("POST", "/2/tweets", json={"text": "We are here", "reply": {"in_reply_to_tweet_id": post.id}})
        assert answer.status_code == status
    assert answer.json() == {"detail": REFUSAL, "type": "about:blank", "title": "Forbidden", "status": 403}
    x.rule(summoned_only=False)
    assert (
        us("POST", "/2/tweets", json={"text": "Hi", "reply": {"in_reply_to_tweet_id": neither.id}}).status_code == 201
    )


def test_a_thread_goes_on_under_our_own_post(x: XServer, us: Client) -> None:
    last = x.post("carla", "@demo a long question")
    for number in range(3):
        body = {"text": f"Part {number}", "reply": {"in_reply_to_tweet_id": last.id}}
        made = us("POST", "/2/tweets", json=body).json()["data"]["id"]
        last = next(post for post in x.thread(last.id) if post.id == made)
    assert [post.text for post in x.thread(last.id)] == ["@demo a long question", "Part 0", "Part 1", "Part 2"]


def test_the_same_text_twice_is_two_posts(x: XServer, us: Client) -> None:
    answers = [us("POST", "/2/tweets", json={"text": "We are open"}).json()["data"]["id"] for _time in range(2)]
    assert len(set(answers)) == 2
    assert [effect.about for effect in x.log()] == answers


def test_a_text_that_weighs_too_much_is_refused(x: XServer, us: Client) -> None:
    assert us("POST", "/2/tweets", json={"text": "я" * 280}).status_code == 201
    assert us("POST", "/2/tweets", json={"text": "漢" * 141}).status_code == 403
    assert len(x.log()) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": 1},
        {"text": "a", "unknown": 1},
        {"text": "a", "reply": {}},
        {"text": "a", "media": {"media_ids": ["7"]}},
    ],
)
def test_a_post_that_is_not_right_is_refused(x: XServer, us: Client, body: dict[str, object]) -> None:
    assert us("POST", "/2/tweets", json=body).status_code == 400
    assert x.log() == []


def test_a_body_of_another_type_is_refused(x: XServer, us: Client) -> None:
    assert us("POST", "/2/tweets", data={"text": "hello"}).status_code == 400
    headers = {"content-type": "application/json"}
    assert us("POST", "/2/tweets", data=b"{broken", headers=headers).status_code == 400
    assert x.log() == []


def test_we_delete_and_hide_what_is_ours_to_delete_and_hide(x: XServer, us: Client) -> None:
    ours = x.post("demo", "News")
    reply, other = x.post("carla", "nonsense", in_reply_to=ours.id), x.post("carla", "@demo alone")
    assert us("PUT", f"/2/tweets/{reply.id}/hidden", json={"hidden": True}).json() == {"data": {"hidden": True}}
    assert us("PUT", f"/2/tweets/{other.id}/hidden", json={"hidden": True}).status_code == 403
    assert us("DELETE", f"/2/tweets/{other.id}").status_code == 403
    assert us("DELETE", f"/2/tweets/{ours.id}").json() == {"data": {"deleted": True}}
    assert us("DELETE", f"/2/tweets/{ours.id}").status_code == 404
    assert [effect.what for effect in x.log()] == ["posted", "posted", "posted", "hidden", "deleted"]


def test_our_own_timeline_shows_what_was_posted_without_our_hearing_of_it(x: XServer, us: Client) -> None:
    asked = x.post("carla", "@demo a question")
    us("POST", "/2/tweets", json={"text": "An answer", "reply": {"in_reply_to_tweet_id": asked.id}})
    page = us.get(f"/2/users/{x.account('demo').id}/tweets", **{"tweet.fields": "referenced_tweets"})
    assert page["data"][0]["text"] == "@carla An answer"
    assert page["data"][0]["referenced_tweets"] == [{"type": "replied_to", "id": asked.id}]
    x.rule(shows_implied_mentions=False, escapes_text=False)
    assert us.get(f"/2/users/{x.account('demo').id}/tweets")["data"][0]["text"] == "An answer"


def test_a_picture_is_included_and_can_be_fetched(x: XServer, us: Client) -> None:
    x.post("carla", "@demo broken", media=[Upload("image/png", PNG)])
    query = {"expansions": "attachments.media_keys", "media.fields": "url", "tweet.fields": "entities"}
    page = us.get(mentions_path(x), **query)
    media = page["includes"]["media"][0]
    assert page["data"][0]["attachments"] == {"media_keys": [media["media_key"]]}
    assert media["type"] == "photo"
    assert us("GET", media["url"], auth=None).content == PNG


def test_search_finds_what_the_operators_say(x: XServer, us: Client, clock: Clock) -> None:
    old = x.post("carla", "Otvet is slow")
    clock.ahead = 8 * 24 * 3600
    named, loud = x.post("carla", "Otvet is fast"), x.post("sam", "otvet OTVET", in_reply_to=old.id)
    posts = {"old": old, "named": named, "loud": loud}

    def found(query: str) -> set[str]:
        page = us.get("/2/tweets/search/recent", query=query)
        ids = {post["id"] for post in page.get("data", [])}
        return {name for name, post in posts.items() if post.id in ids}

    assert found("otvet -is:retweet") == {"named", "loud"}
    assert found("from:carla") == {"named"}
    assert found("is:reply OR fast") == {"named", "loud"}
    assert found('"is fast" -from:sam') == {"named"}
    assert found(f"conversation_id:{old.id}") == {"loud"}
    clock.ahead = 0
    assert found("otvet") == {"old", "named", "loud"}
    assert us("GET", "/2/tweets/search/recent", params={"query": "x" * 513}).status_code == 400


def test_people_are_looked_up_by_id_and_name(x: XServer, us: Client) -> None:
    carla = x.account("carla")
    assert us.get("/2/users/by", usernames="CARLA,kim")["data"][0]["id"] == carla.id
    page = us.get("/2/users", ids=f"{carla.id},5")
    assert page["data"] == [{"id": carla.id, "name": "Carla", "username": "carla"}]
    assert page["errors"][0]["resource_type"] == "user"
    assert us.get(f"/2/users/{carla.id}")["data"]["username"] == "carla"
    assert us.get("/2/users/by/username/carla")["data"]["id"] == carla.id
    x.receive_messages_of("carla", everybody=False)
    shown = us.get(f"/2/users/{carla.id}", **{"user.fields": "receives_your_dm"})
    assert shown["data"]["receives_your_dm"] is False
