"""The lock between processes: one holder at a time, and none that is dead."""

import os
import signal
import stat
import subprocess
import sys
import threading

import pytest

from coupa_async_client import _locked
from coupa_async_client._locked import FileLock

HOLD = """
import sys
from pathlib import Path
from coupa_async_client._locked import FileLock
lock = FileLock(Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""

FORK = """
import os, sys
from pathlib import Path
from coupa_async_client._locked import FileLock
lock = FileLock(Path(sys.argv[1]))
lock.acquire()
told, tell = os.pipe()
if (child := os.fork()) == 0:
    os.read(told, 1)
    os._exit(0)
lock.release()
print(FileLock(Path(sys.argv[1])).acquire(blocking=False))
os.write(tell, b".")
os.waitpid(child, 0)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "lock"


@pytest.fixture
def holder(path):
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        yield process


def test_one_process_has_it_at_a_time(path, holder):
    assert not FileLock(path).acquire(blocking=False)
    holder.communicate(timeout=10)
    lock = FileLock(path)
    assert lock.acquire(blocking=False)
    lock.release()


def test_the_lock_of_a_killed_process_is_free(path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait(10)
    assert FileLock(path).acquire(blocking=False)


def test_two_of_one_process_exclude_one_another(path):
    with FileLock(path):
        assert not FileLock(path).acquire(blocking=False)
    with FileLock(path):
        pass


@pytest.mark.parametrize("again", [False, True])
def test_a_lock_whose_file_was_removed_meanwhile_is_not_held_beside_another(
    path, monkeypatch, again
):
    """Two held it: one had opened the file that was removed, the other the one after it."""
    real, taken = _locked._lock, []

    def late(file, *, blocking):
        if not taken:
            path.unlink()
            if again:
                path.touch()
        taken.append(file)
        return real(file, blocking=blocking)

    monkeypatch.setattr(_locked, "_lock", late)
    with FileLock(path):
        assert len(taken) == 2
        assert not FileLock(path).acquire(blocking=False)


def test_a_thread_waits_for_its_turn(path):
    first, second = FileLock(path), FileLock(path)
    first.acquire()
    waiter = threading.Thread(target=second.acquire)
    waiter.start()
    first.release()
    waiter.join(10)
    assert not FileLock(path).acquire(blocking=False)
    second.release()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_forked_off_meanwhile_does_not_go_on_holding_it(path):
    command = [sys.executable, "-c", FORK, str(path)]
    answer = subprocess.run(command, capture_output=True, check=True, text=True, timeout=20)
    assert answer.stdout == "True\n"


def test_its_file_is_for_the_owner_alone(path):
    with FileLock(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_symbolic_link_is_not_followed(path, tmp_path):
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match=path.name):
        FileLock(path).acquire()
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_is_missing_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        FileLock(tmp_path / "no" / "a.lock").acquire()


def test_what_is_not_held_cannot_be_given_back(path):
    with pytest.raises(RuntimeError, match="not held"):
        FileLock(path).release()
