"""What is new, told once after an update."""

import pytest

from core import news

CHANGELOG = "# Changelog\n\n## 0.2.0 (May)\n- **Better**\n- Faster\n\n## 0.1.0\nThe first.\n"


def test_the_newest_version_and_its_words() -> None:
    assert news.newest(CHANGELOG) == ("0.2.0", "- **Better**\n- Faster")
    assert news.newest("nothing here") == ("", "")


@pytest.mark.parametrize(
    ("seen", "version", "told"), [("", "0.1.0", False), ("0.1.0", "0.1.0", False), ("0.1.0", "0.2.0", True)]
)
def test_news_are_told_once_and_not_at_the_first_start(seen: str, version: str, told: bool) -> None:
    assert news.shall_tell(seen, version) is told


@pytest.mark.parametrize("name", ["CHANGELOG.md", "THIRD_PARTY.md"])
def test_the_programs_texts_are_there(name: str) -> None:
    assert "## " in news.document(name)


def test_a_text_that_was_left_out_is_empty() -> None:
    assert news.document("NOTHING.md") == ""
