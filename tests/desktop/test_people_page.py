"""What a user does with people and objects, on a real library."""

from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from window_steps import read
from window_steps import subject as named_row

from core.events import ChoreFinished, ChoreProgress
from core.library import jobs, open_library, subjects
from desktop import chores
from desktop.app import Application
from desktop.models.subjects import Section, section_of
from desktop.pages.consent_dialog import ConsentDialog
from desktop.pages.dialogs import DeleteDialog
from desktop.pages.object_dialog import ObjectDialog
from desktop.widgets.cards import LOOK, title_rect
from desktop.widgets.reference_tile import ReferenceTile


def test_an_empty_library_says_what_to_do(application: Application) -> None:
    assert application.people._stack.currentIndex() == 0


def test_an_empty_page_shows_how_far_an_import_is(application: Application) -> None:
    page = application.people
    page._hear(ChoreProgress(chores.IMPORT, 12, 68, "Finding faces in IMG_0012.jpg"))
    shown = page._invitation
    assert (shown._title.text(), shown._words.text()) == (
        "Looking at your photos",
        "12 of 68. Finding faces in IMG_0012.jpg",
    )
    assert (shown._bar.value(), shown._bar.maximum()) == (12, 68)
    assert all(button.isHidden() for button in shown._buttons)
    page._hear(ChoreFinished(chores.IMPORT, "68 new photos, 60 faces."))
    assert shown._title.text() == "Start with your photos"
    assert not any(button.isHidden() for button in shown._buttons)


def test_importing_shows_groups_and_what_was_left_out(
    qtbot: QtBot, application: Application, album: Path
) -> None:
    application.people.import_asked.emit([album])
    qtbot.waitUntil(lambda: len(application.people.model.rows) == 3)
    qtbot.waitUntil(lambda: "broken.jpg" in application.window.messages.words)
    filled = application
    assert [row.faces for row in filled.people.model.rows] == [3, 2, 1]
    assert count(filled, Section.SUGGESTED) == 3
    assert count(filled, Section.NAMED) == 0


def test_typing_under_a_face_names_and_confirms_and_makes_references(
    qtbot: QtBot, filled: Application
) -> None:
    view = filled.people.view
    card = choose(filled, Section.SUGGESTED)
    qtbot.keyClicks(view, "A")
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    qtbot.keyClicks(editor, "da")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: named_row(filled, "Ada") is not None and named_row(filled, "Ada").references == 3)
    assert count(filled, Section.NAMED) == 1
    states = {face.state for face in read(filled, lambda s: subjects.faces(s, card.id))}
    assert states == {"confirmed"}


def test_a_click_on_type_a_name_lets_one_type_it(qtbot: QtBot, filled: Application) -> None:
    view = filled.people.view
    cell = view.visualRect(view.model().index(1, 0))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=title_rect(cell).center())
    assert isinstance(QApplication.focusWidget(), QLineEdit)


def test_return_on_a_suggestion_asks_for_its_name(qtbot: QtBot, filled: Application) -> None:
    view = filled.people.view
    choose(filled, Section.SUGGESTED, 1)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert isinstance(QApplication.focusWidget(), QLineEdit)


def test_f2_renames_and_the_handle_follows(qtbot: QtBot, named: Application) -> None:
    view = named.people.view
    choose(named, Section.NAMED)
    qtbot.keyClick(view, Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert editor.text() == "Ada"
    editor.setText("Ada Lovelace")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: named_row(named, "Ada Lovelace") is not None)
    assert named_row(named, "Ada Lovelace").handle == "ada-lovelace"


def test_a_name_that_cannot_be_is_refused_in_words(qtbot: QtBot, filled: Application) -> None:
    filled.people.do.name(filled.people.model.rows[0].id, "x" * 200)
    qtbot.waitUntil(lambda: "at most" in filled.window.messages.words)
    assert count(filled, Section.NAMED) == 0


def test_delete_ignores_and_the_button_brings_back(qtbot: QtBot, filled: Application) -> None:
    view = filled.people.view
    choose(filled, Section.SUGGESTED, 2)
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: count(filled, Section.IGNORED) == 1)
    choose(filled, Section.IGNORED)
    assert filled.people._ignore.text() == "Show again"
    filled.people._ignore.click()
    qtbot.waitUntil(lambda: count(filled, Section.SUGGESTED) == 3)


def test_return_on_a_person_confirms_their_new_faces(qtbot: QtBot, named: Application) -> None:
    card = named_row(named, "Ada")
    face = read(named, lambda s: subjects.faces(s, card.id))[0]
    named.studio.write(lambda s: subjects.set_face_state(s, face.id, "suggested"))
    view = named.people.view
    choose(named, Section.NAMED)
    qtbot.waitUntil(lambda: named.people.panel._confirm.text() == "Confirm 1 new face")
    qtbot.keyClick(view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: named.people.panel._confirm.isHidden())
    assert {face.state for face in read(named, lambda s: subjects.faces(s, card.id))} == {"confirmed"}


def test_merging_makes_one_person_of_two(qtbot: QtBot, filled: Application) -> None:
    view = filled.people.view
    choose(filled, Section.SUGGESTED)
    view.selectionModel().select(view.model().index(1, 0), QItemSelectionModel.SelectionFlag.Select)
    assert filled.people._merge.isEnabled()
    filled.people._merge.click()
    qtbot.waitUntil(lambda: [row.faces for row in filled.people.model.rows] == [5, 1])


def test_consent_is_recorded_and_shown_on_the_card(qtbot: QtBot, named: Application) -> None:
    card = named_row(named, "Ada")
    named.people.ask_consent(card)
    dialog = open_dialog(named, ConsentDialog)
    dialog._status.setCurrentIndex(2)
    dialog._scope.setText("none at all")
    dialog.accept()
    qtbot.waitUntil(lambda: named_row(named, "Ada").consent == "denied")
    assert named_row(named, "Ada").consent_scope == "none at all"
    assert named.people.model.look(named_row(named, "Ada")).badge_token == "bad"


def test_withdrawing_consent_says_which_pictures_went(qtbot: QtBot, named: Application) -> None:
    named.studio.runner.pause()
    named.compose.editor.setPlainText("a photo of @ada")
    named.compose.add_to_queue()
    qtbot.waitUntil(lambda: len(named.queue.model.rows) == 1)
    named.people.ask_consent(named_row(named, "Ada"))
    dialog = open_dialog(named, ConsentDialog)
    dialog._status.setCurrentIndex(3)
    dialog.accept()
    qtbot.waitUntil(lambda: "1 waiting picture was cancelled" in named.window.messages.words)
    assert [row.state for row in read(named, jobs.rows)] == ["cancelled"]


def test_deleting_a_person_leaves_a_receipt_and_nothing_else(qtbot: QtBot, named: Application) -> None:
    card = named_row(named, "Ada")
    crops = [row.crop for row in read(named, lambda s: subjects.references(s, card.id))]
    named.people.do.ask_delete(card)
    open_dialog(named, DeleteDialog).accept()
    qtbot.waitUntil(lambda: named_row(named, "Ada") is None)
    assert "Deleted Ada: 3 faces" in named.window.messages.words
    assert not any(named.home.reference(crop).exists() for crop in crops)


def test_an_object_is_added_from_photos(qtbot: QtBot, filled: Application, album: Path) -> None:
    filled.people.add_object()
    dialog = open_dialog(filled, ObjectDialog)
    dialog._name.setText("Strat")
    dialog._noun.setCurrentText("guitar")
    dialog.take([album / "guitar.jpg"])
    dialog.accept()
    qtbot.waitUntil(lambda: count(filled, Section.OBJECTS) == 1)
    row = named_row(filled, "Strat")
    assert (row.noun, row.kind, row.references) == ("guitar", "object", 1)


def test_selecting_a_card_opens_its_panel_with_references(qtbot: QtBot, named: Application) -> None:
    assert named.people.panel.isHidden()
    named.people.select(named_row(named, "Ada").id)
    qtbot.waitUntil(lambda: len(tiles(named)) == 3)
    assert named.people.panel._name.text() == "Ada"
    assert named.people.panel._face_title.text() == "IN YOUR PHOTOS (3)"


def test_a_reference_is_switched_off_and_weighed_at_once(qtbot: QtBot, named: Application) -> None:
    card = named_row(named, "Ada")
    named.people.select(card.id)
    qtbot.waitUntil(lambda: len(tiles(named)) == 3)
    tiles(named)[0]._use.setChecked(False)
    tiles(named)[1]._slider.setValue(20)

    def kept() -> bool:
        rows = read(named, lambda s: subjects.references(s, card.id))
        return [(r.enabled, r.weight) for r in rows] == [(False, 1.0), (True, 2.0), (True, 1.0)]

    qtbot.waitUntil(kept)


def test_noun_and_notes_are_kept(qtbot: QtBot, named: Application) -> None:
    named.people.select(named_row(named, "Ben").id)
    panel = named.people.panel
    panel._noun.setCurrentText("man")
    panel._noun.lineEdit().editingFinished.emit()
    panel._notes.setPlainText("my brother")
    qtbot.waitUntil(
        lambda: (named_row(named, "Ben").noun, named_row(named, "Ben").notes) == ("man", "my brother")
    )


def test_what_was_typed_last_is_kept_when_another_card_is_chosen_or_the_window_closed(
    qtbot: QtBot, named: Application
) -> None:
    ada, ben = named_row(named, "Ada"), named_row(named, "Ben")
    named.people.select(ada.id)
    qtbot.waitUntil(lambda: len(tiles(named)) == 3)
    named.people.panel._notes.setPlainText("about Ada")
    tiles(named)[0]._slider.setValue(25)
    named.people.select(ben.id)
    named.people.panel._notes.setPlainText("about Ben")
    named.window.close()
    library = open_library(named.home)
    with library.read() as session:
        assert [subjects.card(session, card.id).notes for card in (ada, ben)] == ["about Ada", "about Ben"]
        assert subjects.references(session, ada.id)[0].weight == 2.5
    library.close()


def test_a_wrong_face_is_taken_away(qtbot: QtBot, named: Application) -> None:
    card = named_row(named, "Ada")
    face = read(named, lambda s: subjects.faces(s, card.id))[0]
    named.people.panel._not_them(face)
    qtbot.waitUntil(lambda: named_row(named, "Ada").faces == 2)


def test_cards_show_a_cover_cut_from_the_photo(named: Application) -> None:
    look = named.people.model.index(0).data(LOOK)
    assert look.round
    assert look.cover.path.endswith(".jpg")
    left, top, right, bottom = look.cover.box
    assert right - left == bottom - top > 40


# Helpers


def count(application: Application, section: Section) -> int:
    return sum(section_of(card) is section for card in application.people.model.rows)


def choose(application: Application, section: Section, row: int = 0):  # type: ignore[no-untyped-def]
    """Makes one card of a section current, with the keyboard on it."""
    page = application.people
    places = [at for at, card in enumerate(page.model.rows) if section_of(card) is section]
    page.view.setFocus()
    page.view.setCurrentIndex(page.model.index(places[row]))
    return page.model.rows[places[row]]


def tiles(application: Application) -> list[ReferenceTile]:
    flow = application.people.panel._references.flow
    return [flow.itemAt(at).widget() for at in range(flow.count())]


def open_dialog(application: Application, kind: type):  # type: ignore[no-untyped-def]
    return application.window.findChildren(kind)[-1]
