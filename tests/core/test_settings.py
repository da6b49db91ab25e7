"""The user's choices: kept whole, and a broken file is told, not overwritten."""

from pathlib import Path

import pytest
from msgspec import structs

from core import settings
from core.errors import KnownError
from core.paths import Home
from core.settings import Settings


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path).create()


def test_nothing_saved_means_the_defaults(home: Home) -> None:
    assert settings.load(home) == Settings()


def test_what_was_saved_is_read(home: Home) -> None:
    chosen = structs.replace(Settings(), models={"größer": "/models/x"}, margin=1.5)
    settings.save(home, chosen)
    assert settings.load(home) == chosen
    assert list(home.root.glob("*.tmp")) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"margin": 9}', '{"models": 3}', "\xff"])
def test_a_broken_file_is_told_and_kept(home: Home, text: str) -> None:
    home.settings.write_text(text, "latin-1")
    with pytest.raises(KnownError, match="Mend or delete"):
        settings.load(home)
    assert home.settings.read_text("latin-1") == text


def test_a_full_disk_keeps_the_old_settings(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.save(home, Settings(margin=2.0))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(KnownError, match="No space left on device"):
        settings.save(home, Settings(margin=1.1))
    assert settings.load(home).margin == 2.0
    assert list(home.root.glob("*.tmp")) == []


def test_settings_of_another_version_are_read(home: Home) -> None:
    home.settings.write_text('{"model": "mini", "something_new": 1}')
    assert settings.load(home) == Settings()


def test_pictures_go_where_the_user_said(home: Home) -> None:
    assert settings.pictures_folder(home, Settings()) == home.pictures
    assert settings.pictures_folder(home, Settings(output="/out")) == Path("/out")


@pytest.mark.parametrize("damage", [b"[" * 100_000, b'{"model": "\xff"}', b"", b'{"models": {"a": 1}}'])
def test_any_damage_is_known(home: Home, damage: bytes) -> None:
    home.settings.write_bytes(damage)
    with pytest.raises(KnownError, match=r"settings\.json cannot be read"):
        settings.load(home)
