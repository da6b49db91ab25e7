<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
  <context>
    <name>Likeness</name>
    <message>
      <location filename="../../desktop/chores.py"></location>
      <source>Adding photos</source>
      <translation>正在添加照片</translation>
    </message>
    <message>
      <location filename="../../desktop/chores.py"></location>
      <source>Cutting out</source>
      <translation>正在抠图</translation>
    </message>
    <message>
      <location filename="../../desktop/chores.py"></location>
      <source>Making references</source>
      <translation>正在制作参考图</translation>
    </message>
    <message>
      <location filename="../../desktop/chores.py"></location>
      <source>Adding an object</source>
      <translation>正在添加物体</translation>
    </message>
    <message>
      <location filename="../../desktop/chores.py"></location>
      <source>Working out who is where</source>
      <translation>正在计算各人位置</translation>
    </message>
    <message>
      <location filename="../../desktop/chores.py"></location>
      <source>The demo album is ready: ten people, none of whom exists, and six objects to go with them.</source>
      <translation>演示相册已就绪：十位人物（均不存在于现实中）和六个搭配物体。</translation>
    </message>
    <message>
      <location filename="../../desktop/chores.py"></location>
      <source>{name} has {references}.</source>
      <translation>{name} 有 {references}。</translation>
    </message>
    <message>
      <location filename="../../desktop/chores.py"></location>
      <source>It was cut out of {photo}.</source>
      <translation>已从 {photo} 中抠出。</translation>
    </message>
    <message>
      <location filename="../../desktop/chores.py"></location>
      <source>{name} was added.</source>
      <translation>已添加 {name}。</translation>
    </message>
    <message>
      <location filename="../../desktop/chores.py"></location>
      <source>Who is where is worked out and kept beside the picture.</source>
      <translation>各人位置已计算完毕，并保存在图片旁边。</translation>
    </message>
    <message>
      <location filename="../../desktop/damaged.py"></location>
      <source>The library is damaged.</source>
      <translation>资料库已损坏。</translation>
    </message>
    <message>
      <location filename="../../desktop/damaged.py"></location>
      <source>{error}

The backup of {backup} is whole. Restoring it keeps the damaged file beside the library, and finds the pictures made since.</source>
      <translation>{error}

{backup} 的备份完好。恢复时会把损坏的文件保留在资料库旁边，并找回此后生成的图片。</translation>
    </message>
    <message>
      <location filename="../../desktop/damaged.py"></location>
      <source>Restore</source>
      <translation>恢复</translation>
    </message>
    <message>
      <location filename="../../desktop/damaged.py"></location>
      <source>Leave</source>
      <translation>退出</translation>
    </message>
    <message>
      <location filename="../../desktop/errors.py"></location>
      <source>Something went wrong inside Likeness ({what}). Your library is as it was.</source>
      <translation>Likeness 内部出错（{what}）。您的资料库没有变化。</translation>
    </message>
    <message>
      <location filename="../../desktop/exports.py"></location>
      <source>Number the new files</source>
      <translation>为新文件编号</translation>
    </message>
    <message>
      <location filename="../../desktop/exports.py"></location>
      <source>Write over</source>
      <translation>覆盖</translation>
    </message>
    <message>
      <location filename="../../desktop/exports.py"></location>
      <source>Skip these pictures</source>
      <translation>跳过这些图片</translation>
    </message>
    <message>
      <location filename="../../desktop/exports.py"></location>
      <source>{pictures} left out:</source>
      <translation>{pictures}未导出：</translation>
    </message>
    <message>
      <location filename="../../desktop/exports.py"></location>
      <source>{names} taken already, the first is {first}.</source>
      <translation>{names}已被占用，第一个是 {first}。</translation>
    </message>
    <message>
      <location filename="../../desktop/exports.py"></location>
      <source>{files} exported to {folder}, {size}.</source>
      <translation>{files}已导出到 {folder}，{size}。</translation>
    </message>
    <message>
      <location filename="../../desktop/exports.py"></location>
      <source>The export was stopped: {here} of {total} files are in {folder}.</source>
      <translation>导出已停止：{total} 个文件中有 {here} 个在 {folder} 中。</translation>
    </message>
    <message>
      <location filename="../../desktop/exports.py"></location>
      <source>Export</source>
      <translation>导出</translation>
    </message>
    <message>
      <location filename="../../desktop/exports.py"></location>
      <source>Exporting…</source>
      <translation>正在导出…</translation>
    </message>
    <message>
      <location filename="../../desktop/exports.py"></location>
      <source>Exporting {done} of {total}  {name}</source>
      <translation>正在导出 {done}/{total}  {name}</translation>
    </message>
    <message>
      <location filename="../../desktop/exports.py"></location>
      <source>{pictures} skipped.</source>
      <translation>已跳过{pictures}。</translation>
    </message>
    <message>
      <location filename="../../desktop/exports.py"></location>
      <source>An export is under way. It can be stopped below.</source>
      <translation>正在导出，可在下方停止。</translation>
    </message>
    <message>
      <location filename="../../desktop/exports.py"></location>
      <source>Open folder</source>
      <translation>打开文件夹</translation>
    </message>
    <message>
      <location filename="../../desktop/help.py"></location>
      <source>Likeness is now version {version}.</source>
      <translation>Likeness 现在是 {version} 版。</translation>
    </message>
    <message>
      <location filename="../../desktop/help.py"></location>
      <source>Keyboard shortcuts</source>
      <translation>键盘快捷键</translation>
    </message>
    <message>
      <location filename="../../desktop/help.py"></location>
      <source>Log</source>
      <translation>日志</translation>
    </message>
    <message>
      <location filename="../../desktop/help.py"></location>
      <source>Save a report about this program…</source>
      <translation>保存关于本程序的报告…</translation>
    </message>
    <message>
      <location filename="../../desktop/help.py"></location>
      <source>What is new</source>
      <translation>新功能</translation>
    </message>
    <message>
      <location filename="../../desktop/help.py"></location>
      <source>About Likeness</source>
      <translation>关于 Likeness</translation>
    </message>
    <message>
      <location filename="../../desktop/instance.py"></location>
      <source>Likeness is already open on this library, but it does not answer. Nothing was changed. Wait until it does, or end it, and start again.</source>
      <translation>Likeness 已在此资料库上打开，但没有响应。没有任何改动。请等它响应，或结束它后重新启动。</translation>
    </message>
    <message>
      <location filename="../../desktop/models/faces.py"></location>
      <source>{photo}, not confirmed yet</source>
      <translation>{photo}，尚未确认</translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>Waiting, comes first</source>
      <translation>等待中，优先处理</translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>Waiting, comes last</source>
      <translation>等待中，最后处理</translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>{width} × {height}, {steps} steps, {method}, seed {seed}</source>
      <translation>{width} × {height}，{steps} 步，{method}，种子 {seed}</translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>Try {number} of {tries}, until likeness {score}</source>
      <translation>第 {number} 次尝试（共 {tries} 次），直到相似度达到 {score}</translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>step {step} of {steps}, {time} left</source>
      <translation>第 {step}/{steps} 步，剩余 {time}</translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>Waiting</source>
      <translation>等待中</translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>Rendering</source>
      <translation>生成中</translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>Done</source>
      <translation>已完成</translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>Failed</source>
      <translation>失败</translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>Set aside after two crashes</source>
      <translation>两次崩溃后已搁置</translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>Cancelled</source>
      <translation>已取消</translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>starting</source>
      <translation>正在启动</translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>step {step} of {steps}</source>
      <translation>第 {step}/{steps} 步</translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>{seconds} s</source>
      <translation>{seconds} 秒</translation>
    </message>
    <message>
      <location filename="../../desktop/models/jobs.py"></location>
      <source>about {time}</source>
      <translation>约 {time}</translation>
    </message>
    <message>
      <location filename="../../desktop/models/pictures.py"></location>
      <source>picked</source>
      <translation>已留用</translation>
    </message>
    <message>
      <location filename="../../desktop/models/pictures.py"></location>
      <source>rejected</source>
      <translation>已排除</translation>
    </message>
    <message>
      <location filename="../../desktop/models/pictures.py"></location>
      <source>{name}, {count} stars</source>
      <translation>{name}，{count} 星</translation>
    </message>
    <message>
      <location filename="../../desktop/models/pictures.py"></location>
      <source>Made by another version</source>
      <translation>由其他版本生成</translation>
    </message>
    <message>
      <location filename="../../desktop/models/pictures.py"></location>
      <source>no face</source>
      <translation>没有人脸</translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>People</source>
      <translation>人物</translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>Who is this?</source>
      <translation>这是谁？</translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>Objects</source>
      <translation>物体</translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>Ignored</source>
      <translation>已忽略</translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>{name}: {noun}, {handle}, {consent}</source>
      <translation>{name}：{noun}，{handle}，{consent}</translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>has agreed</source>
      <translation>已同意</translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>consent not recorded</source>
      <translation>未记录同意</translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>has refused</source>
      <translation>已拒绝</translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>consent withdrawn</source>
      <translation>已撤回同意</translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>consent has ended</source>
      <translation>同意已到期</translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>{count} photos, {new} new</source>
      <translation>{count} 张照片，{new} 张新的</translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>1 photo</source>
      <translation>1 张照片</translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>{count} photos</source>
      <translation>{count} 张照片</translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>Type a name to confirm this person; Delete ignores the group.</source>
      <translation>输入名字以确认此人；按 Delete 忽略该组。</translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>{name}: {noun}, {handle}</source>
      <translation>{name}：{noun}，{handle}</translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>1 reference</source>
      <translation>1 张参考图</translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>{count} references</source>
      <translation>{count} 张参考图</translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>Type a name</source>
      <translation>输入名字</translation>
    </message>
    <message>
      <location filename="../../desktop/models/subjects.py"></location>
      <source>Unnamed, {amount}</source>
      <translation>未命名，{amount}</translation>
    </message>
    <message>
      <location filename="../../desktop/night.py"></location>
      <source>{pictures} made in {time}.</source>
      <translation>用时 {time} 生成了{pictures}。</translation>
    </message>
    <message>
      <location filename="../../desktop/night.py"></location>
      <source>{pictures} made in {time}, {failed} failed.</source>
      <translation>用时 {time} 生成了{pictures}，{failed} 张失败。</translation>
    </message>
    <message>
      <location filename="../../desktop/night.py"></location>
      <source>Open the report</source>
      <translation>打开报告</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>Personalised albums, made on your own computer. Nothing leaves it.</source>
      <translation>个性化相册，在您自己的电脑上生成，任何内容都不会外传。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>Likeness: Apache-2.0. Qt and PySide6: LGPL-3.0, used as libraries that can be replaced.</source>
      <translation>Likeness:Apache-2.0。Qt 与 PySide6:LGPL-3.0，以可替换的库的形式使用。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>What is new in version {version}</source>
      <translation>{version} 版的新功能</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>Text</source>
      <translation>文本</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>Versions</source>
      <translation>版本</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>Models</source>
      <translation>模型</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>Packages and data</source>
      <translation>软件包与数据</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>Model</source>
      <translation>模型</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>Licence</source>
      <translation>许可证</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>What it is</source>
      <translation>说明</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>not stated</source>
      <translation>未注明</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/about.py"></location>
      <source>Version {version}</source>
      <translation>版本 {version}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/answer.py"></location>
      <source>{pictures}, about {time}, {size}</source>
      <translation>{pictures}，约 {time}，{size}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/answer.py"></location>
      <source>{pictures}, each tried up to {times} times: at most about {time}, {size}</source>
      <translation>{pictures}，每张最多尝试 {times} 次：最多约 {time}，{size}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/answer.py"></location>
      <source>{prompts} × {seeds} = {pictures}</source>
      <translation>{prompts} × {seeds} = {pictures}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/answer.py"></location>
      <source>{pictures}, {size}</source>
      <translation>{pictures},{size}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/answer.py"></location>
      <source>{pictures}, each tried up to {times} times: at most {size}</source>
      <translation>{pictures}，每张最多尝试 {times} 次：最多 {size}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/cast.py"></location>
      <source>no consent</source>
      <translation>没有同意</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/cast.py"></location>
      <source>no references</source>
      <translation>没有参考图</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/cast.py"></location>
      <source>Who is where…</source>
      <translation>各人位置…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/cast.py"></location>
      <source>Draw where in the picture each of them belongs</source>
      <translation>画出每个人在图片中的位置</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/cast.py"></location>
      <source>placed</source>
      <translation>已定位</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/compare.py"></location>
      <source>Wheel: zoom · drag: move · 0 to 5: stars · P, X, U: pick, reject, neither · hold R: references · Esc: close</source>
      <translation>滚轮：缩放 · 拖动：平移 · 0 到 5：星级 · P、X、U：留用、排除、取消 · 按住 R：参考图 · Esc：关闭</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/compare.py"></location>
      <source>Compare</source>
      <translation>比较</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/compare.py"></location>
      <source>Picture {number}</source>
      <translation>图片 {number}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/compare.py"></location>
      <source>Close</source>
      <translation>关闭</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/compare.py"></location>
      <source>No people</source>
      <translation>没有人物</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/compare.py"></location>
      <source>Picked</source>
      <translation>留用</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/compare.py"></location>
      <source>Rejected</source>
      <translation>排除</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/compare.py"></location>
      <source>See them whole</source>
      <translation>查看全图</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/compare.py"></location>
      <source>Reference of {name}</source>
      <translation>{name} 的参考图</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/compose.py"></location>
      <source>One prompt per line. Type @ to name somebody, {{a|b}} for both, __place__ for a line of a file.

a photo of {ada} on the beach
an oil painting of {ben} in a library</source>
      <translation>每行一个提示词。输入 @ 指定人物，{{a|b}} 表示两者都要，__place__ 取文件中的一行。

a photo of {ada} on the beach
an oil painting of {ben} in a library</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/compose.py"></location>
      <source>Adds the prompts of a text file, one a line; or drop the file on the prompts</source>
      <translation>添加文本文件中的提示词，每行一个；也可把文件拖到提示词框上</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/compose.py"></location>
      <source>Prompts, one a line</source>
      <translation>提示词，每行一个</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/compose.py"></location>
      <source>Text files (*.txt)</source>
      <translation>文本文件 (*.txt)</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/compose.py"></location>
      <source>{pictures} added to the queue.</source>
      <translation>{pictures}已加入队列。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/compose.py"></location>
      <source>PRESET</source>
      <translation>预设</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/compose.py"></location>
      <source>What will be made</source>
      <translation>将要生成的内容</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/compose.py"></location>
      <source>Add to queue</source>
      <translation>加入队列</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/compose.py"></location>
      <source>Compose</source>
      <translation>创作</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/compose.py"></location>
      <source>Prompts from a file…</source>
      <translation>从文件导入提示词…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/compose.py"></location>
      <source>Show the queue</source>
      <translation>显示队列</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>A picture made from someone's face shows something that never happened, and it shows them. So Likeness makes pictures of a person only after you noted here that they agreed. The note stays on this computer; you can change it at any time, and pictures waiting in the queue stop with it.</source>
      <translation>用某人的脸生成的图片展示的是从未发生过的事，而且展示的是这个人。因此，只有在您在此记录其同意之后，Likeness 才会生成此人的图片。记录只保存在这台电脑上；您可以随时更改，队列中等待的图片也会随之停止。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>To be in pictures is one thing, to be learned from is another: what a model learned from someone's pictures stays in its file, also after they are deleted here. Ask for it by itself.</source>
      <translation>出现在图片中是一回事，被用来训练是另一回事：模型从某人的照片中学到的内容会留在模型文件里，即使之后在这里删除此人也是如此。请单独征求同意。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>They agreed</source>
      <translation>已同意</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>Not asked yet</source>
      <translation>尚未询问</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>They refused</source>
      <translation>已拒绝</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>They agreed, and have withdrawn it</source>
      <translation>曾同意，后撤回</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>d MMMM yyyy</source>
      <translation>yyyy年M月d日</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>Consent of {name}</source>
      <translation>{name} 的同意</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>for example: our wedding album, family only</source>
      <translation>例如：我们的婚礼相册，仅限家人</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>It ends on</source>
      <translation>到期日</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>May also be used to train</source>
      <translation>也可用于训练</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>How they said so, where the signed form lies, …</source>
      <translation>如何表示同意、签字表格存放在哪里…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>Did {name} agree?</source>
      <translation>{name} 同意了吗？</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>To what</source>
      <translation>用途</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>When</source>
      <translation>时间</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>Training</source>
      <translation>训练</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>Note</source>
      <translation>备注</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>Save</source>
      <translation>保存</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>May pictures be made of {name}?</source>
      <translation>可以生成 {name} 的图片吗？</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>Status</source>
      <translation>状态</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>Scope</source>
      <translation>范围</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>Date</source>
      <translation>日期</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>Last day</source>
      <translation>最后一天</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/consent_dialog.py"></location>
      <source>Since when for training</source>
      <translation>何时起可用于训练</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/countdown.py"></location>
      <source>Likeness closes in {seconds} s</source>
      <translation>Likeness 将在 {seconds} 秒后关闭</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/countdown.py"></location>
      <source>Close now</source>
      <translation>立即关闭</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/countdown.py"></location>
      <source>This computer goes to sleep in {seconds} s</source>
      <translation>电脑将在 {seconds} 秒后睡眠</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/countdown.py"></location>
      <source>Sleep now</source>
      <translation>立即睡眠</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/countdown.py"></location>
      <source>This computer is shut down in {seconds} s</source>
      <translation>电脑将在 {seconds} 秒后关机</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/countdown.py"></location>
      <source>Shut down now</source>
      <translation>立即关机</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/countdown.py"></location>
      <source>All pictures are made</source>
      <translation>所有图片均已生成</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/countdown.py"></location>
      <source>Time left</source>
      <translation>剩余时间</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/countdown.py"></location>
      <source>Cancel</source>
      <translation>取消</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/dialogs.py"></location>
      <source>Deleted for good: faces with what recognises them, references, cut-outs, masks, thumbnails, waiting pictures, reports, data to train with, and the library's backups, of which a new one is made. Kept: your photos, the pictures already made, which carry the name, and models that learned from them. This cannot be undone.</source>
      <translation>永久删除：人脸及其识别数据、参考图、抠图、蒙版、缩略图、等待中的图片、报告、训练数据以及资料库的备份（会重新备份一次）。保留：您的照片、已生成的图片（其中带有此名字），以及用其照片训练过的模型。此操作无法撤销。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/dialogs.py"></location>
      <source>Deleted for good: references, cut-outs, masks, thumbnails, waiting pictures, reports, data to train with, and the library's backups, of which a new one is made. Kept: your photos, the pictures already made, which carry the name, and models that learned from them. This cannot be undone.</source>
      <translation>永久删除：参考图、抠图、蒙版、缩略图、等待中的图片、报告、训练数据以及资料库的备份（会重新备份一次）。保留：您的照片、已生成的图片（其中带有此名字），以及用其照片训练过的模型。此操作无法撤销。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/dialogs.py"></location>
      <source>Photos ({patterns})</source>
      <translation>照片 ({patterns})</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/dialogs.py"></location>
      <source>Delete {name}</source>
      <translation>删除 {name}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/dialogs.py"></location>
      <source>Also delete every finished picture {name} is in</source>
      <translation>同时删除所有包含 {name} 的成品图片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/dialogs.py"></location>
      <source>Delete</source>
      <translation>删除</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/dialogs.py"></location>
      <source>Licence of {adapter}</source>
      <translation>{adapter} 的许可证</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/dialogs.py"></location>
      <source>Use it under this licence</source>
      <translation>按此许可证使用</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/dialogs.py"></location>
      <source>Delete {name}?</source>
      <translation>删除 {name}？</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/dialogs.py"></location>
      <source>{licence} Pictures made with it are for the same use alone. You are asked once; the answer stays on this computer.</source>
      <translation>{licence} 用它生成的图片也仅限同样的用途。只询问一次；您的回答只保存在这台电脑上。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/dialogs.py"></location>
      <source>{adapter} is for non-commercial use only</source>
      <translation>{adapter} 仅限非商业用途</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/discarding.py"></location>
      <source>{pictures} stayed as they are: {file} could not be moved, {why}.</source>
      <translation>{pictures}保持原样：{file} 无法移动，{why}。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/discarding.py"></location>
      <source>None of the pictures shown is rejected: mark them with X first.</source>
      <translation>显示的图片都没有被排除：请先用 X 标记。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/discarding.py"></location>
      <source>Delete the rejected pictures?</source>
      <translation>删除被排除的图片？</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/discarding.py"></location>
      <source>{pictures} of what is shown are rejected. They go to the trash, with their files.</source>
      <translation>显示的图片中有{pictures}被排除。它们连同文件将移到回收站。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/discarding.py"></location>
      <source>Move {pictures} to the trash</source>
      <translation>将{pictures}移到回收站</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/discarding.py"></location>
      <source>{pictures} deleted.</source>
      <translation>已删除{pictures}。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/discarding.py"></location>
      <source>Delete for good?</source>
      <translation>永久删除？</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/discarding.py"></location>
      <source>{pictures} and their files would be gone. This cannot be taken back.</source>
      <translation>{pictures}及其文件将被删除，且无法恢复。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/discarding.py"></location>
      <source>Delete {pictures}</source>
      <translation>删除{pictures}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/discarding.py"></location>
      <source>Keep them</source>
      <translation>保留</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/discarding.py"></location>
      <source>{pictures} moved to the trash.</source>
      <translation>已将{pictures}移到回收站。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/discarding.py"></location>
      <source>{pictures} could not be brought back: {why}</source>
      <translation>{pictures}无法恢复：{why}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/discarding.py"></location>
      <source>{pictures} back in the gallery.</source>
      <translation>{pictures}已回到图库。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/discarding.py"></location>
      <source>Delete for good…</source>
      <translation>永久删除…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/discarding.py"></location>
      <source>Undo</source>
      <translation>撤销</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/draft.py"></location>
      <source>Draft</source>
      <translation>草稿</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/draft.py"></location>
      <source>One small picture in few steps, made after the picture the queue is at. It is shown here and kept nowhere.</source>
      <translation>用很少的步数生成一张小图，排在队列当前图片之后。只在此处显示，不会保存。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/draft.py"></location>
      <source>Waits for its turn…</source>
      <translation>等待轮到…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/draft.py"></location>
      <source>Live</source>
      <translation>实时</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/draft.py"></location>
      <source>Makes a draft after every change</source>
      <translation>每次改动后生成草稿</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/draft.py"></location>
      <source>Stop the draft</source>
      <translation>停止草稿</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/draft.py"></location>
      <source>The draft</source>
      <translation>草稿</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/draft.py"></location>
      <source>Step {done} of {total}</source>
      <translation>第 {done}/{total} 步</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Each picture keeps its own words. What you write here is for all of them.</source>
      <translation>每张图片保留各自的文字。您在此处写的内容会用于所有图片。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Only what you change here is changed; everything else stays as each picture has it.</source>
      <translation>只会更改您在此处更改的内容；其余保持每张图片原有的设置。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>None of these pictures waits any more. You can queue new ones like this.</source>
      <translation>这些图片都不再等待。您可以按此重新加入队列。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>{pictures} edited.</source>
      <translation>已编辑{pictures}。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>{pictures} queued.</source>
      <translation>{pictures}已加入队列。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Edit {pictures} that wait</source>
      <translation>编辑等待中的{pictures}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Of these {count} pictures {waiting} still wait and can be changed.</source>
      <translation>这 {count} 张图片中有 {waiting} 张仍在等待，可以更改。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Of these {count} pictures one still waits and can be changed.</source>
      <translation>这 {count} 张图片中有一张仍在等待，可以更改。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>This picture does not wait any more, so it stays as it is. You can queue a new one like this.</source>
      <translation>这张图片不再等待，因此保持原样。您可以按此重新加入队列。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Prompt</source>
      <translation>提示词</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>What stands in the way</source>
      <translation>存在的问题</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Edit a picture that waits</source>
      <translation>编辑等待中的图片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Draw a seed</source>
      <translation>随机种子</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Seed</source>
      <translation>种子</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>The same seed and settings give the same picture</source>
      <translation>相同的种子和设置会生成相同的图片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Size</source>
      <translation>大小</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Steps</source>
      <translation>步数</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Not in it</source>
      <translation>不要出现</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Guidance</source>
      <translation>引导系数</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Scheduler</source>
      <translation>采样器</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Method</source>
      <translation>方法</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>How the references reach the picture</source>
      <translation>参考图如何作用于图片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Strength</source>
      <translation>强度</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>How strongly the references act, for everybody</source>
      <translation>参考图的作用强度，适用于所有人</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Queue as new</source>
      <translation>重新加入队列</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>each its own</source>
      <translation>各自不同</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>random</source>
      <translation>随机</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Width</source>
      <translation>宽度</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Height</source>
      <translation>高度</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>for example: blurry</source>
      <translation>例如：模糊</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/edit_job.py"></location>
      <source>Each its own</source>
      <translation>各自不同</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_dialog.py"></location>
      <source>Save as a preset</source>
      <translation>保存为预设</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_dialog.py"></location>
      <source>Name</source>
      <translation>名称</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_dialog.py"></location>
      <source>The files tell nothing, but their names do: {fields}</source>
      <translation>文件内容不含任何信息，但文件名会透露：{fields}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_dialog.py"></location>
      <source>Presets</source>
      <translation>预设</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_dialog.py"></location>
      <source>What will be written</source>
      <translation>将写入的内容</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_dialog.py"></location>
      <source>Looking at the folder…</source>
      <translation>正在查看文件夹…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_dialog.py"></location>
      <source>Choose the folder the files go to.</source>
      <translation>请选择文件的目标文件夹。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_dialog.py"></location>
      <source>{files}, about {size}</source>
      <translation>{files}，约 {size}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_dialog.py"></location>
      <source>{files} written over</source>
      <translation>覆盖{files}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_dialog.py"></location>
      <source>{pictures} skipped</source>
      <translation>跳过{pictures}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_dialog.py"></location>
      <source>{names} taken</source>
      <translation>{names}已被占用</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_dialog.py"></location>
      <source>Deletes this preset of your own</source>
      <translation>删除您自己的这个预设</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_dialog.py"></location>
      <source>PRESETS</source>
      <translation>预设</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_dialog.py"></location>
      <source>Export {pictures}</source>
      <translation>导出{pictures}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_dialog.py"></location>
      <source>Save these…</source>
      <translation>保存这些设置…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Number the new file</source>
      <translation>为新文件编号</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Write over the old file</source>
      <translation>覆盖旧文件</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Leave the old file, skip the picture</source>
      <translation>保留旧文件，跳过图片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Ask, before anything is written</source>
      <translation>写入前询问</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Everything</source>
      <translation>全部</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Share copy: made by AI, no more</source>
      <translation>分享副本：仅注明由 AI 生成</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Words, and fields in braces. A slash makes subfolders.</source>
      <translation>文字，以及花括号中的字段。斜杠会创建子文件夹。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>What happens where a file of that name lies already.</source>
      <translation>目标位置已有同名文件时的处理方式。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Everything: settings, prompt, people and their faces, stars. A share copy tells only that an AI system made it.</source>
      <translation>全部：设置、提示词、人物及其人脸、星级。分享副本仅注明由 AI 系统生成。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Resampling is quick and soft. An upscaler draws detail of its own and takes minutes a picture without a graphics card. Upscalers are added on the Models page.</source>
      <translation>重采样快而柔和。放大模型会绘制自己的细节，没有显卡时每张需要几分钟。可在“模型”页添加放大模型。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>As it is</source>
      <translation>保持原样</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Longer side</source>
      <translation>长边</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Fit into</source>
      <translation>适应</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Percent</source>
      <translation>百分比</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Print: cm, dpi</source>
      <translation>打印：厘米、dpi</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>the day it was made: 2026-11-21</source>
      <translation>生成日期：2026-11-21</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>the time it was made: 214503</source>
      <translation>生成时间：214503</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>the year it was made</source>
      <translation>生成年份</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>the month it was made, 01 to 12</source>
      <translation>生成月份，01 到 12</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>the day of the month, 01 to 31</source>
      <translation>生成日，01 到 31</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>1, 2, 3 … in this export; 3 digits give 001</source>
      <translation>本次导出中的 1、2、3…；3 位数字为 001</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>the picture's own name</source>
      <translation>图片自己的名称</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>the words it was made from, as many letters as you say</source>
      <translation>生成所用的文字，长度由您指定</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>who is in it</source>
      <translation>图片中的人物</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>how it was made</source>
      <translation>生成方法</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>the model's name</source>
      <translation>模型名称</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>the seed</source>
      <translation>种子</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>its stars, 0 to 5</source>
      <translation>星级，0 到 5</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>its colour label</source>
      <translation>色标</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Colour profiles (*.icc *.icm)</source>
      <translation>色彩配置文件 (*.icc *.icm)</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Export to</source>
      <translation>导出到</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>A colour profile</source>
      <translation>色彩配置文件</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>XMP sidecar file as well</source>
      <translation>同时写入 XMP 附属文件</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Fields</source>
      <translation>字段</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Dots per inch</source>
      <translation>每英寸点数</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Enlarge small pictures too</source>
      <translation>小图也放大</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Where the files go</source>
      <translation>文件的目标位置</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>What a name can hold</source>
      <translation>文件名可包含的内容</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Paper width in centimetres</source>
      <translation>纸张宽度（厘米）</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Paper height in centimetres</source>
      <translation>纸张高度（厘米）</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Folder</source>
      <translation>文件夹</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Names</source>
      <translation>文件名</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Name taken</source>
      <translation>名称已被占用</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Format</source>
      <translation>格式</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Quality</source>
      <translation>质量</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Enlarge by</source>
      <translation>放大方式</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Colours</source>
      <translation>色彩</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Metadata</source>
      <translation>元数据</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Profile file…</source>
      <translation>配置文件…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Resampling</source>
      <translation>重采样</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/export_form.py"></location>
      <source>Choose…</source>
      <translation>选择…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/faces.py"></location>
      <source>Give the chosen faces to another person, or to a new one</source>
      <translation>将所选人脸归给另一个人或新的人物</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/faces.py"></location>
      <source>No face of anybody you know: it never counts again</source>
      <translation>不是您认识的人的脸：不再计入</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/faces.py"></location>
      <source>This face stands for them</source>
      <translation>用这张脸作为代表</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/faces.py"></location>
      <source>Faces</source>
      <translation>人脸</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/faces.py"></location>
      <source>Somebody else…</source>
      <translation>是别人…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/faces.py"></location>
      <source>Use as cover</source>
      <translation>用作封面</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/faces.py"></location>
      <source>Not a face of anybody</source>
      <translation>不是任何人的脸</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/faces.py"></location>
      <source>Confirm</source>
      <translation>确认</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/faces.py"></location>
      <source>Back</source>
      <translation>返回</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/faces.py"></location>
      <source>Confirm the new ones</source>
      <translation>确认新的人脸</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/faces.py"></location>
      <source>Not named yet</source>
      <translation>尚未命名</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/faces.py"></location>
      <source>{chosen} of {total} chosen</source>
      <translation>已选 {chosen}/{total}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/faces.py"></location>
      <source>Faces: {total}</source>
      <translation>人脸：{total}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/faces.py"></location>
      <source>Back to all people</source>
      <translation>返回所有人物</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/faces.py"></location>
      <source>New</source>
      <translation>新的</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/faces.py"></location>
      <source>Enter confirms all of them</source>
      <translation>按 Enter 全部确认</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/faces.py"></location>
      <source>Confirmed</source>
      <translation>已确认</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/faces.py"></location>
      <source>Reject</source>
      <translation>排除</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery.py"></location>
      <source>{shown} of {pictures}</source>
      <translation>{shown} / {pictures}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery.py"></location>
      <source>No pictures yet</source>
      <translation>还没有图片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery.py"></location>
      <source>Finished pictures appear here, beside the references they were made from.</source>
      <translation>完成的图片会显示在这里，旁边是所用的参考图。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery.py"></location>
      <source>Compare two to four, side by side</source>
      <translation>并排比较两到四张</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery.py"></location>
      <source>Export…</source>
      <translation>导出…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery.py"></location>
      <source>No picture matches</source>
      <translation>没有符合的图片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery.py"></location>
      <source>Nothing here is all of what you ask for.</source>
      <translation>没有图片满足您的全部条件。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery.py"></location>
      <source>This picture's settings were made by another version and cannot be read.</source>
      <translation>这张图片的设置由其他版本写入，无法读取。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery.py"></location>
      <source>Gallery</source>
      <translation>图库</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery.py"></location>
      <source>As files for others</source>
      <translation>导出为文件</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery.py"></location>
      <source>Show all</source>
      <translation>显示全部</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>All settings</source>
      <translation>全部设置</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>All but the seed</source>
      <translation>除种子外的全部设置</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>The prompt</source>
      <translation>提示词</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>The seed</source>
      <translation>种子</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>None</source>
      <translation>无</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>Red</source>
      <translation>红色</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>Yellow</source>
      <translation>黄色</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>Green</source>
      <translation>绿色</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>Blue</source>
      <translation>蓝色</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>Purple</source>
      <translation>紫色</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>Neither</source>
      <translation>取消标记</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>{pictures} put into “{album}”.</source>
      <translation>{pictures}已放入“{album}”。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>Use again</source>
      <translation>再次使用</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>Try again until they are alike…</source>
      <translation>反复尝试直到相似…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>Pick or reject</source>
      <translation>留用或排除</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>Colour</source>
      <translation>色标</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>Delete the rejected…</source>
      <translation>删除被排除的…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>Put into an album</source>
      <translation>放入相册</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>New album…</source>
      <translation>新建相册…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>New album</source>
      <translation>新建相册</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>What to call it:</source>
      <translation>名称：</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>Move to the trash</source>
      <translation>移到回收站</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>All of this prompt</source>
      <translation>此提示词的全部图片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>Take out of this album</source>
      <translation>从此相册移除</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/gallery_menu.py"></location>
      <source>See it large</source>
      <translation>查看大图</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>Warnings and errors</source>
      <translation>警告和错误</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>Errors only</source>
      <translation>仅错误</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>Nothing of this kind was logged.</source>
      <translation>没有此类日志。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>No names, prompts or folders are in it. It stays on this computer unless you send it.</source>
      <translation>其中不含名字、提示词或文件夹。除非您发送，否则只保存在这台电脑上。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>What is shown</source>
      <translation>显示内容</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>Find in the log</source>
      <translation>在日志中查找</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>What happened, the newest first</source>
      <translation>发生的事件，最新的在前</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>Copied</source>
      <translation>已复制</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>Read again</source>
      <translation>重新读取</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>Copy</source>
      <translation>复制</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>Save a report…</source>
      <translation>保存报告…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/log_view.py"></location>
      <source>Copy what is shown</source>
      <translation>复制显示的内容</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/marks.py"></location>
      <source>{pictures} marked as before.</source>
      <translation>{pictures}的标记已恢复。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/marks.py"></location>
      <source>There is nothing to take back.</source>
      <translation>没有可撤销的操作。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>What is red is not looked at. Paint over what belongs to the subject, erase what does not.</source>
      <translation>红色部分会被忽略。涂抹属于主体的部分，擦除不属于的部分。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>Mask</source>
      <translation>蒙版</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mask_dialog.py"></location>
      <source>Keep this mask</source>
      <translation>使用此蒙版</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mending.py"></location>
      <source>{name} has withdrawn the consent: no pictures are made.</source>
      <translation>{name} 已撤回同意：不会生成图片。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mending.py"></location>
      <source>Leave {count} of them out</source>
      <translation>去掉其中 {count} 个</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mending.py"></location>
      <source>{name} has no references yet.</source>
      <translation>{name} 还没有参考图。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mending.py"></location>
      <source>Consent of {name}…</source>
      <translation>{name} 的同意…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mending.py"></location>
      <source>Did {name} agree to pictures being made? Note it first.</source>
      <translation>{name} 同意生成图片吗？请先记录。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mending.py"></location>
      <source>{name} has refused: no pictures are made.</source>
      <translation>{name} 已拒绝：不会生成图片。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mending.py"></location>
      <source>The consent of {name} has ended: ask again before making pictures.</source>
      <translation>{name} 的同意已到期：生成图片前请重新询问。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mending.py"></location>
      <source>Leave {names} out</source>
      <translation>去掉 {names}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mending.py"></location>
      <source>{name} is for non-commercial use only. Read its licence first.</source>
      <translation>{name} 仅限非商业用途。请先阅读其许可证。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mending.py"></location>
      <source>Make references</source>
      <translation>制作参考图</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mending.py"></location>
      <source>Use {method}</source>
      <translation>使用 {method}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mending.py"></location>
      <source>Licence…</source>
      <translation>许可证…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mending.py"></location>
      <source>Write it…</source>
      <translation>编写…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mending.py"></location>
      <source>Make each once</source>
      <translation>每张只生成一次</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mending.py"></location>
      <source>Another method</source>
      <translation>换一种方法</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mending.py"></location>
      <source>Use @{handle}</source>
      <translation>使用 @{handle}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/mending.py"></location>
      <source>One choice a line</source>
      <translation>每行一个选项</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>By the file's training</source>
      <translation>按文件的训练</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>By relevance</source>
      <translation>按相关性</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Shared by relevance</source>
      <translation>按相关性分配</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Everywhere alike</source>
      <translation>各处相同</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Words in the prompt</source>
      <translation>提示词中的文字</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>What they are</source>
      <translation>所属类别</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Their mean</source>
      <translation>取平均</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>One after another</source>
      <translation>逐一读取</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Coarse layers</source>
      <translation>粗略层</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Middle layers</source>
      <translation>中间层</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Fine layers</source>
      <translation>精细层</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Which of the model's adapter files</source>
      <translation>使用模型的哪个适配器文件</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Which FastComposer file changes the words</source>
      <translation>由哪个 FastComposer 文件改变文字</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>How strongly the references act; 0 leaves the picture to the words</source>
      <translation>参考图的作用强度；0 表示图片完全由文字决定</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Where in the picture each of several subjects acts (arXiv 2409.17920)</source>
      <translation>多个主体各自作用于图片的哪个位置 (arXiv 2409.17920)</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>For which part of the steps, at the end, the words carry the subject (α of arXiv 2305.10431). Less leaves the layout to the prompt; more looks more like them.</source>
      <translation>最后多大比例的步数由文字承载主体（arXiv 2305.10431 的 α）。较小时由提示词决定布局；较大时更像本人。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>How many words stand for each subject (m of arXiv 2309.05793)</source>
      <translation>每个主体用多少个词表示(arXiv 2309.05793 的 m)</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>How much of the file's own reading of the prompt is used (α of arXiv 2309.05793)</source>
      <translation>采用多少文件自身对提示词的理解(arXiv 2309.05793 的 α)</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>How strongly the words act (γ of arXiv 2309.05793)</source>
      <translation>文字的作用强度(arXiv 2309.05793 的 γ)</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>How strongly the references' look acts (σ of arXiv 2309.05793)</source>
      <translation>参考图外观的作用强度(arXiv 2309.05793 的 σ)</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>How much of the face's look is added to what recognises it (s of FaceID PlusV2)</source>
      <translation>在识别特征之外加入多少面部外观(FaceID PlusV2 的 s)</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>How much of the file's own fine-tuning is used</source>
      <translation>采用多少文件自身的微调</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Keeps, with each picture, a map of where each subject acted: the gallery shows it</source>
      <translation>随每张图片保存各主体作用位置的图；图库中可查看</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>From which to which part of the steps: starting later leaves the layout to the words</source>
      <translation>从哪一步到哪一步起作用：开始较晚则由文字决定布局</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Several references of one subject are mixed, or all of them are read</source>
      <translation>同一主体的多张参考图混合，或全部读取</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Which words say where in the picture somebody is</source>
      <translation>用哪些文字判断人物在图片中的位置</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Multiplies every strength in the layers that set the layout's details (down)</source>
      <translation>在决定布局细节的层（下采样）中乘以各强度</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Multiplies every strength in the layers that set the composition (mid)</source>
      <translation>在决定构图的层（中间）中乘以各强度</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Multiplies every strength in the layers that set textures (up)</source>
      <translation>在决定纹理的层（上采样）中乘以各强度</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Text LoRA</source>
      <translation>文本 LoRA</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>LoRA</source>
      <translation>LoRA</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>of who is where</source>
      <translation>记录各人位置</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>More…</source>
      <translation>更多…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>References act from</source>
      <translation>参考图起始</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>References act to</source>
      <translation>参考图结束</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Best for the prompt</source>
      <translation>最适合提示词的方法</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Less</source>
      <translation>收起</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>to</source>
      <translation>到</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>File</source>
      <translation>文件</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Second file</source>
      <translation>第二个文件</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Identity share</source>
      <translation>身份比例</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Pseudo-words</source>
      <translation>伪词</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Words</source>
      <translation>文字</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Look</source>
      <translation>外观</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Face's look</source>
      <translation>面部外观</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Several people</source>
      <translation>多人</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Keep maps</source>
      <translation>保存位置图</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>References act</source>
      <translation>参考图作用于</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>References</source>
      <translation>参考图</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/method_choice.py"></location>
      <source>Found by</source>
      <translation>定位依据</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>Take {name} off the list? Its files in {path} stay.</source>
      <translation>将 {name} 从列表中移除？{path} 中的文件会保留。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>What you choose here counts from the next picture on, without a restart. Your files stay where they are.</source>
      <translation>此处的选择从下一张图片起生效，无需重启。您的文件保持原位。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>{name} is a file in its model's folder: {path}. Delete it?</source>
      <translation>{name} 是其模型文件夹中的文件：{path}。要删除吗？</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>{name} can be taken off the list, and its files in {path} can be deleted, too.</source>
      <translation>可以将 {name} 从列表中移除，也可以同时删除 {path} 中的文件。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>New pictures are made with {name}. Pictures that wait in the queue keep their model.</source>
      <translation>新图片将使用 {name} 生成。队列中等待的图片保持原来的模型。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>Verifying everything</source>
      <translation>正在校验全部</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>Files are not what they were when they were added. They are marked in the list.</source>
      <translation>有文件与添加时不同，已在列表中标出。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>Remove</source>
      <translation>移除</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>Verify all</source>
      <translation>全部校验</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>Add</source>
      <translation>添加</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>Download…</source>
      <translation>下载…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>A base model: its folder…</source>
      <translation>基础模型：选择文件夹…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>An adapter: its file…</source>
      <translation>适配器：选择文件…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>An InsightFace pack: its folder…</source>
      <translation>InsightFace 包：选择文件夹…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>A segmenter (SAM 2 or ONNX): its folder…</source>
      <translation>分割模型(SAM 2 或 ONNX)：选择文件夹…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>An upscaler for print: its file…</source>
      <translation>打印用放大模型：选择文件…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>Verifying {name}</source>
      <translation>正在校验 {name}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>Read whole and recorded: from now on every change is noticed.</source>
      <translation>已完整读取并记录：今后的任何变化都会被发现。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>Read whole and compared: nothing has changed.</source>
      <translation>已完整读取并比对：没有变化。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>Take off the list</source>
      <translation>从列表中移除</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>Delete the files</source>
      <translation>删除文件</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>Accepting</source>
      <translation>正在接受</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models.py"></location>
      <source>Removing</source>
      <translation>正在移除</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_add.py"></location>
      <source>A Stable Diffusion 1.5 or SDXL folder in diffusers layout</source>
      <translation>diffusers 结构的 Stable Diffusion 1.5 或 SDXL 文件夹</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_add.py"></location>
      <source>An adapter for {model}</source>
      <translation>{model} 的适配器</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_add.py"></location>
      <source>Adapters ({patterns})</source>
      <translation>适配器 ({patterns})</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_add.py"></location>
      <source>A folder with SAM 2, or with an ONNX export such as BiRefNet's</source>
      <translation>包含 SAM 2 或 ONNX 导出（如 BiRefNet）的文件夹</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_add.py"></location>
      <source>{name} can be used with {model}.</source>
      <translation>{name} 可与 {model} 配合使用。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_add.py"></location>
      <source>Every photo is looked at again by these models, which can take long. Names and references stay with the faces that are found in the same place.</source>
      <translation>将用这些模型重新查看每张照片，可能需要较长时间。在同一位置找到的人脸会保留名字和参考图。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_add.py"></location>
      <source>References made from now on are cut out by it; those that exist stay as they are.</source>
      <translation>今后的参考图将用它抠图；已有的保持不变。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_add.py"></location>
      <source>Licence of {name}</source>
      <translation>{name} 的许可证</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_add.py"></location>
      <source>An ESRGAN or Compact model</source>
      <translation>ESRGAN 或 Compact 模型</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_add.py"></location>
      <source>Upscalers (*.safetensors)</source>
      <translation>放大模型 (*.safetensors)</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_add.py"></location>
      <source>Adding {name}</source>
      <translation>正在添加 {name}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_add.py"></location>
      <source>{name} makes pictures {scale} times larger. Choose it when you export.</source>
      <translation>{name} 可将图片放大 {scale} 倍。导出时可选择它。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_add.py"></location>
      <source>Downloading</source>
      <translation>正在下载</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_add.py"></location>
      <source>Other face models</source>
      <translation>其他人脸模型</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_add.py"></location>
      <source>Look again</source>
      <translation>重新查看</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_add.py"></location>
      <source>Opening the segmenter</source>
      <translation>正在打开分割模型</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_add.py"></location>
      <source>The folder of an InsightFace pack</source>
      <translation>InsightFace 包的文件夹</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_add.py"></location>
      <source>{name} is on the list. It offers: {methods}.</source>
      <translation>{name} 已在列表中，可用方法：{methods}。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_add.py"></location>
      <source>Faces are found and recognised by these models from now on.</source>
      <translation>今后由这些模型查找和识别人脸。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_add.py"></location>
      <source>{name} is here, checked, and on the list. “Use this” chooses it.</source>
      <translation>{name} 已下载、校验并加入列表。点“使用此项”即可选用。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_add.py"></location>
      <source>Looking at every photo again</source>
      <translation>正在重新查看所有照片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_download.py"></location>
      <source>Only the request for these files leaves this computer, as when you open a web page: no photo, name, prompt or account. The server sees your internet address. Every file is compared with its SHA-256 before it is used. You can stop at any time; the same download goes on where it stopped.</source>
      <translation>只有对这些文件的请求会离开这台电脑，如同打开网页：不含照片、名字、提示词或账号。服务器能看到您的网络地址。每个文件在使用前都会核对 SHA-256。您可以随时停止；再次下载会从停止处继续。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_download.py"></location>
      <source>Stable Diffusion 1.5 with references</source>
      <translation>带参考图的 Stable Diffusion 1.5</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_download.py"></location>
      <source>Stable Diffusion 1.5 with references and faces</source>
      <translation>带参考图和人脸的 Stable Diffusion 1.5</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_download.py"></location>
      <source>Stable Diffusion XL with references</source>
      <translation>带参考图的 Stable Diffusion XL</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_download.py"></location>
      <source>Stable Diffusion XL with references and faces</source>
      <translation>带参考图和人脸的 Stable Diffusion XL</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_download.py"></location>
      <source>Download: {size}. Its pictures are {side} pixels wide.</source>
      <translation>下载：{size}。图片宽 {side} 像素。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_download.py"></location>
      <source>Download models</source>
      <translation>下载模型</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_download.py"></location>
      <source>All of its files are here already. They are checked again and listed.</source>
      <translation>所有文件都已在此。将重新校验并列出。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_download.py"></location>
      <source>{left} of {size} are still to come.</source>
      <translation>{size} 中还剩 {left}。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_download.py"></location>
      <source>Each file is pinned to one version.</source>
      <translation>每个文件都固定到一个版本。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_download.py"></location>
      <source>Not pinned to one version.</source>
      <translation>未固定到一个版本。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_download.py"></location>
      <source>Sets of models</source>
      <translation>模型组合</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_download.py"></location>
      <source>{title} · {memory} GB cards · {size}</source>
      <translation>{title} · {memory} GB 显卡 · {size}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_download.py"></location>
      <source>There is not enough room on the disk for it.</source>
      <translation>磁盘空间不足。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_download.py"></location>
      <source>I use it under this licence</source>
      <translation>我按此许可证使用</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_download.py"></location>
      <source>Download</source>
      <translation>下载</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_download.py"></location>
      <source>On the processor alone the smallest works, slowly.</source>
      <translation>仅用处理器时，最小的可用，但很慢。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_download.py"></location>
      <source>LICENCE</source>
      <translation>许可证</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_download.py"></location>
      <source>WHAT LEAVES THIS COMPUTER</source>
      <translation>哪些内容会离开这台电脑</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_download.py"></location>
      <source>From huggingface.co: {sources}.</source>
      <translation>来自 huggingface.co：{sources}。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>Kind</source>
      <translation>类型</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>For</source>
      <translation>用途</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>Memory</source>
      <translation>内存</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>Verified</source>
      <translation>校验</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>Place</source>
      <translation>位置</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>In use</source>
      <translation>使用中</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>Use this</source>
      <translation>使用此项</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>Read and accept the licence…</source>
      <translation>阅读并接受许可证…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>Verify now</source>
      <translation>立即校验</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>Show in folder</source>
      <translation>在文件夹中显示</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>Remove…</source>
      <translation>移除…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>In use: choose another first</source>
      <translation>使用中：请先选择其他模型</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_panel.py"></location>
      <source>Reads every byte and compares its SHA-256</source>
      <translation>读取每个字节并比对 SHA-256</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_tree.py"></location>
      <source>{name} (in use)</source>
      <translation>{name}（使用中）</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_tree.py"></location>
      <source>Not usable</source>
      <translation>无法使用</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_tree.py"></location>
      <source>None yet</source>
      <translation>还没有</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Steers the base model by references.</source>
      <translation>用参考图引导基础模型。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Base models and their adapters</source>
      <translation>基础模型及其适配器</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Finding and recognising faces</source>
      <translation>查找和识别人脸</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Cutting subjects out</source>
      <translation>抠出主体</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Enlarging for print</source>
      <translation>为打印放大</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Draws the pictures. Everything else steers it.</source>
      <translation>绘制图片；其余都是对它的引导。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Finds the faces in your photos and tells people apart. It also judges how alike a picture is.</source>
      <translation>在照片中查找人脸并区分人物，也判断图片的相似度。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Cuts people and objects out of your photos, so that their background is left behind.</source>
      <translation>从照片中抠出人物和物体，去除背景。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Makes finished pictures larger for print. It is chosen when you export.</source>
      <translation>为打印放大成品图片，导出时选用。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Lets a picture follow a reference as a whole: its subject, colours and mood.</source>
      <translation>让图片整体跟随参考图：主体、色彩和氛围。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Lets a picture follow a reference closely, down to its details.</source>
      <translation>让图片紧密跟随参考图，直至细节。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Lets a picture follow a reference of a face.</source>
      <translation>让图片跟随人脸参考图。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Carries who somebody is from what recognises their face.</source>
      <translation>通过人脸识别特征保留身份。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Carries who somebody is from their face and what recognises it.</source>
      <translation>通过面部外观和识别特征保留身份。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Carries who somebody is from their face, as strongly as you like.</source>
      <translation>通过面部保留身份，强度可调。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Keeps several subjects of one picture apart.</source>
      <translation>让一张图片中的多个主体互不混淆。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Keeps several subjects of one picture apart, down to their details.</source>
      <translation>让一张图片中的多个主体互不混淆，直至细节。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Puts people into a picture through the words that name them.</source>
      <translation>通过称呼人物的文字把人物放入图片。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Learns a word for somebody from a single photo.</source>
      <translation>从一张照片学习代表某人的词。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Verified: as its source states</source>
      <translation>已校验：与来源所述一致</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Verified: as it was when it was added</source>
      <translation>已校验：与添加时一致</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Recorded; changes will be noticed from now on</source>
      <translation>已记录；今后的变化会被发现</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Not verified yet</source>
      <translation>尚未校验</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Changed since it was added: add it again from where you got it</source>
      <translation>添加后有变化：请从原来源重新添加</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Recorded</source>
      <translation>已记录</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Not yet</source>
      <translation>尚未</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Changed</source>
      <translation>有变化</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Fits your graphics card: about {needed} of {there}</source>
      <translation>适合您的显卡：约需 {needed}，共 {there}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Fits the memory of this computer: about {needed} of {there}</source>
      <translation>适合本机内存：约需 {needed}，共 {there}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Fits when other programs are closed: about {needed}, {free} are free now</source>
      <translation>关闭其他程序后可用：约需 {needed}，现在可用 {free}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Too large for this computer: about {needed}, and it has {there}</source>
      <translation>超出本机能力：约需 {needed}，只有 {there}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>{said} ({day})</source>
      <translation>{said}({day})</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>This computer: {memory} of memory · no NVIDIA graphics card in use · {disk} free on the disk</source>
      <translation>本机：内存 {memory} · 未使用 NVIDIA 显卡 · 磁盘可用 {disk}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>You accepted this.</source>
      <translation>您已接受。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Not accepted yet.</source>
      <translation>尚未接受。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Non-commercial</source>
      <translation>非商业</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>This computer: {memory} of memory · {card} · {disk} free on the disk</source>
      <translation>本机：内存 {memory} · {card} · 磁盘可用 {disk}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_words.py"></location>
      <source>Not stated in the file. Look where you got it.</source>
      <translation>文件中未注明。请查看其来源。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_work.py"></location>
      <source>The command ended without a word. Nothing was changed.</source>
      <translation>命令没有输出就结束了。没有任何改动。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/models_work.py"></location>
      <source>Stopped. What is whole was kept.</source>
      <translation>已停止。完整的部分已保留。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/not_opened.py"></location>
      <source>Photos, people and pictures are where they were. If it happens again, the log tells somebody who helps where to look.</source>
      <translation>照片、人物和图片都还在原处。如果再次发生，日志可以告诉提供帮助的人该从哪里查起。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/not_opened.py"></location>
      <source>The window could not be opened</source>
      <translation>窗口无法打开</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/not_opened.py"></location>
      <source>Try again</source>
      <translation>再次尝试</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/not_opened.py"></location>
      <source>Show the log</source>
      <translation>查看日志</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/not_opened.py"></location>
      <source>Quit</source>
      <translation>退出</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/object_dialog.py"></location>
      <source>Add an object</source>
      <translation>添加物体</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/object_dialog.py"></location>
      <source>Cutting out… A picture that is being made ends first.</source>
      <translation>正在抠图… 正在生成的图片会先完成。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/object_dialog.py"></location>
      <source>Photos of the object</source>
      <translation>物体的照片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/object_dialog.py"></location>
      <source>for example: Rex</source>
      <translation>例如：Rex</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/object_dialog.py"></location>
      <source>dog, guitar, red car, …</source>
      <translation>dog、guitar、red car…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/object_dialog.py"></location>
      <source>Photos</source>
      <translation>照片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/object_dialog.py"></location>
      <source>Cut out and look</source>
      <translation>抠图并查看</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/object_dialog.py"></location>
      <source>No box</source>
      <translation>不用方框</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/object_dialog.py"></location>
      <source>Back to the photo</source>
      <translation>返回照片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/object_dialog.py"></location>
      <source>One to four photos that show it clearly, best on its own.</source>
      <translation>一到四张清楚展示它的照片，最好只有它。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/object_dialog.py"></location>
      <source>Have it found by itself</source>
      <translation>自动查找</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/object_dialog.py"></location>
      <source>Choose photos…</source>
      <translation>选择照片…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/object_dialog.py"></location>
      <source>What is red is not looked at. Correct it with brush and eraser.</source>
      <translation>红色部分会被忽略。可用画笔和橡皮修正。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/object_dialog.py"></location>
      <source>It is cut out of the box.</source>
      <translation>从方框中抠出。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/object_dialog.py"></location>
      <source>It is found by itself; or drag a box around it.</source>
      <translation>会自动查找；也可以在它周围拖出方框。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>Finding an outline</source>
      <translation>正在查找轮廓</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>Paint over what is to be made anew. All the rest stays as it is, to the pixel.</source>
      <translation>涂抹要重新生成的部分。其余部分逐像素保持不变。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>Make a part of the photo anew</source>
      <translation>重新生成照片的一部分</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>The outline is looked for…</source>
      <translation>正在查找轮廓…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>Clear</source>
      <translation>清除</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>Invert</source>
      <translation>反转</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>Whose face</source>
      <translation>谁的脸</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>Face</source>
      <translation>人脸</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>Whole person</source>
      <translation>整个人</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>Use this mask</source>
      <translation>使用此蒙版</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>Fades over</source>
      <translation>羽化</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>Around it</source>
      <translation>周围</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>How far beyond the mask the new fades into the photo</source>
      <translation>新内容在蒙版之外多大范围内融入照片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>How much of the photo the model sees, in sides of the mask</source>
      <translation>模型能看到多少照片内容，以蒙版边长为单位</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>The outline is in the mask.</source>
      <translation>轮廓已加入蒙版。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>Paints this face, with its hair</source>
      <translation>涂抹此人脸，包括头发</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>Finds the outline of the whole person</source>
      <translation>查找整个人的轮廓</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>BRUSH</source>
      <translation>画笔</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>FROM THE ALBUM</source>
      <translation>来自相册</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>EDGE</source>
      <translation>边缘</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>Face {number}</source>
      <translation>人脸 {number}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>The album knows no face on this photo.</source>
      <translation>相册在这张照片上没有找到人脸。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>Paint</source>
      <translation>涂抹</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/paint_dialog.py"></location>
      <source>Erase</source>
      <translation>擦除</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Ready for prompts once they agreed</source>
      <translation>本人同意后即可用于提示词</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Type a name under the face, or ignore the group</source>
      <translation>在人脸下方输入名字，或忽略该组</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Pets and things, by the word for them</source>
      <translation>宠物和物品，用称呼它们的词</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Left out everywhere</source>
      <translation>处处忽略</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>People and objects</source>
      <translation>人物与物体</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>{done} of {total}. {what}</source>
      <translation>{done}/{total}。{what}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Looking at your photos</source>
      <translation>正在查看您的照片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Add a folder of photos</source>
      <translation>添加照片文件夹</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Add photos</source>
      <translation>添加照片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Rename</source>
      <translation>重命名</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Favourite</source>
      <translation>收藏</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Delete…</source>
      <translation>删除…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Start with your photos</source>
      <translation>从您的照片开始</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Add a folder, or drop one anywhere on this window. Likeness finds the faces and puts those of one person together; you say who they are. Your photos are read, never changed.</source>
      <translation>添加文件夹，或将其拖到窗口任意位置。Likeness 会找出人脸，把同一个人的归在一起；由您说明他们是谁。照片只读取，绝不改动。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Merge</source>
      <translation>合并</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Ignore</source>
      <translation>忽略</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Search by name</source>
      <translation>按名字查找</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Name, @handle or word</source>
      <translation>名字、@代号或词</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>A folder…</source>
      <translation>文件夹…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Photos…</source>
      <translation>照片…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>A person or object of another library…</source>
      <translation>其他资料库的人物或物体…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Nobody's name, handle or word holds that.</source>
      <translation>没有名字、代号或词与之匹配。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>No faces were found in these photos. Add others, or add an object.</source>
      <translation>这些照片中没有找到人脸。请添加其他照片，或添加物体。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Show again</source>
      <translation>重新显示</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>All faces…</source>
      <translation>全部人脸…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Consent…</source>
      <translation>同意…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Add a folder…</source>
      <translation>添加文件夹…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Try the demo album</source>
      <translation>试用演示相册</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Make one of the selected cards</source>
      <translation>将所选卡片合并为一个</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Leave out (Delete)</source>
      <translation>忽略 (Delete)</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>People &amp; objects</source>
      <translation>人物与物体</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people.py"></location>
      <source>Add object…</source>
      <translation>添加物体…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>naming {name}</source>
      <translation>命名 {name}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>confirming faces of {name}</source>
      <translation>确认 {name} 的人脸</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>ignoring</source>
      <translation>忽略</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>showing again</source>
      <translation>重新显示</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>merging into {name}</source>
      <translation>合并到 {name}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>taking faces out</source>
      <translation>移出人脸</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>moving faces to {name}</source>
      <translation>将人脸移到 {name}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>rejecting faces</source>
      <translation>排除人脸</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>the cover of {name}</source>
      <translation>{name} 的封面</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>the star of {name}</source>
      <translation>{name} 的收藏</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>Profiles ({patterns})</source>
      <translation>档案 ({patterns})</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>Faces moved: {count}.</source>
      <translation>已移动人脸：{count}。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>Faces that count no more: {count}.</source>
      <translation>不再计入的人脸：{count}。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>Shown again: {count}.</source>
      <translation>已重新显示：{count}。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>Ignored: {count}.</source>
      <translation>已忽略：{count}。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>Taken back: {what}.</source>
      <translation>已撤销：{what}。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>Done again: {what}.</source>
      <translation>已重做：{what}。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>There is nothing to do again.</source>
      <translation>没有可重做的操作。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>1 waiting picture was cancelled, as there is no consent any more.</source>
      <translation>由于不再有同意，1 张等待中的图片已取消。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>{count} waiting pictures were cancelled, as there is no consent any more.</source>
      <translation>由于不再有同意，{count} 张等待中的图片已取消。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>Export {name}</source>
      <translation>导出 {name}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>Take in a profile</source>
      <translation>导入档案</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>somebody</source>
      <translation>某人</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>Faces that are somebody else now: {count}.</source>
      <translation>现在属于别人的人脸：{count}。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>Merged {count} into one.</source>
      <translation>已将 {count} 个合并为一个。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/people_actions.py"></location>
      <source>{name} is in {file}.</source>
      <translation>{name} 已保存到 {file}。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/photo_dialog.py"></location>
      <source>The picture keeps the photo's layout, as much of it as you leave.</source>
      <translation>图片会保留照片的布局，保留多少由您决定。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/photo_dialog.py"></location>
      <source>Start from a photo</source>
      <translation>以照片为起点</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/photo_dialog.py"></location>
      <source>Photos of the album</source>
      <translation>相册中的照片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/photo_dialog.py"></location>
      <source>Start from it</source>
      <translation>以此为起点</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/photo_dialog.py"></location>
      <source>No photos are imported yet.</source>
      <translation>尚未导入照片。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/picture_details.py"></location>
      <source>Cosine similarity between the face in the picture and the person's references, by the same model that grouped your photos: 1 is the same photo, about 0 a stranger.</source>
      <translation>图片中的脸与此人参考图的余弦相似度，由给您的照片分组的同一模型计算：1 表示同一张照片，约 0 表示陌生人。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/picture_details.py"></location>
      <source>From {score} on, two photos are taken for one person.</source>
      <translation>达到 {score} 时，两张照片会被视为同一个人。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/picture_details.py"></location>
      <source>Large picture</source>
      <translation>大图</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/picture_details.py"></location>
      <source>Use these settings again</source>
      <translation>再次使用这些设置</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/picture_details.py"></location>
      <source>Similarity of {name}</source>
      <translation>{name} 的相似度</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/picture_details.py"></location>
      <source>Made</source>
      <translation>生成时间</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/picture_details.py"></location>
      <source>REFERENCES</source>
      <translation>参考图</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/picture_details.py"></location>
      <source>Took</source>
      <translation>用时</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Where new pictures go</source>
      <translation>新图片的保存位置</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>All preferences are as they were at first. Models and shortcuts were kept.</source>
      <translation>所有偏好设置已恢复为默认。模型和快捷键保持不变。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Puts what is not in effect yet into effect. What you wrote in Compose stays; a picture that is being made is begun once more.</source>
      <translation>使尚未生效的设置生效。创作页中写下的内容会保留；正在生成的图片会重新开始。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Neutral greys in both, so that colours are judged without a cast.</source>
      <translation>两种主题均为中性灰，判断颜色时不受偏色影响。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Pictures that are made already stay where they are.</source>
      <translation>已生成的图片保持原位。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>What the Queue page suggests for each night. A countdown can always be cancelled.</source>
      <translation>“队列”页每晚的默认选择。倒计时随时可以取消。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>How much of the photo around a face becomes part of a reference. 1.3 is what the authors of the methods used; references that are made already stay as they are.</source>
      <translation>人脸周围有多少照片内容进入参考图。1.3 是各方法作者所用的值；已制作的参考图保持不变。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>The graphics card</source>
      <translation>显卡</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>More make scrolling smoother, at about 0.2 MB of memory each.</source>
      <translation>数量越多滚动越流畅，每张约占 0.2 MB 内存。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Open the window anew</source>
      <translation>重新打开窗口</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Language and looks</source>
      <translation>语言与外观</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Language</source>
      <translation>语言</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Dark</source>
      <translation>深色</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Light</source>
      <translation>浅色</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>As the system</source>
      <translation>跟随系统</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Theme</source>
      <translation>主题</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Things may move</source>
      <translation>允许动画</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Nothing moves</source>
      <translation>没有动画</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Motion</source>
      <translation>动画</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Keyboard shortcuts…</source>
      <translation>键盘快捷键…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Keyboard</source>
      <translation>键盘</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>All keys, and others for them if you like.</source>
      <translation>全部快捷键，也可以改成您喜欢的。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Pictures</source>
      <translation>图片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>New pictures go to</source>
      <translation>新图片保存到</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Show each picture while it is made</source>
      <translation>生成过程中显示每张图片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Previews</source>
      <translation>预览</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>When all is done</source>
      <translation>全部完成后</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Margin around a face</source>
      <translation>人脸周围的边距</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>This computer</source>
      <translation>这台电脑</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>The graphics card, if there is one</source>
      <translation>显卡（如果有）</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>The processor</source>
      <translation>处理器</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Pictures are computed by</source>
      <translation>图片的计算设备</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Small pictures kept ready</source>
      <translation>保留在内存中的缩略图</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Preferences</source>
      <translation>偏好设置</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Reset all</source>
      <translation>全部重置</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Usual folder</source>
      <translation>默认文件夹</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Not in effect yet</source>
      <translation>尚未生效</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Every choice as it was at first</source>
      <translation>所有选项恢复为默认</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>Choose where new pictures go</source>
      <translation>选择新图片的保存位置</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preferences.py"></location>
      <source>The library's own folder</source>
      <translation>资料库自己的文件夹</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preset_bar.py"></location>
      <source>With the prompts, and how strongly the people in them act</source>
      <translation>包含提示词，以及其中人物的作用强度</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preset_bar.py"></location>
      <source>Start photos, masks and regions are never kept in a preset.</source>
      <translation>起始照片、蒙版和区域从不保存在预设中。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preset_bar.py"></location>
      <source>The preset “{name}” was deleted.</source>
      <translation>已删除预设“{name}”。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preset_bar.py"></location>
      <source>Preset</source>
      <translation>预设</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preset_bar.py"></location>
      <source>Preset…</source>
      <translation>预设…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preset_bar.py"></location>
      <source>Save these settings…</source>
      <translation>保存这些设置…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preset_bar.py"></location>
      <source>Rename…</source>
      <translation>重命名…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preset_bar.py"></location>
      <source>Save these settings</source>
      <translation>保存这些设置</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preset_bar.py"></location>
      <source>Rename the preset</source>
      <translation>重命名预设</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preset_bar.py"></location>
      <source>for example: soft light, 12 steps</source>
      <translation>例如：柔光，12 步</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preset_bar.py"></location>
      <source>Save, rename or delete a preset</source>
      <translation>保存、重命名或删除预设</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preset_bar.py"></location>
      <source>No preset</source>
      <translation>无预设</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/preset_bar.py"></location>
      <source>What is it called?</source>
      <translation>叫什么名字？</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/profile_dialogs.py"></location>
      <source>The file holds the name, the word for them, notes, the record of consent, and the references with their masks. Whoever has the file can make pictures of {name}. Your photos stay here.</source>
      <translation>文件包含名字、代表词、备注、同意记录，以及参考图及其蒙版。拿到此文件的人可以生成 {name} 的图片。您的照片留在这里。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/profile_dialogs.py"></location>
      <source>Also what recognises their faces</source>
      <translation>也包含其人脸的识别数据</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/profile_dialogs.py"></location>
      <source>Choose where…</source>
      <translation>选择位置…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/profile_dialogs.py"></location>
      <source>Export {name} as one file</source>
      <translation>将 {name} 导出为一个文件</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/profile_dialogs.py"></location>
      <source>That is biometric data: another library then finds them in its own photos.</source>
      <translation>这是生物特征数据：另一个资料库可据此在自己的照片中找到他们。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/profile_dialogs.py"></location>
      <source>Take in {name}</source>
      <translation>导入 {name}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/profile_dialogs.py"></location>
      <source>{name} agreed to pictures made here</source>
      <translation>{name} 同意在此生成图片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/profile_dialogs.py"></location>
      <source>{name} agreed to be used to train here, too</source>
      <translation>{name} 也同意在这里用于训练</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/profile_dialogs.py"></location>
      <source>Find them in my photos too (biometric data in the file)</source>
      <translation>也在我的照片中查找（文件中的生物特征数据）</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/profile_dialogs.py"></location>
      <source>Take in</source>
      <translation>导入</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/profile_dialogs.py"></location>
      <source>{noun}, references: {count}</source>
      <translation>{noun}，参考图：{count}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/profile_dialogs.py"></location>
      <source>Take in {name}?</source>
      <translation>导入 {name}？</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/profile_dialogs.py"></location>
      <source>no scope noted</source>
      <translation>未注明范围</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/profile_dialogs.py"></location>
      <source>The file says that they agreed ({scope}). Ask them, and tick it then.</source>
      <translation>文件称其已同意（{scope}）。请先询问本人，再勾选。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/profile_dialogs.py"></location>
      <source>The file tells of no consent: ask them before making pictures.</source>
      <translation>文件中没有同意记录：生成图片前请先询问本人。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Starting, {pictures} waiting</source>
      <translation>正在启动，{pictures}等待中</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Idle</source>
      <translation>空闲</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Rendering, {pictures} waiting, about {time} left</source>
      <translation>正在生成，{pictures}等待中，剩余约 {time}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Rendering, {pictures} waiting</source>
      <translation>正在生成，{pictures}等待中</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Paused, {pictures} waiting</source>
      <translation>已暂停，{pictures}等待中</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Starting, {pictures} waiting, about {time} left</source>
      <translation>正在启动，{pictures}等待中，剩余约 {time}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Nothing is waiting</source>
      <translation>队列是空的</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Write prompts on the Compose page and add them here. They are rendered one after the other, overnight if you like; the queue survives a restart.</source>
      <translation>在“创作”页写提示词并添加到这里。图片会逐张生成，也可以整夜进行；队列在重启后依然保留。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Pause</source>
      <translation>暂停</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Retry</source>
      <translation>重试</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Clear finished</source>
      <translation>清除已完成</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>More</source>
      <translation>更多</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Pictures in the queue</source>
      <translation>队列中的图片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Rendering, about {time} left</source>
      <translation>正在生成，剩余约 {time}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Resume</source>
      <translation>继续</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Stops after the picture it is at</source>
      <translation>完成当前图片后停止</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Cancel what is selected</source>
      <translation>取消所选</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Retry what failed</source>
      <translation>重试失败的</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>The pictures stay in the gallery</source>
      <translation>图片仍保留在图库中</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Move up</source>
      <translation>上移</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Move down</source>
      <translation>下移</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Queue</source>
      <translation>队列</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue.py"></location>
      <source>Pause at once, edit, order, cancel, take back</source>
      <translation>立即暂停、编辑、排序、取消、撤销</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>Paused by you.</source>
      <translation>已由您暂停。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>Nothing was taken back that could be done again.</source>
      <translation>没有可重做的操作。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{pictures} wait again.</source>
      <translation>{pictures}重新等待。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{lines} cleared; the pictures stay.</source>
      <translation>已清除{lines}；图片保留。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{pictures} comes first now.</source>
      <translation>{pictures}现在优先处理。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{pictures} come first now.</source>
      <translation>{pictures}现在优先处理。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{pictures} comes in turn now.</source>
      <translation>{pictures}现在按顺序处理。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{pictures} come in turn now.</source>
      <translation>{pictures}现在按顺序处理。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{pictures} comes when nothing else waits now.</source>
      <translation>{pictures}现在仅在没有其他等待时处理。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{pictures} come when nothing else waits now.</source>
      <translation>{pictures}现在仅在没有其他等待时处理。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{pictures} waits again.</source>
      <translation>{pictures}重新等待。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{pictures} moved.</source>
      <translation>已移动{pictures}。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{pictures} changed.</source>
      <translation>已更改{pictures}。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>Redo</source>
      <translation>重做</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_actions.py"></location>
      <source>{pictures} cancelled.</source>
      <translation>已取消{pictures}。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Edit…</source>
      <translation>编辑…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Show the picture</source>
      <translation>显示图片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Queue once more, new seed</source>
      <translation>用新种子再加入一次</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>What is selected</source>
      <translation>所选</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>What was queued with it</source>
      <translation>与之一同加入的</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>All for the same words</source>
      <translation>相同文字的全部</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>All that waits</source>
      <translation>全部等待中的</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>All, also what is being made</source>
      <translation>全部，包括正在生成的</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Retry all that failed</source>
      <translation>重试全部失败的</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Make it no more than once</source>
      <translation>只生成一次</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Order</source>
      <translation>顺序</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Queue several more, new seeds</source>
      <translation>用新种子再加入多次</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>First</source>
      <translation>最先</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Earlier</source>
      <translation>提前</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Later</source>
      <translation>推后</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Last</source>
      <translation>最后</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Before everything else</source>
      <translation>先于其他一切</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>In turn</source>
      <translation>按顺序</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Only when nothing else waits</source>
      <translation>仅在没有其他等待时</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Pause now, in the middle of a picture</source>
      <translation>立即暂停，即使图片未完成</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Pause now and free the memory</source>
      <translation>立即暂停并释放内存</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Undo: {what}</source>
      <translation>撤销：{what}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>Redo: {what}</source>
      <translation>重做：{what}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_menus.py"></location>
      <source>{count} of each</source>
      <translation>各 {count} 张</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>cancelling {pictures}</source>
      <translation>取消{pictures}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>moving {pictures}</source>
      <translation>移动{pictures}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>editing {pictures}</source>
      <translation>编辑{pictures}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>retrying {pictures}</source>
      <translation>重试{pictures}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>clearing {pictures}</source>
      <translation>清除{pictures}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>adding {pictures}</source>
      <translation>添加{pictures}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>{pictures} is where it was.</source>
      <translation>{pictures}回到了原来的位置。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>{pictures} are where they were.</source>
      <translation>{pictures}回到了原来的位置。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>{pictures} has its earlier settings again.</source>
      <translation>{pictures}恢复了之前的设置。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>{pictures} have their earlier settings again.</source>
      <translation>{pictures}恢复了之前的设置。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>{pictures} does not wait any more.</source>
      <translation>{pictures}不再等待。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>{pictures} do not wait any more.</source>
      <translation>{pictures}不再等待。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>{pictures} is on the list again.</source>
      <translation>{pictures}重新出现在列表中。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>{pictures} are on the list again.</source>
      <translation>{pictures}重新出现在列表中。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>{pictures} is taken out of the queue.</source>
      <translation>{pictures}已从队列中取出。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>{pictures} are taken out of the queue.</source>
      <translation>{pictures}已从队列中取出。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>{pictures} is cancelled again.</source>
      <translation>{pictures}再次被取消。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>{pictures} are cancelled again.</source>
      <translation>{pictures}再次被取消。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>{pictures} is moved again.</source>
      <translation>{pictures}再次被移动。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>{pictures} are moved again.</source>
      <translation>{pictures}再次被移动。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>{pictures} has its later settings again.</source>
      <translation>{pictures}恢复了之后的设置。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>{pictures} have their later settings again.</source>
      <translation>{pictures}恢复了之后的设置。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>{pictures} is cleared again.</source>
      <translation>{pictures}再次被清除。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>{pictures} are cleared again.</source>
      <translation>{pictures}再次被清除。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>{pictures} is queued again.</source>
      <translation>{pictures}再次排入队列。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>{pictures} are queued again.</source>
      <translation>{pictures}再次排入队列。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>Nothing was left of that change.</source>
      <translation>那次更改已经没有可恢复的内容。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/queue_words.py"></location>
      <source>{pictures} could not be taken along: {why}</source>
      <translation>{pictures}无法一并处理：{why}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/region_dialog.py"></location>
      <source>Choose somebody and drag a box where they belong; pull its edges to size it. Without one, the words of the prompt decide.</source>
      <translation>选择一个人，在其所属位置拖出方框；拖动边缘可调整大小。没有方框时由提示词决定。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/region_dialog.py"></location>
      <source>Soft edge</source>
      <translation>柔和边缘</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/region_dialog.py"></location>
      <source>Who is where</source>
      <translation>各人位置</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/region_dialog.py"></location>
      <source>Take away</source>
      <translation>移除</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/region_dialog.py"></location>
      <source>Mask from a file…</source>
      <translation>从文件载入蒙版…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/region_dialog.py"></location>
      <source>A picture that is white there</source>
      <translation>白色处为该区域的图片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/region_dialog.py"></location>
      <source>Place {name}</source>
      <translation>放置 {name}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/region_dialog.py"></location>
      <source>{name} may be anywhere.</source>
      <translation>{name} 可以在任意位置。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/region_dialog.py"></location>
      <source>{name} belongs into a mask.</source>
      <translation>{name} 位于蒙版内。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/region_dialog.py"></location>
      <source>{name} belongs into the box.</source>
      <translation>{name} 位于方框内。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/region_dialog.py"></location>
      <source>How far the edge fades</source>
      <translation>边缘羽化的范围</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/render_settings.py"></location>
      <source>One by chance</source>
      <translation>随机取一个</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/render_settings.py"></location>
      <source>All of them</source>
      <translation>全部</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/render_settings.py"></location>
      <source>As fast as is safe</source>
      <translation>安全范围内最快</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/render_settings.py"></location>
      <source>32 bits</source>
      <translation>32 位</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/render_settings.py"></location>
      <source>16 bits (bf16)</source>
      <translation>16 位 (bf16)</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/render_settings.py"></location>
      <source>16 bits (fp16)</source>
      <translation>16 位 (fp16)</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/render_settings.py"></location>
      <source>How closely the picture follows the prompt</source>
      <translation>图片遵循提示词的程度</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/render_settings.py"></location>
      <source>More steps take longer and show more detail</source>
      <translation>步数越多用时越长，细节越多</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/render_settings.py"></location>
      <source>The same seed and settings give the same picture. Empty: a new one each time.</source>
      <translation>相同的种子和设置会生成相同的图片。留空：每次使用新种子。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/render_settings.py"></location>
      <source>What __name__ in a prompt becomes: one line of its file for each picture, or every line</source>
      <translation>提示词中的 __name__ 如何替换：每张图片取文件中的一行，或取每一行</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/render_settings.py"></location>
      <source>What the picture should not show</source>
      <translation>图片中不应出现的内容</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/render_settings.py"></location>
      <source>With which numbers the picture is computed: 32 bits are slower and the same everywhere</source>
      <translation>计算图片所用的数值精度：32 位较慢，但在任何设备上都一致</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/render_settings.py"></location>
      <source>Back to the model's defaults</source>
      <translation>恢复模型默认值</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/render_settings.py"></location>
      <source>Numbers</source>
      <translation>精度</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/render_settings.py"></location>
      <source>HOW MANY</source>
      <translation>数量</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/render_settings.py"></location>
      <source>PEOPLE &amp; OBJECTS</source>
      <translation>人物与物体</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/render_settings.py"></location>
      <source>START FROM</source>
      <translation>起点</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/render_settings.py"></location>
      <source>PICTURE</source>
      <translation>图片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/render_settings.py"></location>
      <source>Per prompt</source>
      <translation>每个提示词</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/render_settings.py"></location>
      <source>Wildcards</source>
      <translation>通配符</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>Find a shortcut</source>
      <translation>查找快捷键</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>New keys</source>
      <translation>新按键</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>Use these keys</source>
      <translation>使用这些按键</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>As it was</source>
      <translation>恢复默认</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>Choose a line to give it other keys.</source>
      <translation>选择一行以更改按键。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>Shortcuts</source>
      <translation>快捷键</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>Find by what it does, or by its keys</source>
      <translation>按功能或按键查找</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>The keys this came with</source>
      <translation>默认的按键</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>All keys as they came</source>
      <translation>所有按键恢复默认</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>These keys already do: {what}. It would be left without them.</source>
      <translation>这些按键已用于：{what}。该功能将没有按键。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>Press the new keys for: {what}.</source>
      <translation>请按下新按键：{what}。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>none</source>
      <translation>无</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/shortcuts.py"></location>
      <source>Chosen by you</source>
      <translation>由您选择</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>waiting</source>
      <translation>等待中</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>being made</source>
      <translation>生成中</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>done</source>
      <translation>已完成</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>failed</source>
      <translation>失败</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>cancelled</source>
      <translation>已取消</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>given up</source>
      <translation>已放弃</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>Stored about {name}</source>
      <translation>关于 {name} 的存储内容</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>What is stored</source>
      <translation>存储的内容</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>Reading…</source>
      <translation>正在读取…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>Copy as text</source>
      <translation>复制为文本</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>Everything that is stored about {name}</source>
      <translation>关于 {name} 的全部存储内容</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>{size} on this computer. Photos and pictures already made stay yours when it is deleted.</source>
      <translation>这台电脑上共 {size}。删除时，照片和已生成的图片仍归您所有。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>Photos they are seen on</source>
      <translation>出现的照片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>What recognises the faces</source>
      <translation>人脸识别数据</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>References: crops</source>
      <translation>参考图：裁剪</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>References: masks</source>
      <translation>参考图：蒙版</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>Encodings and other derived files</source>
      <translation>编码及其他派生文件</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>Lines of the queue</source>
      <translation>队列中的行</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>Pictures they are in</source>
      <translation>出现的图片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>Weight maps</source>
      <translation>权重图</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>Reports, which may show them</source>
      <translation>可能展示其形象的报告</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>Backups of the library that hold them</source>
      <translation>包含其数据的资料库备份</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>Consent</source>
      <translation>同意</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>Consent to train</source>
      <translation>用于训练的同意</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>Data sets to train with</source>
      <translation>用于训练的数据集</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>Models that learned from their pictures</source>
      <translation>用其照片训练过的模型</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>Notes</source>
      <translation>备注</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>numbers that describe a face, {bytes} bytes</source>
      <translation>描述人脸的数值，{bytes} 字节</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>suggested</source>
      <translation>建议的</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>confirmed</source>
      <translation>已确认的</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>What</source>
      <translation>内容</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>How many</source>
      <translation>数量</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/stored_dialog.py"></location>
      <source>… and {count} more</source>
      <translation>… 以及另外 {count} 个</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_panel.py"></location>
      <source>this person</source>
      <translation>此人</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_panel.py"></location>
      <source>{name}: {consent}</source>
      <translation>{name}：{consent}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_panel.py"></location>
      <source>IN YOUR PHOTOS ({count})</source>
      <translation>在您的照片中 ({count})</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_panel.py"></location>
      <source>All faces, and who is not {name}…</source>
      <translation>全部人脸，以及谁不是 {name}…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_panel.py"></location>
      <source>This is not {name}</source>
      <translation>这不是 {name}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_panel.py"></location>
      <source>Word that stands for them in a prompt</source>
      <translation>在提示词中代表此人的词</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_panel.py"></location>
      <source>The word that takes the name's place in a prompt, so that the model understands it</source>
      <translation>在提示词中代替名字、让模型理解的词</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_panel.py"></location>
      <source>IN A PROMPT, THE WORD FOR THEM</source>
      <translation>在提示词中代表此人的词</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_panel.py"></location>
      <source>NOTES</source>
      <translation>备注</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_panel.py"></location>
      <source>PRIVACY</source>
      <translation>隐私</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_panel.py"></location>
      <source>No consent recorded: no pictures can be made yet</source>
      <translation>未记录同意：还不能生成图片</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_panel.py"></location>
      <source>For {scope}</source>
      <translation>用于 {scope}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_panel.py"></location>
      <source>Since {day}</source>
      <translation>自 {day}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_panel.py"></location>
      <source>Until {day}</source>
      <translation>至 {day}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_panel.py"></location>
      <source>May also be used to train, since {day}</source>
      <translation>自 {day} 起也可用于训练</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_panel.py"></location>
      <source>Confirm 1 new face</source>
      <translation>确认 1 张新人脸</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_panel.py"></location>
      <source>Confirm {count} new faces</source>
      <translation>确认 {count} 张新人脸</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_panel.py"></location>
      <source>Notes, for you alone</source>
      <translation>备注，仅供您自己查看</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_panel.py"></location>
      <source>Show everything that is stored…</source>
      <translation>显示全部存储内容…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_panel.py"></location>
      <source>Export as one file…</source>
      <translation>导出为一个文件…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_references.py"></location>
      <source>too small</source>
      <translation>太小</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_references.py"></location>
      <source>blurred</source>
      <translation>模糊</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_references.py"></location>
      <source>in profile</source>
      <translation>侧脸</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_references.py"></location>
      <source>others near</source>
      <translation>旁边有他人</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_references.py"></location>
      <source>file is gone</source>
      <translation>文件已不存在</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_references.py"></location>
      <source>reference {number}</source>
      <translation>参考图 {number}</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_references.py"></location>
      <source>Mask…</source>
      <translation>蒙版…</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_references.py"></location>
      <source>None yet.</source>
      <translation>还没有。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/subject_references.py"></location>
      <source>They are made when the person has a name.</source>
      <translation>人物命名后会自动制作。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/tries_dialog.py"></location>
      <source>Try again until they are alike</source>
      <translation>反复尝试直到相似</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/tries_dialog.py"></location>
      <source>At most {count} pictures.</source>
      <translation>最多 {count} 张图片。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/trying.py"></location>
      <source>{pictures} queued, to be tried again until they are alike.</source>
      <translation>{pictures}已加入队列，将反复尝试直到足够相似。</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/who_dialog.py"></location>
      <source>Who is on these {count} photos?</source>
      <translation>这 {count} 张照片上是谁？</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/who_dialog.py"></location>
      <source>That is them</source>
      <translation>就是他们</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/who_dialog.py"></location>
      <source>Somebody new called “{name}”</source>
      <translation>名为“{name}”的新人物</translation>
    </message>
    <message>
      <location filename="../../desktop/pages/who_dialog.py"></location>
      <source>Somebody new, named later</source>
      <translation>新人物，稍后命名</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Everywhere</source>
      <translation>所有页面</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>All faces of one person</source>
      <translation>某人的全部人脸</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Correcting a mask</source>
      <translation>修正蒙版</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Comparing pictures</source>
      <translation>比较图片</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Editing a picture that waits</source>
      <translation>编辑等待中的图片</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Open People</source>
      <translation>打开“人物”</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Open Compose</source>
      <translation>打开“创作”</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Open Queue</source>
      <translation>打开“队列”</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Open Gallery</source>
      <translation>打开“图库”</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Open Models</source>
      <translation>打开“模型”</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Open Preferences</source>
      <translation>打开“偏好设置”</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Show the keyboard shortcuts</source>
      <translation>显示键盘快捷键</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Close Likeness</source>
      <translation>关闭 Likeness</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Merge the selected cards</source>
      <translation>合并所选卡片</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Favourite, or not any more</source>
      <translation>收藏或取消收藏</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Take the last change back</source>
      <translation>撤销上一次更改</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Do again what was taken back</source>
      <translation>重做已撤销的操作</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Somebody else: give the chosen faces away</source>
      <translation>是别人：移走所选人脸</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>The chosen face stands for them</source>
      <translation>用所选人脸作为代表</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>The chosen faces are nobody's</source>
      <translation>所选人脸不属于任何人</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Take the last stroke back</source>
      <translation>撤销上一笔</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Add to the queue</source>
      <translation>加入队列</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Pause after this picture, or resume</source>
      <translation>完成当前图片后暂停，或继续</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Edit the settings of what waits</source>
      <translation>编辑等待中图片的设置</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Queue once more with a new seed</source>
      <translation>用新种子再加入一次</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Move to the front</source>
      <translation>移到最前</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Move to the end</source>
      <translation>移到最后</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Find by words</source>
      <translation>按文字查找</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Show or hide the filters</source>
      <translation>显示或隐藏筛选</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Who is where in the picture</source>
      <translation>图片中各人的位置</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Compare what is selected</source>
      <translation>比较所选</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Export what is selected</source>
      <translation>导出所选</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Delete what is selected</source>
      <translation>删除所选</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>No stars</source>
      <translation>无星级</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>One star</source>
      <translation>一星</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Two stars</source>
      <translation>二星</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Three stars</source>
      <translation>三星</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Four stars</source>
      <translation>四星</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Five stars</source>
      <translation>五星</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Red label</source>
      <translation>红色标签</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Yellow label</source>
      <translation>黄色标签</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Green label</source>
      <translation>绿色标签</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Blue label</source>
      <translation>蓝色标签</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Pick</source>
      <translation>留用</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Use all its settings again</source>
      <translation>再次使用其全部设置</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Use its seed again</source>
      <translation>再次使用其种子</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Use its prompt again</source>
      <translation>再次使用其提示词</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Use all but its seed again</source>
      <translation>再次使用除种子外的设置</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Neither picked nor rejected</source>
      <translation>既不留用也不排除</translation>
    </message>
    <message>
      <location filename="../../desktop/shortcuts.py"></location>
      <source>Keep the changes</source>
      <translation>保留更改</translation>
    </message>
    <message>
      <location filename="../../desktop/support.py"></location>
      <source>{file} was saved; nothing was sent. Look through it before you send it to anybody.</source>
      <translation>已保存 {file}；没有发送任何内容。发送给别人之前请先查看。</translation>
    </message>
    <message>
      <location filename="../../desktop/support.py"></location>
      <source>Save a report about this program, without names, prompts and photos</source>
      <translation>保存关于本程序的报告，不含名字、提示词和照片</translation>
    </message>
    <message>
      <location filename="../../desktop/support.py"></location>
      <source>Report (*.zip)</source>
      <translation>报告 (*.zip)</translation>
    </message>
    <message>
      <location filename="../../desktop/support.py"></location>
      <source>The report is being made. That takes some seconds.</source>
      <translation>正在制作报告，需要几秒钟。</translation>
    </message>
    <message>
      <location filename="../../desktop/support.py"></location>
      <source>The report could not be made: {error}.</source>
      <translation>无法制作报告：{error}。</translation>
    </message>
    <message>
      <location filename="../../desktop/support.py"></location>
      <source>The report could not be made.</source>
      <translation>无法制作报告。</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/chip.py"></location>
      <source>How strongly the references act: 0 leaves the picture to the words</source>
      <translation>参考图的作用强度：0 表示图片完全由文字决定</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/chip.py"></location>
      <source>How much the references change the words for {name}: 0 leaves them as they are</source>
      <translation>参考图对代表 {name} 的文字改变多少：0 表示保持原样</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/chip.py"></location>
      <source>Strength of {name}</source>
      <translation>{name} 的强度</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/chip.py"></location>
      <source>look</source>
      <translation>外观</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/chip.py"></location>
      <source>words</source>
      <translation>文字</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/chip.py"></location>
      <source>Strength of {name} in words</source>
      <translation>{name} 在文字中的强度</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Newest first</source>
      <translation>最新在前</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Oldest first</source>
      <translation>最早在前</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Best rated first</source>
      <translation>星级高的在前</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Most alike first</source>
      <translation>最相似在前</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Picked or not</source>
      <translation>留用与否</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Not rejected</source>
      <translation>未排除</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Any colour</source>
      <translation>任意颜色</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Any time</source>
      <translation>任意时间</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Last 24 hours</source>
      <translation>最近 24 小时</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Last 7 days</source>
      <translation>最近 7 天</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Last 30 days</source>
      <translation>最近 30 天</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Last year</source>
      <translation>最近一年</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>{stars} or more</source>
      <translation>{stars} 或以上</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Any rating</source>
      <translation>任意星级</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Likeness from {score}</source>
      <translation>相似度 {score} 起</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Any likeness</source>
      <translation>任意相似度</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Only “{prompt}”</source>
      <translation>仅“{prompt}”</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Search the prompts</source>
      <translation>搜索提示词</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Filter</source>
      <translation>筛选</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Stacks: one picture for each prompt, the best on top</source>
      <translation>堆叠：每个提示词一张图片，最佳的在最上面</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Album</source>
      <translation>相册</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Stars</source>
      <translation>星级</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Likeness</source>
      <translation>相似度</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Anybody</source>
      <translation>任何人</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>People in the picture</source>
      <translation>图片中的人物</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Any album</source>
      <translation>任意相册</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Any method</source>
      <translation>任意方法</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Any model</source>
      <translation>任意模型</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Filter ({count})</source>
      <translation>筛选 ({count})</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>People, stars, colours, dates, methods</source>
      <translation>人物、星级、色标、日期、方法</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/filter_bar.py"></location>
      <source>Takes every filter away</source>
      <translation>清除所有筛选</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/mask_canvas.py"></location>
      <source>Mask: arrow keys move the brush, the space bar paints, X changes to the eraser</source>
      <translation>蒙版：方向键移动画笔，空格键涂抹，X 切换橡皮</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/mask_editor.py"></location>
      <source>Brush</source>
      <translation>画笔</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/mask_editor.py"></location>
      <source>Adds to the subject (X)</source>
      <translation>添加到主体 (X)</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/mask_editor.py"></location>
      <source>Eraser</source>
      <translation>橡皮</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/mask_editor.py"></location>
      <source>Takes away from the subject (X)</source>
      <translation>从主体中擦除 (X)</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/mask_editor.py"></location>
      <source>Size of the brush</source>
      <translation>画笔大小</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/mask_editor.py"></location>
      <source>Size of the brush ([ and ])</source>
      <translation>画笔大小([ 和 ])</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/mask_editor.py"></location>
      <source>Undo stroke</source>
      <translation>撤销一笔</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/mask_editor.py"></location>
      <source>Takes the last stroke back (Ctrl+Z)</source>
      <translation>撤销上一笔 (Ctrl+Z)</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/message_bar.py"></location>
      <source>Message</source>
      <translation>消息</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/message_bar.py"></location>
      <source>Copy this message</source>
      <translation>复制此消息</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/message_bar.py"></location>
      <source>Close this message</source>
      <translation>关闭此消息</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>Nothing</source>
      <translation>不做任何操作</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>Put this computer to sleep</source>
      <translation>使电脑睡眠</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>Shut this computer down</source>
      <translation>关闭电脑</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>Its system does not let Likeness keep it awake: switch its sleep off for the night</source>
      <translation>系统不允许 Likeness 保持唤醒：请在夜间关闭自动睡眠</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>Time to start at</source>
      <translation>开始时间</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>Start then</source>
      <translation>届时开始</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>This computer is kept awake</source>
      <translation>电脑保持唤醒中</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>Nothing is made before; this computer stays awake meanwhile</source>
      <translation>在此之前不生成任何图片；其间电脑保持唤醒</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>Start at</source>
      <translation>开始于</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>This computer may fall asleep by itself</source>
      <translation>电脑可能会自动睡眠</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/paint_canvas.py"></location>
      <source>What is made anew: arrow keys move the brush, space paints, [ and ] change its size</source>
      <translation>要重新生成的部分：方向键移动画笔，空格键涂抹，[ 和 ] 改变大小</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/photo_box.py"></location>
      <source>Box around the object: arrow keys move it, with Shift they size it</source>
      <translation>物体周围的方框：方向键移动，按住 Shift 调整大小</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/photo_box.py"></location>
      <source>Choose photos first</source>
      <translation>请先选择照片</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/progress_line.py"></location>
      <source>Progress: {name}</source>
      <translation>进度：{name}</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/progress_line.py"></location>
      <source>Stop: {name}</source>
      <translation>停止：{name}</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/prompt_edit.py"></location>
      <source>nothing yet</source>
      <translation>还没有内容</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/prompt_edit.py"></location>
      <source>{name}: {lines}. {first}</source>
      <translation>{name}：{lines}。{first}</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/prompt_edit.py"></location>
      <source>What can be named here</source>
      <translation>这里可以引用的内容</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/prompt_edit.py"></location>
      <source>Prompts, one per line</source>
      <translation>提示词，每行一个</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/reference_tile.py"></location>
      <source>Click to see the mask</source>
      <translation>点击查看蒙版</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/reference_tile.py"></location>
      <source>Use {name}</source>
      <translation>使用 {name}</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/reference_tile.py"></location>
      <source>Use this reference, and how much it counts among the others</source>
      <translation>使用此参考图，以及它相对其他参考图的权重</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/reference_tile.py"></location>
      <source>Weight of {name}</source>
      <translation>{name} 的权重</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/region_canvas.py"></location>
      <source>Who is where: arrow keys move the chosen box, with Shift they size it</source>
      <translation>各人位置：方向键移动所选方框，按住 Shift 调整大小</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/region_canvas.py"></location>
      <source>Drag a box</source>
      <translation>拖出方框</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/stars.py"></location>
      <source>Rating</source>
      <translation>星级</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/stars.py"></location>
      <source>Rate with the keys 0 to 5</source>
      <translation>用按键 0 到 5 评级</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/stars.py"></location>
      <source>{stars} of 5 stars</source>
      <translation>{stars} 星（共 5 星）</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/start_photo.py"></location>
      <source>How much of the photo is made anew: little keeps it, 1 leaves nothing of it</source>
      <translation>照片重新生成的程度：少则保留原貌，1 表示完全不保留</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/start_photo.py"></location>
      <source>Paint over a face, a person or a place: only that is made anew</source>
      <translation>涂抹人脸、人物或某处：只重新生成该部分</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/start_photo.py"></location>
      <source>Made anew</source>
      <translation>重新生成程度</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/start_photo.py"></location>
      <source>Choose a photo…</source>
      <translation>选择照片…</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/start_photo.py"></location>
      <source>Only a part of it…</source>
      <translation>仅一部分…</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/start_photo.py"></location>
      <source>Make the whole photo anew</source>
      <translation>重新生成整张照片</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/start_photo.py"></location>
      <source>From the album…</source>
      <translation>从相册…</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/start_photo.py"></location>
      <source>From a file…</source>
      <translation>从文件…</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/start_photo.py"></location>
      <source>Another photo…</source>
      <translation>另一张照片…</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/start_photo.py"></location>
      <source>Change the painted part…</source>
      <translation>更改涂抹的部分…</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/start_photo.py"></location>
      <source>Start from noise again</source>
      <translation>恢复从噪声开始</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/try_again.py"></location>
      <source>A picture is made again with another seed until everybody in it reaches this likeness. Of several people the one least alike counts; somebody without a face counts as not alike.</source>
      <translation>用不同的种子反复生成图片，直到其中每个人都达到此相似度。多人时以最不像的一位为准；没有人脸的算作不像。</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/try_again.py"></location>
      <source>Those that are not the best are marked as rejected; none is deleted</source>
      <translation>不是最佳的图片会被标为淘汰，但不会删除任何图片</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/try_again.py"></location>
      <source>Least likeness</source>
      <translation>最低相似度</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/try_again.py"></location>
      <source>Tries at most</source>
      <translation>最多尝试次数</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/try_again.py"></location>
      <source>Then</source>
      <translation>然后</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/try_again.py"></location>
      <source>Keep all of them</source>
      <translation>全部保留</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/try_again.py"></location>
      <source>Reject all but the best</source>
      <translation>除最佳外都标为淘汰</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/who_is_where.py"></location>
      <source>This picture was made from words alone: there are no references whose place could be shown</source>
      <translation>这张图片仅由文字生成：没有可显示位置的参考图</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/who_is_where.py"></location>
      <source>Work it out</source>
      <translation>计算位置</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/who_is_where.py"></location>
      <source>Makes the picture again, with the same pixels, and keeps where each one acts</source>
      <translation>以相同像素重新生成图片，并保存各人作用的位置</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/who_is_where.py"></location>
      <source>Who is where: {who}</source>
      <translation>各人位置：{who}</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/who_is_where.py"></location>
      <source>Not worked out for this picture yet.</source>
      <translation>尚未为这张图片计算。</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/who_is_where.py"></location>
      <source>Being worked out…</source>
      <translation>正在计算…</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/who_is_where.py"></location>
      <source>Shows where each one's references act (O)</source>
      <translation>显示各人参考图作用的位置 (O)</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/zoom_bar.py"></location>
      <source>Shows all of it (0). To move it, drag with the middle button or hold the space bar.</source>
      <translation>显示全部 (0)。要移动画面，请按住鼠标中键或空格键拖动。</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/zoom_bar.py"></location>
      <source>Smaller (−)</source>
      <translation>缩小 (−)</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/zoom_bar.py"></location>
      <source>Larger (+, or Ctrl and the wheel)</source>
      <translation>放大 (+，或 Ctrl 加滚轮)</translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/zoom_bar.py"></location>
      <source>How often larger it is shown</source>
      <translation>放大倍数</translation>
    </message>
    <message>
      <location filename="../../desktop/window.py"></location>
      <source>Drop photos or a folder to add them</source>
      <translation>拖入照片或文件夹即可添加</translation>
    </message>
    <message>
      <location filename="../../desktop/window.py"></location>
      <source>Help</source>
      <translation>帮助</translation>
    </message>
    <message>
      <location filename="../../desktop/window.py"></location>
      <source>Opening the library…</source>
      <translation>正在打开资料库…</translation>
    </message>
    <message>
      <location filename="../../desktop/window.py"></location>
      <source>What the worker does</source>
      <translation>后台工作状态</translation>
    </message>
    <message>
      <location filename="../../desktop/window.py"></location>
      <source>Another Likeness makes the pictures</source>
      <translation>另一个 Likeness 正在生成图片</translation>
    </message>
    <message>
      <location filename="../../desktop/window.py"></location>
      <source>Look, add and change here as ever; this window goes on when that one ends.</source>
      <translation>可以照常查看、添加和更改；等另一个结束后，此窗口会继续。</translation>
    </message>
    <message>
      <location filename="../../desktop/window.py"></location>
      <source>Progress</source>
      <translation>进度</translation>
    </message>
    <message>
      <location filename="../../desktop/window.py"></location>
      <source>Opening your library…</source>
      <translation>正在打开您的资料库…</translation>
    </message>
    <message>
      <location filename="../../desktop/window.py"></location>
      <source>Everything stays on this computer</source>
      <translation>所有内容都留在这台电脑上</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{hours} h {minutes} min</source>
      <translation>{hours} 小时 {minutes} 分</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} entry</source>
      <translation>{count} 条</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} entries</source>
      <translation>{count} 条</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} face</source>
      <translation>{count} 张人脸</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} faces</source>
      <translation>{count} 张人脸</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} file</source>
      <translation>{count} 个文件</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} files</source>
      <translation>{count} 个文件</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} line</source>
      <translation>{count} 行</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} lines</source>
      <translation>{count} 行</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} model</source>
      <translation>{count} 个模型</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} models</source>
      <translation>{count} 个模型</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} name</source>
      <translation>{count} 个名称</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} names</source>
      <translation>{count} 个名称</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} new face</source>
      <translation>{count} 张新人脸</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} new faces</source>
      <translation>{count} 张新人脸</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} object</source>
      <translation>{count} 个物体</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} objects</source>
      <translation>{count} 个物体</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} old file</source>
      <translation>{count} 个旧文件</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} old files</source>
      <translation>{count} 个旧文件</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} person</source>
      <translation>{count} 位人物</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} people</source>
      <translation>{count} 位人物</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} photo</source>
      <translation>{count} 张照片</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} picture</source>
      <translation>{count} 张图片</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} pictures</source>
      <translation>{count} 张图片</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} prompt</source>
      <translation>{count} 个提示词</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} prompts</source>
      <translation>{count} 个提示词</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} reference</source>
      <translation>{count} 张参考图</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} seed</source>
      <translation>{count} 个种子</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{count} seeds</source>
      <translation>{count} 个种子</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>{minutes} min</source>
      <translation>{minutes} 分钟</translation>
    </message>
    <message>
      <location filename="../../desktop/words.py"></location>
      <source>d MMM yyyy</source>
      <translation>yyyy年M月d日</translation>
    </message>
    <message>
      <location filename="../../desktop/work.py"></location>
      <source>{work} {done} of {total}  {file}</source>
      <translation>{work} {done}/{total}  {file}</translation>
    </message>
    <message>
      <location filename="../../desktop/work.py"></location>
      <source>{summary} Left out:
{names}</source>
      <translation>{summary} 未包含：
{names}</translation>
    </message>
    <message>
      <location filename="../../desktop/work.py"></location>
      <source>{work}…</source>
      <translation>{work}…</translation>
    </message>
    <message>
      <location filename="../../desktop/work.py"></location>
      <source>Make first pictures</source>
      <translation>生成第一批图片</translation>
    </message>
    <message>
      <location filename="../../desktop/work.py"></location>
      <source>The queue stands still: {reason}</source>
      <translation>队列已停止：{reason}</translation>
    </message>
    <message>
      <location filename="../../desktop/work.py"></location>
      <source>A picture failed: {reason} The others go on.</source>
      <translation>一张图片失败：{reason} 其余继续。</translation>
    </message>
    <message>
      <source>Leave {names} and {count} more out</source>
      <translation type="vanished">去掉 {names} 和另外 {count} 个</translation>
    </message>
    <message>
      <source>What you wrote in Compose stays. A picture that is being made is begun once more.</source>
      <translation type="vanished">创作页中写下的内容会保留。正在生成的图片会重新开始。</translation>
    </message>
    <message>
      <source>Takes effect when the window is opened anew</source>
      <translation type="vanished">重新打开窗口后生效</translation>
    </message>
    <message>
      <source>Deleted for good: faces with what recognises them, references, cut-outs, masks, thumbnails, waiting pictures, reports, and the library's backups, of which a new one is made. Kept: your photos, and the pictures already made, which carry the name. This cannot be undone.</source>
      <translation type="vanished">永久删除：人脸及其识别数据、参考图、抠图、蒙版、缩略图、等待中的图片、报告以及资料库的备份（会重新备份一次）。保留：您的照片，以及已生成的图片（其中带有此名字）。此操作无法撤销。</translation>
    </message>
    <message>
      <source>Deleted for good: references, cut-outs, masks, thumbnails, waiting pictures, reports, and the library's backups, of which a new one is made. Kept: your photos, and the pictures already made, which carry the name. This cannot be undone.</source>
      <translation type="vanished">永久删除：参考图、抠图、蒙版、缩略图、等待中的图片、报告以及资料库的备份（会重新备份一次）。保留：您的照片，以及已生成的图片（其中带有此名字）。此操作无法撤销。</translation>
    </message>
    <message>
      <source>Takes effect at the next start</source>
      <translation type="vanished">下次启动时生效</translation>
    </message>
    <message>
      <source>Mark all but the best as rejected</source>
      <translation type="vanished">除最佳外均标记为排除</translation>
    </message>
    <message>
      <source>Likeness at least</source>
      <translation type="vanished">最低相似度</translation>
    </message>
    <message>
      <source>This computer: {memory} of memory · no NVIDIA graphics card · {disk} free on the disk</source>
      <translation type="vanished">本机：内存 {memory} · 无 NVIDIA 显卡 · 磁盘可用 {disk}</translation>
    </message>
  </context>
</TS>
