"""The process that downloads: the one place of the program where the network may be used, started only when
the user asked for files by name.

It fetches one file after the other, and goes on where an earlier run was interrupted. A file takes its place
only when its size and SHA-256 are what the catalogue and the repository state. Nothing is sent but the
requests: no token, no telemetry.
"""

import hashlib
import os
import re
import sys
import threading
import time
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from core.downloads.catalogue import Part
from core.downloads.report import Arrived, Moved, Refused, Report

STAGE = ".download"
"""Folder beside the model's files for what is not whole yet."""
TELL_SECONDS = 0.2


class Order(Struct, frozen=True):
    """What to fetch, and the model's folder."""

    folder: str
    files: tuple[Part, ...]


def main() -> None:
    """Reads its order from the standard input and reports on the standard output. It ends when who started it
    does: then the input closes."""
    from httpx2 import HTTPError

    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        for part in order.files:
            tell(fetch(part, Path(order.folder)))
    except (OSError, HTTPError) as error:
        tell(Refused(_words(error)))


def fetch(part: Part, folder: Path) -> Arrived:
    """Brings one file to its place. Raises OSError or httpx2's HTTPError; huggingface_hub's are kinds of
    these."""
    target = folder / part.place
    if part.sha256 and target.is_file() and _sha256(target) == part.sha256:
        return Arrived(part.place, target.stat().st_size, part.sha256)
    expected = _stated(part)
    brought = _bring(part, folder, expected)
    digest = _checked(brought, part, expected)
    target.parent.mkdir(parents=True, exist_ok=True)
    size = brought.stat().st_size
    brought.replace(target)
    return Arrived(part.place, size, digest)


def _stated(part: Part) -> Any:
    """What the repository says of the file: size, and its hash (SHA-256 of large files, git's of small)."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    url = hf_hub_url(part.repository, part.path, revision=part.revision or None)
    found = get_hf_file_metadata(url, token=False)
    if not found.size or not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", found.etag or ""):
        raise OSError(f"the server does not say what {part.path} is: it cannot be checked")
    if part.bytes and found.size != part.bytes:
        raise OSError(f"{part.path} should have {part.bytes:,} bytes; the repository has {found.size:,}")
    return found


def _bring(part: Part, folder: Path, stated: Any) -> Path:
    """The whole file, beside the model's; what an earlier run got of the same bytes is not fetched again
    (hf_hub_download itself begins anew in each process)."""
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers

    begun = folder / STAGE / f"{stated.etag}.part"
    begun.parent.mkdir(parents=True, exist_ok=True)
    with begun.open("ab") as stream:
        here = stream.tell()
        tell(Moved(part.place, here, stated.size))
        http_get(
            stated.location,
            stream,
            resume_size=here,
            headers=build_hf_headers(token=False),
            expected_size=stated.size,
            tqdm_class=_bar(part.place),
        )
    return begun


def _checked(file: Path, part: Part, stated: Any) -> str:
    """The file's SHA-256, when it is the right one. A wrong file goes, so that the next try begins anew."""
    digest, etag = _sha256(file), str(stated.etag or "")
    small = _git_hash(file) if len(etag) == 40 else ""
    if (part.sha256 or digest) == digest and etag in (digest, small):
        return digest
    file.unlink()
    raise OSError(f"{part.path} is not what its repository states: it came damaged, and was deleted")


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _git_hash(file: Path) -> str:
    data = file.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _bar(place: str) -> Any:
    """A progress bar that tells instead of drawing."""
    from tqdm.auto import tqdm

    class Bar(tqdm):  # type: ignore[misc]
        def __init__(self, *args: Any, **options: Any) -> None:
            options.pop("name", None)
            super().__init__(*args, **(options | {"disable": True}))
            self.come, self.whole, self.told = int(options.get("initial") or 0), options.get("total"), 0.0

        def update(self, n: float | None = 1) -> None:
            self.come += int(n or 0)
            now = time.monotonic()
            if now - self.told >= TELL_SECONDS or self.come == self.whole:
                self.told = now
                tell(Moved(place, self.come, int(self.whole or 0)))

    return Bar


def tell(report: Report) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
    sys.stdout.flush()


def _words(error: Exception) -> str:
    """One sentence for each way it goes wrong."""
    from httpx2 import TransportError
    from huggingface_hub import errors

    if isinstance(error, TransportError | errors.LocalEntryNotFoundError):
        return "The server cannot be reached: this computer is offline, or the server is."

    if isinstance(error, errors.GatedRepoError):
        return "The repository wants you to accept its terms on its own page first, with an account there."
    if isinstance(error, errors.EntryNotFoundError | errors.RepositoryNotFoundError):
        return "The repository does not have this file any more. A newer Likeness may know where it is."
    if isinstance(error, errors.HfHubHTTPError):
        return f"The server refused: {str(error).splitlines()[0]}"
    if isinstance(error, OSError) and error.errno:
        return f"It could not be saved: {error.strerror or error}."
    return f"{str(error).splitlines()[0].rstrip('.')}."


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
