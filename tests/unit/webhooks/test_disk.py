"""A disk that fills up is told of in time, and one that is full stops us."""

import subprocess
import sys

import pytest

from webhooks.disk import judged, places, room

MB = 1_000_000
PLACES = """
from webhooks.disk import places
print(*places("sqlite:///var/a.sqlite", "postgresql://host/b"), sep=", ")
"""


@pytest.mark.parametrize(
    ("free", "ok", "vital", "says"),
    [
        (12_345 * MB, True, False, "12345 MB free for the database"),
        (200 * MB, True, False, "200 MB free for the database"),
        (199 * MB, False, False, "only 199 MB free for the database: make room"),
        (1 * MB, False, False, "only 1 MB free for the database: make room"),
        (MB - 1, False, True, "is full: make room for the database"),
    ],
)
def test_room_is_told_of_and_its_end_stops_us(free, ok, vital, says):
    finding = judged("the database", free)
    assert (finding.ok, finding.vital) == (ok, vital)
    assert finding.sentence.startswith(says)


def test_the_room_of_the_tightest_disk_is_told(tmp_path):
    assert room({"the database": tmp_path}).says.endswith("free for the database")


def test_a_folder_that_is_gone_is_told_of(tmp_path):
    finding = room({"the database": tmp_path / "gone"})
    assert not finding.ok
    assert finding.says.startswith("cannot be looked at: No such file")


def test_where_nothing_is_written_there_is_always_room():
    assert room({}).ok


def test_each_sqlite_file_has_its_folder(tmp_path):
    found = places(f"sqlite:///{tmp_path}/a/x.sqlite", f"sqlite:///{tmp_path}/y.sqlite")
    assert found["the database"] == tmp_path / "a"
    assert found["the engine's database"] == tmp_path


def test_a_log_that_is_a_file_needs_room_too(tmp_path):
    told = []
    with (tmp_path / "log").open("wb") as log:
        for stderr in (log, subprocess.DEVNULL):
            done = subprocess.run(  # noqa: S603  (our own command)
                [sys.executable, "-c", PLACES],
                stdout=subprocess.PIPE,
                stderr=stderr,
                check=True,
            )
            told.append(done.stdout.decode().strip())
    assert told == ["the database, the log", "the database"]
