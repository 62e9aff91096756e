"""Local Kafka broker: a real Apache Kafka on this machine without Docker, for development and for the tests."""

import contextlib
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Annotated, Self

import fasteners
import psutil
import typer

from tools.local.postgres import CannotStart
from tools.local.processes import last_line
from tools.registry import ROOT

POM = Path(__file__).with_name("pom.xml")
PORT = 9092
HEAP = "512m"
STARTS_WITHIN = 60.0
STOPS_WITHIN = 20.0
PACKAGES = {"java": "default-jre-headless", "mvn": "maven"}


class KafkaBroker:
    """One broker that is its own controller, on this machine's loopback address only; port 0 takes any free port.

    It goes on running after the program that started it, until `stop`; as a context manager it ends with the block.
    """

    def __init__(self, folder: Path, *, port: int = PORT, jars: Path | None = None) -> None:
        self.folder = folder.absolute()
        self.log = self.folder / "kafka.log"
        self._jars = jars or home() / "kafka" / "jars"
        self._wanted_port = port
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def port(self) -> int:
        return int((self.folder / "port").read_text())

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def running(self) -> psutil.Process | None:
        """The running broker of this folder, also where another program started it."""
        with contextlib.suppress(OSError, ValueError, psutil.Error):
            process = psutil.Process(int((self.folder / "pid").read_text()))
            if str(self.folder) in " ".join(process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE:
                return process
        return None

    def start(self) -> None:
        """Return once the broker answers; do nothing where it runs already."""
        if self.running:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        fetch_jars(self._jars)
        self._choose_ports()
        if not (self.folder / "log" / "meta.properties").exists():
            self._format()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._java("kafka.Kafka", str(self.folder / "server.properties")),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C must not reach it: `stop` ends it in order
            )
        (self.folder / "pid").write_text(str(self._process.pid))
        try:
            self._wait_until_it_answers(self._process)
        except BaseException:  # also after Ctrl-C: no broker that is half started may stay behind
            self.stop()
            raise

    def stop(self) -> None:
        """End the broker in order, so that the next start has nothing to recover.

        It is killed where that takes too long.
        """
        process = self.running
        if process:
            process.terminate()
            try:
                process.wait(STOPS_WITHIN)
            except psutil.TimeoutExpired:
                process.kill()
        self._reap()

    def kill(self) -> None:
        """End the broker with SIGKILL, as a power cut would."""
        if process := self.running:
            process.send_signal(signal.SIGKILL)
            with contextlib.suppress(psutil.TimeoutExpired):
                process.wait(5)
        self._reap()

    def _reap(self) -> None:
        if self._process:
            self._process.wait()
            self._process = None

    def _choose_ports(self) -> None:
        """Write the configuration; a broker keeps its first port, because its clients know it."""
        remembered = self.folder / "port"
        port = int(remembered.read_text()) if remembered.exists() else self._wanted_port or _free_port()
        if not _is_free(port):
            raise CannotStart(f"Port {port} is in use: end what runs there, or start Kafka with --port.")
        remembered.write_text(str(port))
        (self.folder / "server.properties").write_text(_properties(self.folder, port, _free_port()))

    def _format(self) -> None:
        # Begins with a letter: a random id may begin with a dash, which Kafka reads as an option.
        cluster = "A" + secrets.token_urlsafe(16)[1:]
        command = self._java("kafka.tools.StorageTool", "format", "--cluster-id", cluster)
        done = subprocess.run(
            [*command, "--config", str(self.folder / "server.properties")],
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise CannotStart(
                f"Kafka could not prepare {self.folder}: {last_line(done.stderr or done.stdout)}"
            )

    def _java(self, main_class: str, *arguments: str) -> list[str]:
        return [
            path_of("java"),
            f"-Xmx{HEAP}",
            f"-Xms{HEAP}",
            "-XX:+ExitOnOutOfMemoryError",
            "-Djava.awt.headless=true",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-Dorg.slf4j.simpleLogger.showDateTime=true",
            "-cp",
            str(self._jars / "*"),
            main_class,
            *arguments,
        ]

    def _wait_until_it_answers(self, process: "subprocess.Popen[bytes]") -> None:
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until:
            if process.poll() is not None:
                raise CannotStart(f"Kafka did not start: {last_line(self.log.read_text(errors='replace'))}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        raise CannotStart(f"Kafka did not answer within {STARTS_WITHIN:.0f} s; its log is {self.log}.")


def home() -> Path:
    return Path(os.environ.get("HELPLINE_HOME") or ROOT / ".helpline").absolute()


def path_of(program: str) -> str:
    """Return the path of a program; CannotStart names the package to install where it is missing."""
    found = shutil.which(program)
    if found is None:
        raise CannotStart(f"Kafka needs {program}: install the Debian package {PACKAGES[program]}.")
    return found


def fetch_jars(jars: Path) -> None:
    """Let Maven copy the packages of pom.xml into `jars`, once for each version of pom.xml."""
    wanted = hashlib.sha256(POM.read_bytes()).hexdigest()
    stamp = jars / "pom.sha256"
    path_of("java")
    jars.parent.mkdir(parents=True, exist_ok=True)
    with fasteners.InterProcessLock(jars.parent / "jars.lock"):
        if stamp.exists() and stamp.read_text() == wanted:
            return
        shutil.rmtree(jars, ignore_errors=True)
        command = [path_of("mvn"), "-q", "-B", "-f", str(POM), "dependency:copy-dependencies"]
        done = subprocess.run(
            [*command, f"-DoutputDirectory={jars}"], check=False, capture_output=True, text=True
        )
        if done.returncode:
            raise CannotStart(f"Maven could not fetch Kafka: {_first_error(done.stdout)}")
        stamp.write_text(wanted)


def _properties(folder: Path, port: int, controller_port: int) -> str:
    properties = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": str(folder / "log"),
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "8",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
        "auto.create.topics.enable": "false",
        "num.network.threads": "2",
        "num.io.threads": "4",
    }
    return "".join(f"{name}={value}\n" for name, value in properties.items())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return True
    return False


def _first_error(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if "ERROR" in line), "no message")


cli = typer.Typer(help="A real Apache Kafka on this machine.", no_args_is_help=True)
Folder = Annotated[Path | None, typer.Option("--data", help="Folder for its records.")]


def _broker(folder: Path | None, port: int = PORT) -> KafkaBroker:
    return KafkaBroker(folder or home() / "kafka" / "broker", port=port)


@cli.command()
def start(data: Folder = None, port: int = PORT) -> None:
    """Start the broker, and return when it answers."""
    broker = _broker(data, port)
    print("Starting Apache Kafka (the first time it is fetched, about 45 MB) …", flush=True)
    broker.start()
    print(f"Kafka answers at {broker.address}: set HELPLINE_BUS=kafka://{broker.address}")


@cli.command()
def stop(data: Folder = None) -> None:
    """End the broker; its records stay."""
    _broker(data).stop()
    print("Kafka has ended.")


@cli.command()
def status(data: Folder = None) -> None:
    """Show the address of the broker; exit code 1 where it does not run."""
    broker = _broker(data)
    if not broker.running:
        print("Kafka is not running.")
        raise typer.Exit(1)
    print(f"Kafka answers at {broker.address}")


def main() -> None:
    try:
        cli()
    except CannotStart as error:
        print(error, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
