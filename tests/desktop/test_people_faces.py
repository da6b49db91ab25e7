"""All faces of one person: giving them away, rejecting them, choosing the one that stands for them; and
taking it back. Keys across the sections; searching."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from window_steps import read, settle, subject

from core.library import subjects
from desktop.app import Application
from desktop.models.subjects import Section, section_of
from desktop.pages.consent_dialog import ConsentDialog
from desktop.pages.stored_dialog import StoredDialog
from desktop.pages.who_dialog import WhoDialog


def open_faces(qtbot: QtBot, application: Application, name: str) -> None:
    application.people.open_faces(subject(application, name))
    qtbot.waitUntil(lambda: bool(application.people.faces.model.ids))
    settle(qtbot, application)


def choose_faces(application: Application, *places: int) -> list[int]:
    grid = application.people.faces.grid
    grid.clearSelection()
    for place in places:
        flag = grid.selectionModel().SelectionFlag.Select
        grid.selectionModel().select(grid.model().index(place, 0), flag)
    return application.people.faces.selected


def dialog(application: Application, kind: type):  # type: ignore[no-untyped-def]
    return application.window.findChildren(kind)[-1]


def sections(application: Application) -> list[int]:
    rows = application.people.model.rows
    return [sum(section_of(row) is section for row in rows) for section in Section]


def test_return_on_a_person_with_nothing_new_shows_all_their_faces(qtbot: QtBot, named: Application) -> None:
    page = named.people
    page.view.setFocus()
    page.select(subject(named, "Ada").id)
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(page.faces.model.ids) == 3)
    assert page.faces._title.text() == "Ada"
    qtbot.keyClick(page.faces.grid, Qt.Key.Key_Escape)
    assert page._stack.currentWidget() is not page.faces


def test_faces_that_are_somebody_else_become_a_new_group_and_come_back(
    qtbot: QtBot, named: Application
) -> None:
    open_faces(qtbot, named, "Ada")
    choose_faces(named, 0)
    qtbot.keyClick(named.people.faces.grid, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: bool(named.window.findChildren(WhoDialog)))
    dialog(named, WhoDialog).accept()
    qtbot.waitUntil(lambda: subject(named, "Ada").faces == 2)
    assert sections(named)[1] == 2, "a group without a name more"
    settle(qtbot, named)
    named.window.activateWindow()
    named.people.faces.grid.setFocus()
    qtbot.waitUntil(lambda: named.window.isActiveWindow())
    qtbot.keyClick(named.people.faces.grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: subject(named, "Ada").faces == 3)
    assert "Taken back: taking faces out." in named.window.messages.words
    redo = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(named.people.faces.grid, Qt.Key.Key_Z, redo)
    qtbot.waitUntil(lambda: subject(named, "Ada").faces == 2)


def test_a_face_goes_to_a_person_found_by_name(qtbot: QtBot, named: Application) -> None:
    open_faces(qtbot, named, "Ada")
    moved = choose_faces(named, 1)
    named.people.faces.ask_who()
    qtbot.waitUntil(lambda: bool(named.window.findChildren(WhoDialog)))
    asked = dialog(named, WhoDialog)
    assert [asked._list.item(at).text().split("  ")[0] for at in range(asked._list.count())] == [
        "Somebody new, named later", "Ben",
    ]  # fmt: skip
    qtbot.keyClicks(asked._name, "be")
    assert "Ben" in asked._list.currentItem().text()
    asked.accept()
    qtbot.waitUntil(lambda: subject(named, "Ben").faces == 3)
    faces = read(named, lambda s: subjects.faces(s, subject(named, "Ben").id))
    assert [face.state for face in faces if face.id == moved[0]] == ["confirmed"]


def test_a_new_name_makes_a_new_person(qtbot: QtBot, named: Application) -> None:
    open_faces(qtbot, named, "Ada")
    choose_faces(named, 0, 1)
    named.people.faces.ask_who()
    qtbot.waitUntil(lambda: bool(named.window.findChildren(WhoDialog)))
    asked = dialog(named, WhoDialog)
    qtbot.keyClicks(asked._name, "Dora")
    asked.accept()
    qtbot.waitUntil(lambda: subject(named, "Dora") is not None and subject(named, "Dora").references == 2)
    assert subject(named, "Dora").faces == 2


def test_a_rejected_face_counts_no_more_and_a_cover_stays(qtbot: QtBot, named: Application) -> None:
    open_faces(qtbot, named, "Ada")
    (cover,) = choose_faces(named, 2)
    qtbot.keyClick(named.people.faces.grid, Qt.Key.Key_C)
    photo = read(named, lambda s: subjects.face_rows(s, [cover]))[0].photo
    qtbot.waitUntil(lambda: subject(named, "Ada").cover.photo == photo)
    settle(qtbot, named)
    choose_faces(named, 0)
    qtbot.keyClick(named.people.faces.grid, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: subject(named, "Ada").faces == 2)
    assert subject(named, "Ada").cover.photo == photo


def test_return_confirms_what_is_new(qtbot: QtBot, named: Application) -> None:
    ada = subject(named, "Ada")
    face = read(named, lambda s: subjects.faces(s, ada.id))[0]
    named.studio.write(lambda s: subjects.set_face_state(s, face.id, "suggested"))
    qtbot.waitUntil(lambda: subject(named, "Ada").new == 1)
    open_faces(qtbot, named, "Ada")
    assert named.people.faces.model.ids[0] == face.id
    qtbot.keyClick(named.people.faces.grid, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: subject(named, "Ada").new == 0)


def test_arrows_go_from_one_section_to_the_next(qtbot: QtBot, named: Application) -> None:
    page = named.people
    page.view.setFocus()
    page.select(subject(named, "Ben").id)
    qtbot.keyClick(page.view, Qt.Key.Key_Down)
    assert section_of(page.selected[0]) is Section.SUGGESTED
    qtbot.keyClick(page.view, Qt.Key.Key_Up)
    assert page.selected[0].named
    qtbot.keyClick(page.view, Qt.Key.Key_End)
    assert not page.selected[0].named
    qtbot.keyClick(page.view, Qt.Key.Key_Left)
    assert page.selected[0].name == "Ben"
    qtbot.keyClick(page.view, Qt.Key.Key_Home)
    assert page.selected[0].name == "Ada"


def test_one_name_after_the_other_can_be_typed(qtbot: QtBot, filled: Application) -> None:
    view = filled.people.view
    view.setFocus()
    view.setCurrentIndex(view.model().index(0, 0))
    for name in ("Ada", "Ben"):
        settle(qtbot, filled)
        qtbot.keyClick(view, Qt.Key.Key_Return)
        editor = QApplication.focusWidget()
        assert isinstance(editor, QLineEdit)
        qtbot.keyClicks(editor, name)
        qtbot.keyClick(editor, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: subject(filled, name) is not None)  # noqa: B023
    settle(qtbot, filled)
    assert not filled.people.selected[0].named, "the next group is at hand"


def test_escape_leaves_the_name_as_it_was(qtbot: QtBot, named: Application) -> None:
    view = named.people.view
    view.setFocus()
    named.people.select(subject(named, "Ada").id)
    qtbot.keyClick(view, Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    qtbot.keyClicks(editor, "Nobody")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    settle(qtbot, named)
    assert subject(named, "Ada") is not None
    assert not view.editing


def test_searching_shows_who_is_meant(qtbot: QtBot, named: Application) -> None:
    page = named.people
    qtbot.keyClick(page.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page._search.hasFocus()
    qtbot.keyClicks(page._search, "be")
    qtbot.waitUntil(lambda: [row.name for row in page.model.rows] == ["Ben"])
    qtbot.keyClick(page._search, Qt.Key.Key_Return)
    assert [card.name for card in page.selected] == ["Ben"]
    page._search.setText("nobody")
    qtbot.waitUntil(lambda: not page._nobody.isHidden())
    page._search.clear()
    qtbot.waitUntil(lambda: len(page.model.rows) == 3)


def test_a_favourite_stands_first(qtbot: QtBot, named: Application) -> None:
    named.people.view.setFocus()
    named.people.select(subject(named, "Ben").id)
    qtbot.keyClick(named.people.view, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: [row.name for row in named.people.model.rows][:2] == ["Ben", "Ada"])


def test_merging_is_taken_back_by_the_message(qtbot: QtBot, named: Application) -> None:
    page = named.people
    page.do.merge([subject(named, "Ada"), subject(named, "Ben")])
    qtbot.waitUntil(lambda: subject(named, "Ben") is None)
    qtbot.waitUntil(lambda: named.window.messages._action.isVisible())
    named.window.messages._action.click()
    qtbot.waitUntil(lambda: subject(named, "Ben") is not None)
    assert (subject(named, "Ada").faces, subject(named, "Ben").faces) == (3, 2)


def test_what_comes_while_a_name_is_typed_waits(qtbot: QtBot, filled: Application) -> None:
    view = filled.people.view
    view.setFocus()
    view.setCurrentIndex(view.model().index(2, 0))
    qtbot.keyClick(view, Qt.Key.Key_F2)
    first = filled.people.model.rows[0]
    filled.studio.write(lambda s: subjects.set_ignored(s, first.id, True))
    settle(qtbot, filled)
    assert view.editing
    assert not filled.people.model.rows[0].ignored
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: filled.people.model.rows[-1].ignored)


def test_a_double_click_on_the_picture_shows_all_faces(qtbot: QtBot, named: Application) -> None:
    view = named.people.view
    at = view.visualRect(view.model().index(0, 0)).topLeft() + QPoint(70, 60)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert named.people._stack.currentWidget() is named.people.faces


def test_a_consent_has_an_end_and_a_note(qtbot: QtBot, named: Application) -> None:
    named.people.ask_consent(subject(named, "Ada"))
    asked = dialog(named, ConsentDialog)
    asked._ends.setChecked(True)
    asked._until.setDate(asked._until.date().addYears(1))
    asked._note.setPlainText("form in the blue folder")
    asked.accept()
    qtbot.waitUntil(lambda: subject(named, "Ada").consent_note == "form in the blue folder")
    assert subject(named, "Ada").consent_until is not None
    named.people.select(subject(named, "Ada").id)
    assert "Until" in named.people.panel._consent.text()


def test_training_is_agreed_to_by_itself_and_taken_back_by_itself(qtbot: QtBot, named: Application) -> None:
    named.people.ask_consent(subject(named, "Ada"))
    asked = dialog(named, ConsentDialog)
    assert not asked._train.isChecked()
    asked._train.click()
    asked.accept()
    qtbot.waitUntil(lambda: subject(named, "Ada").training == "granted")
    named.people.select(subject(named, "Ada").id)
    assert "May also be used to train, since" in named.people.panel._consent.text()

    named.people.ask_consent(subject(named, "Ada"))
    asked = dialog(named, ConsentDialog)
    assert asked._train.isChecked()
    asked._train.click()
    asked.accept()
    qtbot.waitUntil(lambda: subject(named, "Ada").training == "withdrawn")
    assert subject(named, "Ada").consent == "granted"
    qtbot.waitUntil(lambda: "to train" not in named.people.panel._consent.text())


def test_who_refuses_cannot_be_trained_on(qtbot: QtBot, named: Application) -> None:
    named.people.ask_consent(subject(named, "Ada"))
    asked = dialog(named, ConsentDialog)
    asked._train.click()
    asked._status.setCurrentIndex(2)
    assert not asked._train.isEnabled()
    asked.accept()
    qtbot.waitUntil(lambda: subject(named, "Ada").consent == "denied")
    assert subject(named, "Ada").training == "unknown"


def test_everything_that_is_stored_is_shown_with_sizes(qtbot: QtBot, named: Application) -> None:
    named.people.select(subject(named, "Ada").id)
    settle(qtbot, named)
    named.people.panel.show_stored()
    shown = dialog(named, StoredDialog)
    qtbot.waitUntil(lambda: shown._tree.topLevelItemCount() > 5)
    rows = [shown._tree.topLevelItem(at) for at in range(shown._tree.topLevelItemCount())]
    counts = {row.text(0): row.text(1) for row in rows}
    assert (counts["Faces"], counts["References: crops"], counts["What recognises the faces"]) == (
        "3",
        "3",
        "3",
    )
    shown._copy()
    assert "Photos they are seen on: 3" in QApplication.clipboard().text()
    shown.delete_asked.connect(lambda: shown.setProperty("asked", True))
    shown._delete()
    assert shown.property("asked")


def test_a_profile_goes_out_and_comes_in(qtbot: QtBot, named: Application, tmp_path: Path) -> None:
    from desktop.pages.profile_dialogs import ImportDialog

    file = tmp_path / "ada.likeness"
    named.people.do.write_profile(subject(named, "Ada"), file)
    qtbot.waitUntil(lambda: "Ada is in ada.likeness" in named.window.messages.words)
    named.people.do.read_profile(file)
    qtbot.waitUntil(lambda: bool(named.window.findChildren(ImportDialog)))
    asked = dialog(named, ImportDialog)
    assert not asked.agreed
    asked.accept()
    qtbot.waitUntil(lambda: any(row.handle == "ada2" for row in named.people.model.rows))
    copy = next(row for row in named.people.model.rows if row.handle == "ada2")
    assert (copy.consent, copy.references) == ("unknown", 3)
    file.write_bytes(b"no profile")
    named.people.do.read_profile(file)
    qtbot.waitUntil(lambda: "no profile of Likeness" in named.window.messages.words)
