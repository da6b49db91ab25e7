"""What the process that downloads tells the one that started it: a line of JSON each."""

from msgspec import Struct


class Moved(Struct, tag=True, frozen=True):
    """`bytes` of the file `place` are here now; it has `total`."""

    place: str
    bytes: int
    total: int


class Arrived(Struct, tag=True, frozen=True):
    """A file is whole, checked and in its place."""

    place: str
    bytes: int
    sha256: str


class Refused(Struct, tag=True, frozen=True):
    """It cannot go on, in the user's words."""

    reason: str


Report = Moved | Arrived | Refused
