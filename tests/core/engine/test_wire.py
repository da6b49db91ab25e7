"""Messages between window and engine: what is none ends the conversation."""

import io
from pathlib import Path

import msgspec
import pytest

from core.engine import wire


def sent(message: object) -> bytes:
    pipe = io.BytesIO()
    wire.send(pipe, message)  # type: ignore[arg-type]
    return pipe.getvalue()


def framed(data: bytes) -> bytes:
    return len(data).to_bytes(wire.LENGTH_BYTES, "big") + data


def test_a_message_arrives_as_it_was_sent() -> None:
    call = wire.ScanCall(Path("/album/写真.jpg"))
    assert wire.receive(io.BytesIO(sent(call)), wire.ToEngine) == call


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"\xff" * 8,
        (2**40).to_bytes(8, "big") + b"x",
        framed(b"\xc1"),
        framed(msgspec.msgpack.encode({"type": "ScanCall", "photo": 7})),
        framed(msgspec.msgpack.encode({"type": "Known", "text": "x"})),
        framed(b"\x91" * 100_000),
        sent(wire.ScanCall(Path("/a")))[:-1],
    ],
)
def test_what_is_no_message_is_the_end(damaged: bytes) -> None:
    with pytest.raises(EOFError):
        wire.receive(io.BytesIO(damaged), wire.ToEngine)
