"""Find a browser for the tests: the one that is named, one without windows, Playwright's own, the system's."""

import os
import shutil
import subprocess
from pathlib import Path

# Chromium without windows, which draws none of its own frame: a page in it costs about a quarter less. Debian's name.
SHELL = "chromium-headless-shell"
SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
NAMED_BY = "HOLDFAST_BROWSER"
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# It runs as root and in small containers, and calls nobody.
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


def find_browser() -> str | None:
    """Return the program of a Chromium, or None."""
    named = os.environ.get(NAMED_BY)
    if named:
        return named
    return shutil.which(SHELL) or _playwrights_own() or _systems()


def install_browser() -> bool:
    """Install Debian's Chromium when we may, the one without windows first; return whether one is there now."""
    return any(install_package(package) and shutil.which(package) for package in (SHELL, "chromium"))


def install_package(package: str) -> bool:
    """Install a Debian package when we are root on such a system; return whether that worked."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", package]):
        result = subprocess.run(
            ["apt-get", *command], env=quiet, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    return result.returncode == 0


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        program = playwright.chromium.executable_path
    return program if Path(program).exists() else None


def _systems() -> str | None:
    for name in SYSTEM_NAMES:
        if program := shutil.which(name):
            return program
    return str(MAC) if MAC.exists() else None
