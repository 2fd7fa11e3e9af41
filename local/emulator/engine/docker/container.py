"""One container: a local process with the environment, log stream and stop signal that ECS would give it."""

import atexit
import collections
import os
import queue
import secrets
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

from . import addresses, health

_START_SECONDS = 30
# A program that answers its health check, and with another status than 200: on AWS, three checks of ten seconds.
_REFUSED_SECONDS = 5
_POLL_SECONDS = 0.05
# ECS deregisters a target and waits for the deregistration delay before it stops the task; MiniStack does not wait. Here it is
# at least the first and at most the second, and ends with the last request that was on its way.
_DEREGISTRATION_SECONDS = (0.3, 10)
# ECS throttles a service whose tasks keep failing; MiniStack starts the next task at once.
_FAILED_START_SECONDS = 0.25
# A system-wide proxy must not be asked for loopback.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_INHERITED = (
    "PATH",
    "HOME",
    "LANG",
    "TMPDIR",
    "NODE_EXTRA_CA_CERTS",
    # What ECS tells a task, and MiniStack does not.
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    # Which run it is of, so that the next one can end what this one left.
    "QUILT_LOCAL_RUN",
)


class Container:
    """`docker.models.containers.Container`, as far as MiniStack uses it."""

    def __init__(self, program, options, on_removed):
        self.id = secrets.token_hex(32)
        self.name = options.get("name", self.id[:12])
        self.labels = options.get("labels") or {}
        self._program = program
        # A resolved secret is in here, so it goes to the process and is never kept or shown.
        self._environment = options.get("environment") or {}
        self._command = options.get("command")
        self._on_removed = on_removed
        self._address = None
        self._process = None
        self._lines = queue.SimpleQueue()
        self._tail = collections.deque(maxlen=50)

    def start(self):
        """Starts the process and waits until the health path of its target group answers 200, or it ends.

        A process that ends first is returned without an address, so it never becomes a target. One that stays
        silent is killed, which is what failing health checks come to.
        """
        self._address, port = addresses.allocate()
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        environment = {**inherited, **self._environment, "HOST": "127.0.0.1", "PORT": str(port)}
        self._process = subprocess.Popen(
            self._command or self._program["command"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._environment = {}
        atexit.register(self._kill)
        threading.Thread(target=self._read, daemon=True, name=f"logs-{self.name}").start()
        path = health.path_of(self.labels) or self._program.get("healthPath", "/")
        if not self._healthy(f"http://127.0.0.1:{port}{path}"):
            self._kill()
            self._release()
            time.sleep(_FAILED_START_SECONDS)

    def _healthy(self, url):
        deadline = time.monotonic() + _START_SECONDS
        refused_since = None
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with _DIRECT.open(url, timeout=1) as response:
                    if response.status == 200:
                        return True
            except urllib.error.HTTPError as refusal:
                refused_since = refused_since or time.monotonic()
                if time.monotonic() - refused_since > _REFUSED_SECONDS:
                    self._lines.put(f"health check {url} answers {refusal.code}, and 200 is needed\n".encode())
                    return False
                time.sleep(_POLL_SECONDS)
            except OSError:
                time.sleep(_POLL_SECONDS)
        return False

    def _read(self):
        for line in self._process.stdout:
            sys.stdout.write(f"[{self.name}] {line.decode(errors='replace')}")
            self._tail.append(line)
            self._lines.put(line)
        self._lines.put(None)

    @property
    def status(self):
        return "running" if self._process.poll() is None else "exited"

    @property
    def attrs(self):
        networks = {"loopback": {"IPAddress": self._address}} if self._address else {}
        return {"NetworkSettings": {"Networks": networks}}

    def reload(self):
        """Nothing is cached here."""

    def wait(self):
        """The exit code; a signal becomes 128 + its number, as a container runtime reports it."""
        code = self._process.wait()
        return {"StatusCode": 128 - code if code < 0 else code}

    def logs(self, stream=False, tail=None, **_options):
        """All lines as they come (`stream`), or the last ones."""
        if stream:
            return iter(self._lines.get, None)
        return b"".join(list(self._tail)[-(tail or 50) :])

    def stop(self, timeout=30):
        """Lets requests on their way arrive, then SIGTERM, then SIGKILL after `timeout` seconds."""
        if self._process.poll() is None:
            self._drain()
            self._process.terminate()
            try:
                self._process.wait(timeout)
            except subprocess.TimeoutExpired:
                self._kill()

    def _drain(self):
        least, most = _DEREGISTRATION_SECONDS
        deadline = time.monotonic() + most
        time.sleep(least)
        while addresses.is_awaited(self._address) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)

    def remove(self, **_options):
        self._kill()
        self._release()
        atexit.unregister(self._kill)
        self._on_removed(self)

    def _kill(self):
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _release(self):
        if self._address:
            addresses.release(self._address)
            self._address = None
