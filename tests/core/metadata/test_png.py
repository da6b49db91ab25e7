"""What a picture carries: read back by us, by other programs, and never trusted."""

import io
import re
import struct
import xml.etree.ElementTree as ET
import zlib
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.errors import KnownError
from core.metadata import FaceScore, Saved, Scores, parameters, png, xmp
from core.spec import Reference, RenderSpec, SubjectSpec

SHA = "ab" * 32
NAMES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "ext": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
}
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def subject(name: str = "Ada", kind: str = "person", noun: str = "woman") -> SubjectSpec:
    return SubjectSpec(
        uid="u1",
        name=name,
        kind=kind,
        noun=noun,
        spans=((0, len(noun)),),  # type: ignore[arg-type]
        references=(Reference(crop=SHA, mask=SHA, weight=0.5),),
    )


def saved(prompt: str = "woman on a beach", **changes: object) -> Saved:
    spec = RenderSpec(
        prompt=prompt,
        model="mini",
        width=64,
        height=96,
        seed=7,
        steps=20,
        guidance=5.0,
        subjects=(subject(),) if prompt.startswith("woman") else (),
    )
    scores = Scores({"u1": 0.31}, (FaceScore((1, 2, 3, 4), {"u1": 0.31}, "u1"),), "sface")
    made: dict[str, str | int | float] = {"model_sha256": "c0ffee" * 10, "batch_size": 2, "likeness": "9.8"}
    return Saved(msgspec.structs.replace(spec, **changes), made, scores)


def written(folder: Path, what: Saved) -> Path:
    path = folder / "picture.png"
    path.write_bytes(png.encode(2, 1, b"\0\1\2\3\4\5", what))
    return path


def text_of(path: Path, key: str) -> str:
    with Image.open(path) as image:
        return str(image.info[key])


def test_a_picture_carries_its_settings(tmp_path: Path) -> None:
    path = written(tmp_path, saved())
    assert png.read(path) == saved()
    with Image.open(path) as image:
        assert (image.size, image.tobytes()) == ((2, 1), b"\0\1\2\3\4\5")


@quick
@given(
    prompt=st.text(max_size=80),
    negative=st.text(max_size=40),
    seed=st.integers(0, 2**63 - 1),
    guidance=st.floats(0, 50),
    made=st.dictionaries(
        st.text(max_size=8), st.one_of(st.text(max_size=8), st.integers(0, 9), st.floats(0, 1))
    ),
)
def test_any_settings_read_back(
    tmp_path: Path,
    prompt: str,
    negative: str,
    seed: int,
    guidance: float,
    made: dict[str, str | int | float],
) -> None:
    spec = RenderSpec(
        prompt=prompt,
        model="m",
        width=64,
        height=64,
        seed=seed,
        steps=1,
        guidance=guidance,
        negative_prompt=negative,
        template=prompt,
    )
    back = png.read(written(tmp_path, Saved(spec, made)))
    assert back.spec == spec
    assert dict(back.made) == made


# What other programs read


def read_parameters(text: str) -> tuple[str, str, dict[str, str]]:
    """As a program reads it that knows only the format."""
    *lines, last = text.split("\n")
    negative = next((line for line in lines if line.startswith("Negative prompt: ")), "")
    fields = dict(re.findall(r'(\w[\w ]*): ("(?:\\.|[^"\\])*"|[^,]*)(?:, |$)', last))
    return lines[0], negative.removeprefix("Negative prompt: "), fields


def test_other_programs_read_the_parameters(tmp_path: Path) -> None:
    path = written(tmp_path, saved(negative_prompt="blurry,\nugly"))
    prompt, negative, fields = read_parameters(text_of(path, "parameters"))
    assert (prompt, negative) == ("woman on a beach", "blurry, ugly")
    assert fields == {
        "Steps": "20",
        "Sampler": "DDIM",
        "CFG scale": "5",
        "Seed": "7",
        "Size": "64x96",
        "Model hash": "c0ffeec0ff",
        "Model": "mini",
        "Method": "Text alone",
        "Version": "Likeness 9.8",
    }


@pytest.mark.parametrize(("scheduler", "name"), [("dpm++", "DPM++ 2M"), ("euler", "Euler"), ("ddim", "DDIM")])
def test_samplers_have_their_known_names(scheduler: str, name: str) -> None:
    assert f"Sampler: {name}," in parameters.text(saved(scheduler=scheduler))


def test_a_field_with_commas_is_quoted() -> None:
    _, _, fields = read_parameters(parameters.text(saved(model='my, "own": model')))
    assert fields["Model"] == r'"my, \"own\": model"'
    assert fields["Version"] == "Likeness 9.8"


def described(what: Saved) -> ET.Element:
    found = ET.fromstring(xmp.packet(what)).find(".//rdf:Description", NAMES)
    assert found is not None
    return found


def test_xmp_says_that_an_ai_made_it(tmp_path: Path) -> None:
    told = described(saved())
    assert told.findtext("ext:DigitalSourceType", None, NAMES) == (
        "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    )
    assert told.findtext("ext:AISystemUsed", None, NAMES) == "Likeness"
    assert told.findtext("ext:AISystemVersionUsed", None, NAMES) == "9.8 (model mini c0ffeec0ff)"
    assert told.findtext("ext:AIPromptInformation", None, NAMES) == "woman on a beach"
    assert [li.text for li in told.findall("ext:PersonInImage/rdf:Bag/rdf:li", NAMES)] == ["Ada"]
    assert text_of(written(tmp_path, saved()), "XML:com.adobe.xmp") == xmp.packet(saved())


@pytest.mark.parametrize("nobody", [subject("Person 12"), subject(""), subject("My guitar", "object")])
def test_only_names_that_the_user_gave_to_people_are_told(nobody: SubjectSpec) -> None:
    assert "PersonInImage" not in xmp.packet(saved(subjects=(nobody,)))


@quick
@given(prompt=st.text(max_size=60), name=st.text(min_size=1, max_size=20))
def test_xmp_is_well_formed_whatever_is_written(prompt: str, name: str) -> None:
    described(saved("woman" + prompt, subjects=(subject(name),)))


# What others may have written


def with_text(folder: Path, text: str, zipped: bool = False) -> Path:
    info = PngInfo()
    info.add_itxt(png.KEY, text, zip=zipped)
    path = folder / "picture.png"
    Image.new("RGB", (2, 2)).save(path, pnginfo=info)
    return path


HOSTILE = [
    "",
    "{}",
    "[]",
    "null",
    "not json",
    '{"spec": {}}',
    "[" * 100_000,
    '{"a":' * 50_000,
    "\0\1\2",
    '{"version": 1e999}',
    "9" * 5000,
    '"' + "x" * 10_000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_foreign_settings_are_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(KnownError, match=r"cannot be read|damaged|no settings"):
        png.read(with_text(tmp_path, text))


def test_settings_beyond_measure_are_told(tmp_path: Path) -> None:
    bomb = '{"spec":"' + "x" * 60_000_000 + '"}'
    with pytest.raises(KnownError):
        png.read(with_text(tmp_path, bomb, zipped=True))
    with pytest.raises(KnownError, match="longer than any"):
        Saved.from_json("x" * 1_000_001)


def test_a_newer_format_is_told(tmp_path: Path) -> None:
    newer = msgspec.structs.replace(saved(), version=2)
    with pytest.raises(KnownError, match="newer Likeness"):
        png.read(with_text(tmp_path, newer.to_json()))


def test_files_that_are_no_picture_of_ours_are_told(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="No such file"):
        png.read(tmp_path / "missing.png")
    with pytest.raises(KnownError):
        png.read(tmp_path)
    (tmp_path / "text.png").write_text("hello")
    with pytest.raises(KnownError, match="no PNG"):
        png.read(tmp_path / "text.png")
    Image.new("RGB", (2, 2)).save(tmp_path / "photo.jpg")
    with pytest.raises(KnownError, match="no PNG"):
        png.read(tmp_path / "photo.jpg")
    Image.new("RGB", (2, 2)).save(tmp_path / "foreign.png")
    with pytest.raises(KnownError, match="another program"):
        png.read(tmp_path / "foreign.png")


@quick
@given(st.data())
def test_a_damaged_file_is_told_or_still_right(tmp_path: Path, data: st.DataObject) -> None:
    whole = bytearray(png.encode(2, 1, b"\0\1\2\3\4\5", saved()))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    path = tmp_path / "damaged.png"
    path.write_bytes(cut)
    try:
        back = png.read(path)
    except KnownError:
        return
    assert back == saved()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@quick
@given(
    st.lists(
        st.tuples(st.sampled_from([b"iTXt", b"tEXt", b"zTXt", b"IHDR", b"acTL"]), st.binary(max_size=60))
    )
)
def test_strange_chunks_are_told_or_passed_over(tmp_path: Path, chunks: list[tuple[bytes, bytes]]) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (2, 2)).save(buffer, "PNG")
    plain = buffer.getvalue()
    path = tmp_path / "strange.png"
    path.write_bytes(plain[:33] + b"".join(chunk(*each) for each in chunks) + plain[33:])
    with pytest.raises(KnownError):
        png.read(path)


def test_no_face_vector_is_ever_saved() -> None:
    fields = {field.name for field in msgspec.structs.fields(Scores)} | {
        field.name for field in msgspec.structs.fields(FaceScore)
    }
    assert fields == {"identity", "faces", "backend", "box", "similarity", "best"}
