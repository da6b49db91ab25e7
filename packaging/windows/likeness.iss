; An installer of the folder that `python packaging\bundle.py` makes: iscc packaging\windows\likeness.iss
; It needs no administrator, and leaves the user's library alone when it removes the program.
#define Version "0.1.0"

[Setup]
AppId={{7C4C1E0B-3C43-4B8E-9F0A-5E2B6D7A1F10}
AppName=Likeness
AppVersion={#Version}
AppPublisher=The Likeness maintainers
DefaultDirName={autopf}\Likeness
DefaultGroupName=Likeness
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
LicenseFile=..\..\LICENSE
SetupIconFile=..\..\build\likeness.ico
UninstallDisplayIcon={app}\likeness-window.exe
OutputDir=..\..\dist
OutputBaseFilename=likeness-{#Version}-setup
Compression=lzma2
SolidCompression=yes

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"

[Files]
Source: "..\..\dist\likeness\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{group}\Likeness"; Filename: "{app}\likeness-window.exe"

[Run]
Filename: "{app}\likeness-window.exe"; Description: "Open Likeness"; Flags: postinstall nowait skipifsilent
