#!/usr/bin/env bash
# A disk image of the application that `python3 packaging/bundle.py` makes on a Mac.
# IDENTITY: the name of a Developer ID certificate; without it macOS asks the user before the first start.
# PROFILE: a notarytool keychain profile; Apple then looks at the image once and its stamp is put on it.
set -euo pipefail
cd "$(dirname "$0")/../.."
app=dist/Likeness.app
image=dist/likeness-$(.venv/bin/python -c 'import importlib.metadata as m; print(m.version("likeness"))').dmg

if [ -n "${IDENTITY:-}" ]; then
  codesign --force --deep --options runtime --timestamp --entitlements packaging/macos/entitlements.plist \
           --sign "$IDENTITY" "$app"
fi
rm -f "$image"
hdiutil create -volname Likeness -srcfolder "$app" -format ULFO "$image"
if [ -n "${IDENTITY:-}" ] && [ -n "${PROFILE:-}" ]; then
  xcrun notarytool submit "$image" --keychain-profile "$PROFILE" --wait
  xcrun stapler staple "$image"
fi
echo "$image"
