"""That somebody changed the library."""

import sys
from contextlib import closing
from subprocess import run

from core.library import Library, jobs
from core.library.watch import Watch

OTHER = """
import sys
from pathlib import Path
from core.library import jobs, open_library
from core.paths import Home
library = open_library(Home(Path(sys.argv[1])))
with library.write() as session:
    jobs.pause(session, "another program")
library.close()
"""


def test_what_another_program_writes_is_noticed_once(library: Library) -> None:
    with closing(Watch(library.home)) as watch:
        assert not watch.changed()
        run([sys.executable, "-c", OTHER, str(library.home.root)], check=True)
        assert watch.changed()
        assert not watch.changed()


def test_what_another_writes_after_this_one_is_noticed(library: Library) -> None:
    with closing(Watch(library.home)) as watch:
        watch.changed()
        with library.write() as session:
            jobs.pause(session, "this program")
        run([sys.executable, "-c", OTHER, str(library.home.root)], check=True)
        assert watch.changed()
        assert not watch.changed()
