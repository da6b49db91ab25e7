<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
  <context>
    <name>Likeness</name>
    <message>
      <location filename="../../desktop/chores.py"></location>
      <source>Adding photos</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/chores.py"></location>
      <source>Making references</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/chores.py"></location>
      <source>Adding an object</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/chores.py"></location>
      <source>Working out who is where</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/chores.py"></location>
      <source>{name} has {references}.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/chores.py"></location>
      <source>{name} was added.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/chores.py"></location>
      <source>Who is where is worked out and kept beside the picture.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/damaged.py"></location>
      <source>The library is damaged.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/damaged.py"></location>
      <source>{error}

The backup of {backup} is whole. Restoring it keeps the damaged file beside the library, and finds the pictures made since.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/damaged.py"></location>
      <source>Restore</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/damaged.py"></location>
      <source>Leave</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/errors.py"></location>
      <source>Something went wrong inside Likeness ({what}). Your library is as it was.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/help.py"></location>
      <source>Likeness is now version {version}.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/help.py"></location>
      <source>Keyboard shortcuts</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/help.py"></location>
      <source>Log</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/help.py"></location>
      <source>Save a report about this program…</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/help.py"></location>
      <source>What is new</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/help.py"></location>
      <source>About Likeness</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/instance.py"></location>
      <source>Likeness is already open on this library, but it does not answer. Nothing was changed. Wait until it does, or end it, and start again.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/faces.py"></location>
      <source>{photo}, not confirmed yet</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>Waiting, comes first</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>Waiting, comes last</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>{width} × {height}, {steps} steps, {method}, seed {seed}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>step {step} of {steps}, {time} left</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>Waiting</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>Rendering</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>Done</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>Failed</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>Set aside after two crashes</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>Cancelled</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>starting</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>step {step} of {steps}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>{seconds} s</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>about {time}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/pictures.py"></location>
      <source>picked</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/pictures.py"></location>
      <source>rejected</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/pictures.py"></location>
      <source>{name}, {count} stars</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/pictures.py"></location>
      <source>Made by another version</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/pictures.py"></location>
      <source>no face</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>People</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>Who is this?</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>Objects</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>Ignored</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>{name}: {noun}, {handle}, {consent}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>has agreed</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>consent not recorded</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>has refused</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>consent withdrawn</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>consent has ended</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>{count} photos, {new} new</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>1 photo</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>{count} photos</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>Type a name to confirm this person; Delete ignores the group.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>{name}: {noun}, {handle}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>1 reference</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>{count} references</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>Type a name</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>Unnamed, {amount}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/night.py"></location>
      <source>{pictures} made in {time}.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/night.py"></location>
      <source>{pictures} made in {time}, {failed} failed.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/night.py"></location>
      <source>Open the report</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>Personalised albums, made on your own computer. Nothing leaves it.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>Likeness: Apache-2.0. Qt and PySide6: LGPL-3.0, used as libraries that can be replaced.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>What is new in version {version}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>Text</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>Versions</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>Models</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>Packages and data</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>Model</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>Licence</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>What it is</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>not stated</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>Version {version}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>A picture made from someone's face shows something that never happened, and it shows them. So Likeness makes pictures of a person only after you noted here that they agreed. The note stays on this computer; you can change it at any time, and pictures waiting in the queue stop with it.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>They agreed</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>Not asked yet</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>They refused</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>They agreed, and have withdrawn it</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>Consent of {name}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>for example: our wedding album, family only</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>It ends on</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>How they said so, where the signed form lies, …</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>Did {name} agree?</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>To what</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>When</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>Note</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>Save</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>May pictures be made of {name}?</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>Status</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>Scope</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>Date</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>Last day</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/countdown.py"></location>
      <source>Likeness closes in {seconds} s</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/countdown.py"></location>
      <source>Close now</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/countdown.py"></location>
      <source>This computer goes to sleep in {seconds} s</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/countdown.py"></location>
      <source>Sleep now</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/countdown.py"></location>
      <source>This computer is shut down in {seconds} s</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/countdown.py"></location>
      <source>Shut down now</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/countdown.py"></location>
      <source>All pictures are made</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/countdown.py"></location>
      <source>Time left</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/countdown.py"></location>
      <source>Cancel</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Each picture keeps its own words. What you write here is for all of them.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Only what you change here is changed; everything else stays as each picture has it.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>None of these pictures waits any more. You can queue new ones like this.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>{pictures} edited.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>{pictures} queued.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Edit {pictures} that wait</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Of these {count} pictures {waiting} still wait and can be changed.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Of these {count} pictures one still waits and can be changed.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>This picture does not wait any more, so it stays as it is. You can queue a new one like this.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Prompt</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>What stands in the way</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Edit a picture that waits</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Draw a seed</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Seed</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>The same seed and settings give the same picture</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Size</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Steps</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Not in it</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Guidance</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Scheduler</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Method</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>How the references reach the picture</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Strength</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>How strongly the references act, for everybody</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Queue as new</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>each its own</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>random</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Width</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Height</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>for example: blurry</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Each its own</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>Everything</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>Warnings and errors</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>Errors only</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>Nothing of this kind was logged.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>No names, prompts or folders are in it. It stays on this computer unless you send it.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>What is shown</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>Find in the log</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>What happened, the newest first</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>Copied</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>Close</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>Read again</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>Copy</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>Save a report…</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>Copy what is shown</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>Finding an outline</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>Paint over what is to be made anew. All the rest stays as it is, to the pixel.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>Make a part of the photo anew</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>The outline is looked for…</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>Undo</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>Clear</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>Invert</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>Whose face</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>Face</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>Whole person</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>Use this mask</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>Fades over</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>Around it</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>How far beyond the mask the new fades into the photo</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>How much of the photo the model sees, in sides of the mask</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>The outline is in the mask.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>Paints this face, with its hair</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>Finds the outline of the whole person</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>BRUSH</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>FROM THE ALBUM</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>EDGE</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>Face {number}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>The album knows no face on this photo.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>Paint</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>Erase</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>Kind</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>For</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>Memory</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>Verified</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>Place</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>In use</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>Use this</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>Read and accept the licence…</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>Verify now</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>Show in folder</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>Remove…</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>In use: choose another first</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>Reads every byte and compares its SHA-256</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Steers the base model by references.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Base models and their adapters</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Finding and recognising faces</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Cutting subjects out</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Enlarging for print</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Draws the pictures. Everything else steers it.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Finds the faces in your photos and tells people apart. It also judges how alike a picture is.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Cuts people and objects out of your photos, so that their background is left behind.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Makes finished pictures larger for print. It is chosen when you export.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Lets a picture follow a reference as a whole: its subject, colours and mood.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Lets a picture follow a reference closely, down to its details.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Lets a picture follow a reference of a face.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Carries who somebody is from what recognises their face.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Carries who somebody is from their face and what recognises it.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Carries who somebody is from their face, as strongly as you like.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Keeps several subjects of one picture apart.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Puts people into a picture through the words that name them.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Learns a word for somebody from a single photo.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Verified: as its source states</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Verified: as it was when it was added</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Recorded; changes will be noticed from now on</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Not verified yet</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Changed since it was added: add it again from where you got it</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Recorded</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Not yet</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Changed</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>{said} ({day})</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Fits the memory of this computer: about {needed} of {there}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>This computer: {memory} of memory · no NVIDIA graphics card · {disk} free on the disk</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>You accepted this.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Not accepted yet.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Non-commercial</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Fits your graphics card: about {needed} of {there}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Too large for this computer: about {needed}, and it has {there}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Fits when other programs are closed: about {needed}, {free} are free now</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>This computer: {memory} of memory · {card} · {disk} free on the disk</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Not stated in the file. Look where you got it.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_work.py"></location>
      <source>The command ended without a word. Nothing was changed.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_work.py"></location>
      <source>Stopped. What is whole was kept.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>naming {name}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>confirming faces of {name}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>ignoring</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>showing again</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>merging into {name}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>taking faces out</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>moving faces to {name}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>rejecting faces</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>the cover of {name}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>the star of {name}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>Faces moved: {count}.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>Faces that count no more: {count}.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>Shown again: {count}.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>Ignored: {count}.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>Taken back: {what}.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>There is nothing to take back.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>Done again: {what}.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>There is nothing to do again.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>1 waiting picture was cancelled, as there is no consent any more.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>{count} waiting pictures were cancelled, as there is no consent any more.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>somebody</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>Faces that are somebody else now: {count}.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>Merged {count} into one.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/photo_dialog.py"></location>
      <source>The picture keeps the photo's layout, as much of it as you leave.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/photo_dialog.py"></location>
      <source>Start from a photo</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/photo_dialog.py"></location>
      <source>Photos of the album</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/photo_dialog.py"></location>
      <source>Start from it</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/photo_dialog.py"></location>
      <source>No photos are imported yet.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Where new pictures go</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>All preferences are as they were at first. Models and shortcuts were kept.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Neutral greys in both, so that colours are judged without a cast.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Pictures that are made already stay where they are.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>What the Queue page suggests for each night. A countdown can always be cancelled.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>How much of the photo around a face becomes part of a reference. 1.3 is what the authors of the methods used; references that are made already stay as they are.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>The graphics card</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>More make scrolling smoother, at about 0.2 MB of memory each.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Language and looks</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Language</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Dark</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Light</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>As the system</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Theme</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Things may move</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Nothing moves</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Motion</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Keyboard shortcuts…</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Keyboard</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>All keys, and others for them if you like.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Pictures</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>New pictures go to</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Show each picture while it is made</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Previews</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>When all is done</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Margin around a face</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>This computer</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>The graphics card, if there is one</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>The processor</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Pictures are computed by</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Small pictures kept ready</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Preferences</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Reset all</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Choose…</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Usual folder</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Takes effect at the next start</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Every choice as it was at first</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Choose where new pictures go</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>The library's own folder</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Starting, {pictures} waiting</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Idle</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Rendering, {pictures} waiting, about {time} left</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Rendering, {pictures} waiting</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Paused, {pictures} waiting</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Starting, {pictures} waiting, about {time} left</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Nothing is waiting</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Write prompts on the Compose page and add them here. They are rendered one after the other, overnight if you like; the queue survives a restart.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Pause</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Retry</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Clear finished</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>More</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Pictures in the queue</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Rendering, about {time} left</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Resume</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Compose</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Stops after the picture it is at</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Cancel what is selected</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Retry what failed</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>The pictures stay in the gallery</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Move up</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Move down</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Queue</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Pause at once, edit, order, cancel, take back</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>Paused by you.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>Nothing was taken back that could be done again.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{pictures} wait again.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{lines} cleared; the pictures stay.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{pictures} comes first now.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{pictures} come first now.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{pictures} comes in turn now.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{pictures} come in turn now.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{pictures} comes when nothing else waits now.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{pictures} come when nothing else waits now.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{pictures} waits again.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{pictures} moved.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>Redo</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{pictures} cancelled.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Edit…</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Show the picture</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Queue once more, new seed</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>What is selected</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>What was queued with it</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>All for the same words</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>All that waits</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>All, also what is being made</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Retry all that failed</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Order</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Queue several more, new seeds</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>First</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Earlier</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Later</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Last</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Before everything else</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>In turn</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Only when nothing else waits</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Pause now, in the middle of a picture</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Pause now and free the memory</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Undo: {what}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Redo: {what}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>{count} of each</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>Find a shortcut</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>New keys</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>Use these keys</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>As it was</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>Choose a line to give it other keys.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>Shortcuts</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>Find by what it does, or by its keys</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>The keys this came with</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>All keys as they came</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>These keys already do: {what}. It would be left without them.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>Press the new keys for: {what}.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>none</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>Chosen by you</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/who_dialog.py"></location>
      <source>Who is on these {count} photos?</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/who_dialog.py"></location>
      <source>Name</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/who_dialog.py"></location>
      <source>That is them</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/who_dialog.py"></location>
      <source>Somebody new called “{name}”</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/pages/who_dialog.py"></location>
      <source>Somebody new, named later</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Everywhere</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Gallery</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Comparing pictures</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Editing a picture that waits</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Open People</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Open Compose</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Open Queue</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Open Gallery</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Open Models</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Open Preferences</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Show the keyboard shortcuts</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Close Likeness</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Merge the selected cards</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Add to the queue</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Pause after this picture, or resume</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Edit the settings of what waits</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Queue once more with a new seed</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Take the last change back</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Do again what was taken back</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Move to the front</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Move to the end</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Find by words</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Show or hide the filters</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Who is where in the picture</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Compare what is selected</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Export what is selected</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Take the last mark back</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>No stars</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>One star</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Two stars</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Three stars</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Four stars</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Five stars</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Red label</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Yellow label</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Green label</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Blue label</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Pick</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Reject</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Use all its settings again</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Use its seed again</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Use its prompt again</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Use all but its seed again</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Neither picked nor rejected</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>See them whole</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Keep the changes</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/support.py"></location>
      <source>{file} was saved; nothing was sent. Look through it before you send it to anybody.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/support.py"></location>
      <source>Save a report about this program, without names, prompts and photos</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/support.py"></location>
      <source>Report (*.zip)</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/support.py"></location>
      <source>The report is being made. That takes some seconds.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/support.py"></location>
      <source>The report could not be made: {error}.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/support.py"></location>
      <source>The report could not be made.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/mask_canvas.py"></location>
      <source>What is made anew: arrow keys move the brush, space paints, [ and ] change its size</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/message_bar.py"></location>
      <source>Message</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/message_bar.py"></location>
      <source>Copy this message</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/message_bar.py"></location>
      <source>Close this message</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>Nothing</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>Put this computer to sleep</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>Shut this computer down</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>Its system does not let Likeness keep it awake: switch its sleep off for the night</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>Time to start at</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>Start then</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>This computer is kept awake</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>Nothing is made before; this computer stays awake meanwhile</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>Start at</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>This computer may fall asleep by itself</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/progress_line.py"></location>
      <source>Progress: {name}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/progress_line.py"></location>
      <source>Stop: {name}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/start_photo.py"></location>
      <source>How much of the photo is made anew: little keeps it, 1 leaves nothing of it</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/start_photo.py"></location>
      <source>Paint over a face, a person or a place: only that is made anew</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/start_photo.py"></location>
      <source>Made anew</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/start_photo.py"></location>
      <source>Choose a photo…</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/start_photo.py"></location>
      <source>Only a part of it…</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/start_photo.py"></location>
      <source>Make the whole photo anew</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/start_photo.py"></location>
      <source>From the album…</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/start_photo.py"></location>
      <source>From a file…</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/start_photo.py"></location>
      <source>Another photo…</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/start_photo.py"></location>
      <source>Change the painted part…</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/start_photo.py"></location>
      <source>Start from noise again</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/window.py"></location>
      <source>Drop photos or a folder to add them</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/window.py"></location>
      <source>Help</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/window.py"></location>
      <source>Opening the library…</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/window.py"></location>
      <source>What the worker does</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/window.py"></location>
      <source>Another Likeness makes the pictures</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/window.py"></location>
      <source>Look, add and change here as ever; this window goes on when that one ends.</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/window.py"></location>
      <source>Progress</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/window.py"></location>
      <source>Opening your library…</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/window.py"></location>
      <source>Everything stays on this computer</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{hours} h {minutes} min</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} entry</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} entries</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} face</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} faces</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} file</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} files</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} line</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} lines</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} model</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} models</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} name</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} names</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} new face</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} new faces</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} object</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} objects</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} old file</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} old files</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} person</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} people</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} photo</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} picture</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} pictures</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} prompt</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} prompts</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} reference</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} seed</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} seeds</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{minutes} min</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/work.py"></location>
      <source>{work} {done} of {total}  {file}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/work.py"></location>
      <source>{summary} Left out:
{names}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/work.py"></location>
      <source>{work}…</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/work.py"></location>
      <source>… and {count} more</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/work.py"></location>
      <source>The queue stands still: {reason}</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/work.py"></location>
      <source>A picture failed: {reason} The others go on.</source>
      <translation type="unfinished"></translation>
    </message>
  </context>
</TS>
