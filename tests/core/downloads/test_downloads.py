"""Downloads: from a server on this computer into a home, through the real process."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from small_hub import SmallHub

from core import models, recorded, settings
from core.downloads import catalogue, fetch
from core.downloads.catalogue import Part, Set
from core.errors import Cancelled, KnownError
from core.paths import RESOURCES, Home

MINI = RESOURCES / "models" / "mini"
PIN = "2" * 40
UNET = "unet/diffusion_pytorch_model.safetensors"


def model_files() -> dict[str, bytes]:
    """A whole small model: the embedded one's own files, but for its adapters and image encoder."""
    named = [
        file
        for file in MINI.rglob("*")
        if file.suffix in catalogue.KINDS and file.parent.name not in ("adapters", "image_encoder", "mini")
    ]
    files = {str(file.relative_to(MINI)): file.read_bytes() for file in named if file.name[0] != "L"}
    files[UNET] = b"n" * 300_000  # a header is all that is read later
    return files | {"model_index.json": (MINI / "model_index.json").read_bytes()}


def a_set(files: dict[str, bytes], pinned: bool = True, name: str = "small") -> Set:
    parts = tuple(
        Part("somebody/small", PIN, path, len(data), hashlib.sha256(data).hexdigest())
        if pinned
        else Part("somebody/small", "", path, 0)
        for path, data in files.items()
    )
    return Set(name, "A small model", 1, 256, "Apache-2.0", parts)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return model_files()


@pytest.fixture
def hub(files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallHub]:
    server = SmallHub(dict(files))
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    yield server
    server.release.set()
    server.shutdown()
    server.server_close()


def test_a_set_becomes_a_model_that_is_verified(home: Home, hub: SmallHub, files: dict[str, bytes]) -> None:
    told: list[tuple[int, int, str]] = []
    model = fetch.download(home, a_set(files), lambda *moved: told.append(moved))
    assert model.name == "small"
    assert settings.load(home).models == {"small": str(home.models / "small")}
    assert told[-1][0] == told[-1][1] == sum(map(len, files.values()))
    listed = [file for file in model.path.rglob("*") if file.is_file()]
    assert {str(file.relative_to(model.path)): file.read_bytes() for file in listed} == files
    assert recorded.state(recorded.read(home), listed)[0] == "stated"
    check_that_only_requests_were_sent(hub)
    hub.asked.clear()
    fetch.download(home, a_set(files, name="twin"))
    assert hub.asked == [], "what another set brought is not fetched again"
    assert sorted(settings.load(home).models) == ["small", "twin"]


def check_that_only_requests_were_sent(hub: SmallHub) -> None:
    for method, path, headers in hub.asked:
        assert method in ("HEAD", "GET")
        assert path.startswith("/somebody/small/resolve/")
        assert "authorization" not in {name.lower() for name in headers}
        assert "torch" not in str(headers).lower()


def test_it_goes_on_where_it_was_interrupted(home: Home, hub: SmallHub, files: dict[str, bytes]) -> None:
    files = {**files, UNET: b"n" * 24_000_000}
    hub.files, hub.cut = files, 12_000_000
    hub.release.clear()

    def enough() -> bool:
        begun = (home.models / "small" / ".download").rglob("*.part")
        return any(file.stat().st_size >= 10_000_000 for file in begun)

    with pytest.raises(Cancelled):
        fetch.download(home, a_set(only_unet(files)), stop=enough)
    assert not settings.load(home).models
    hub.cut = 0
    hub.release.set()
    assert fetch.left(home, a_set(only_unet(files))) <= 14_000_000
    assert fetch.download(home, a_set(files)).name == "small"
    assert any(int(each[6:-1]) >= 10_000_000 for each in hub.ranges())


def only_unet(files: dict[str, bytes]) -> dict[str, bytes]:
    return {UNET: files[UNET]}


def test_what_came_damaged_is_told_and_not_kept(home: Home, hub: SmallHub, files: dict[str, bytes]) -> None:
    hub.spoiled = UNET
    with pytest.raises(KnownError, match=r"came damaged, and was deleted"):
        fetch.download(home, a_set(only_unet(files)))
    assert not list(home.models.rglob("*.safetensors"))
    assert not settings.load(home).models


def test_a_file_that_the_source_changed_is_refused(
    home: Home, hub: SmallHub, files: dict[str, bytes]
) -> None:
    wanted = a_set(files)
    hub.files["unet/config.json"] += b" "
    with pytest.raises(KnownError, match="should have"):
        fetch.download(home, wanted)


def test_without_a_pin_what_the_source_states_counts(
    home: Home, hub: SmallHub, files: dict[str, bytes]
) -> None:
    wanted = a_set(only_unet(files), pinned=False)
    assert not wanted.pinned
    with pytest.raises(KnownError, match="not a model in diffusers layout"):
        fetch.download(home, wanted)
    assert (home.models / "small" / UNET).read_bytes() == files[UNET]
    hub.spoiled = UNET
    with pytest.raises(KnownError, match="came damaged"):
        fetch.download(home, a_set(only_unet(files), pinned=False, name="other"))


def test_offline_is_said_plainly(
    home: Home, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(KnownError, match="cannot be reached: this computer is offline"):
        fetch.download(home, a_set(only_unet(files)))


def test_a_missing_file_is_said_plainly(home: Home, hub: SmallHub, files: dict[str, bytes]) -> None:
    wanted = a_set(only_unet(files))
    hub.files.clear()
    with pytest.raises(KnownError, match="does not have this file any more"):
        fetch.download(home, wanted)


def test_room_is_looked_for_first(
    home: Home, hub: SmallHub, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(home.root)._replace(free=10)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(KnownError, match="Nothing was downloaded"):
        fetch.download(home, a_set(files))
    assert hub.asked == []


def test_the_catalogue_is_pinned_and_whole() -> None:
    assert {each.memory_gb for each in catalogue.sets()} == {6, 8, 12, 24}
    for each in catalogue.sets():
        assert each.pinned
        assert len({part.place for part in each.files}) == len(each.files)
        large = [part for part in each.files if part.path.endswith(".safetensors")]
        assert all(len(part.sha256) == 64 and part.bytes > 10**7 for part in large)
        assert {"model_index.json", "image_encoder/config.json"} <= {part.place for part in each.files}
        assert all(word in each.licence for word in ("RAIL", "Apache-2.0"))


@pytest.mark.parametrize("path", ["../x.json", "/etc/x.json", "a/b.bin", "unet\\x.json", "run.py"])
def test_only_data_inside_the_folder_can_be_listed(path: str) -> None:
    entry = {"repository": "a/b", "revision": "", "path": path, "bytes": 0}
    with pytest.raises(msgspec.ValidationError, match="no file of a model"):
        msgspec.json.decode(json.dumps(entry), type=Part)


def test_an_unknown_set_names_the_known() -> None:
    with pytest.raises(KnownError, match="It has sd15, sd15-faces, sdxl"):
        catalogue.find("dalle")


def test_the_place_is_in_the_home(home: Home) -> None:
    wanted = catalogue.find("sd15")
    assert fetch.folder_of(home, wanted) == home.root / "models" / "sd15"
    assert fetch.left(home, wanted) == wanted.bytes
    assert not Path(home.models).exists()
    assert "sd15" not in models.folders(settings.load(home))
