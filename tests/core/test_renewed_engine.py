"""The worker takes another engine once it was told that settings changed."""

from core.engine import Engine
from core.engine.fake import FakeEngine
from core.library import open_library
from core.paths import Home
from core.runner import ChoreResult, Progress, Runner


def test_the_next_work_gets_a_new_engine_and_the_old_one_is_closed(home: Home) -> None:
    made: list[FakeEngine] = []
    closed: list[Engine] = []
    used: list[Engine] = []

    class Closing(FakeEngine):
        def close(self) -> None:
            closed.append(self)

    def make() -> Engine:
        made.append(Closing(references=home.references))
        return made[-1]

    def chore(engine: Engine, progress: Progress) -> ChoreResult:
        used.append(engine)
        if len(used) == 2:
            runner.renew()
        return ChoreResult("")

    library = open_library(home)
    runner = Runner(library, make, lambda event: None, home.pictures)
    for _ in range(3):
        runner.do("look", chore)
    runner.run_until_idle()
    library.close()
    assert used == [made[0], made[0], made[1]]
    assert closed == made
