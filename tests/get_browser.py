"""Get a browser for the browser tests; `make test` runs this first."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
)
_ADVICE = "Install Chromium or Chrome, or set CHROMIUM to the path of one."


def find_browser() -> str | None:
    """Return the path of a Chromium: CHROMIUM, an installed or a fetched one."""
    if named := os.environ.get("CHROMIUM"):
        return named
    installed = next(filter(None, map(shutil.which, _NAMES)), None)
    return installed or _fetched()


def _fetched() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _install() -> None:
    """Install by the system's packages if we may, else by the test library."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _run("apt-get", "update", "-qq")
        _run("apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium")
    if find_browser() is None:
        _run(sys.executable, "-m", "playwright", "install", "--only-shell", "chromium")


def _run(*command: str) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(  # noqa: S603  (our own words)
        command, env=environment, check=False, capture_output=True, text=True
    )
    if done.returncode:
        why = (done.stderr or done.stdout).strip().partition("\n")[0]
        sys.stderr.write(f"{' '.join(command)}: {why}\n")


def main() -> int:
    """Get a browser unless there is one; without one in CI, fail."""
    if find_browser():
        return 0
    sys.stderr.write("No browser is installed; getting Chromium for the tests ...\n")
    _install()
    if find_browser():
        return 0
    sys.stderr.write(f"Could not get a browser: its tests are skipped. {_ADVICE}\n")
    return int(os.environ.get("CI") == "true")


if __name__ == "__main__":
    sys.exit(main())
