"""The library of one home folder: photos, faces, subjects, references, jobs, pictures, in one SQLite file.

One Session per use, never two: `with library.write() as session: …` commits at the end or changes nothing.
"""

from core.library.db import Library, open_library

__all__ = ["Library", "open_library"]
