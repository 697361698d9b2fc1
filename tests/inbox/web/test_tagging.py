"""The tags of one conversation are changed in its side panel, and those used lately are offered."""

from inbox.desk.tag import tag
from inbox.models import Conversation
from tests.inbox.desk_of_five import Desk, browser


def sets(desk: Desk, conversation: Conversation, name: str = "ada", **form: str) -> tuple[int, str]:
    """What comes back from the form of tags, after it is kept."""
    answer = browser(getattr(desk, name)).post(f"/c/open/{conversation.number}/tags/", form)
    conversation.refresh_from_db()
    return answer.status_code, answer.content.decode()


def tagged(desk: Desk, *tags: str) -> Conversation:
    return tag(desk.problem(), tags, by=desk.ada, now=desk.later())


def test_tags_are_added_and_taken_away_one_by_one_or_with_commas(desk: Desk) -> None:
    conversation = desk.problem()
    sets(desk, conversation, tag=" #lamp,  red  lamp,lamp ")
    assert conversation.tags == ["lamp", "red lamp"]
    _status, shown = sets(desk, conversation, gone="lamp")
    assert conversation.tags == ["red lamp"]
    assert "Take away: red lamp" in shown
    side = browser(desk.ada).get(f"/c/open/{conversation.number}/side/").content.decode()
    assert "Take away: red lamp" in side
    assert "autofocus" not in side, "nobody loses his place because something was drawn"


def test_the_focus_goes_to_the_tag_that_takes_the_place_of_one_that_is_gone_else_to_the_field(desk: Desk) -> None:
    conversation = tagged(desk, "a", "b", "c")
    for gone, next_one in [("b", "c"), ("c", "a")]:
        assert f'value="{next_one}" autofocus' in sets(desk, conversation, gone=gone)[1]
    assert 'placeholder="Add a tag" autofocus' in sets(desk, conversation, gone="a")[1]
    assert 'placeholder="Add a tag" autofocus' in sets(desk, conversation, tag="d")[1]


def test_what_is_no_tag_is_refused_in_a_sentence_and_what_was_typed_stays(desk: Desk) -> None:
    conversation = desk.problem()
    answer = browser(desk.ada).post(f"/c/open/{conversation.number}/tags/", {"tag": "x" * 51})
    assert (answer.status_code, answer["HX-Reswap"]) == (400, "outerMorph")
    assert "each of at most 50 letters" in answer.content.decode()


def test_who_may_only_read_changes_no_tags(desk: Desk) -> None:
    conversation = tagged(desk, "lamp")
    assert sets(desk, conversation, name="kim", tag="red")[0] in {403, 404}
    assert conversation.tags == ["lamp"]


def test_tags_used_lately_are_offered_those_that_begin_so_first_and_none_that_is_there(desk: Desk) -> None:
    tagged(desk, "red lamp", "invoice", "lamp")
    tagged(desk, "red lamp", "Lampshade")
    conversation = tagged(desk, "lamp")
    desk.problem(channel=desk.channel_elsewhere)
    Conversation.objects.filter(team=desk.elsewhere).update(tags=["lamp of sales"])

    def offered(typed: str) -> list[str]:
        page = browser(desk.ada).get(f"/c/open/{conversation.number}/tags/lately/?q={typed}").content.decode()
        return [part.partition('"')[0] for part in page.split('data-put="')[1:]]

    assert offered("LAMP") == ["Lampshade", "red lamp"]
    assert offered("") == ["red lamp", "Lampshade", "invoice"]
