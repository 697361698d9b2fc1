import pytest

from connectors.sandbox.x.wording import show, weight


@pytest.mark.parametrize(
    ("text", "weighs"),
    [
        ("hello", 5),
        ("привет", 6),
        ("漢字", 4),
        ("e\u0301", 1),
        ("https://example.com/a/very/long/way?with=1", 23),
        ("see example.com now", 4 + 23 + 4),
        ("🙂", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("👍🏽", 2),
        ("🇩🇪", 2),
        ("1️⃣", 2),
        ("“quoted” – yes", 14),
        ("…", 2),
        ("ada@example.com", 15),
    ],
)
def test_a_text_weighs_what_the_provider_counts(text: str, weighs: int) -> None:
    assert weight(text) == weighs


def test_long_links_become_short_ones_that_say_where_they_lead() -> None:
    shown = show("see https://example.com/a, or example.org", ["carla"], [], escaped=True)
    first, second = shown.links
    assert shown.text == f"@carla see {first.url}, or {second.url}"
    assert (first.expanded, second.expanded) == ("https://example.com/a", "http://example.org")
    assert len(first.url) == 23
