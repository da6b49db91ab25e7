"""A call that takes long is made less often."""

from PySide6.QtCore import QObject

from desktop.later import MOST_MS, LaterCall


def test_what_takes_long_is_done_less_often(qapp) -> None:
    parent = QObject()
    later = LaterCall(lambda: None, parent, 80)
    for took, wait in ((0.001, 80), (0.1, 400), (60.0, MOST_MS), (0.0, 80)):
        later.pace(took)
        assert later._timer.interval() == wait
