<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
  <context>
    <name>Likeness</name>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>Its system does not let Likeness keep it awake: switch its sleep off for the night</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>This computer is kept awake</source>
      <translation type="unfinished"></translation>
    </message>
    <message>
      <location filename="../../desktop/widgets/night_bar.py"></location>
      <source>This computer may fall asleep by itself</source>
      <translation type="unfinished"></translation>
    </message>
  </context>
</TS>
