"""The client object: containers and images, as `docker.DockerClient` has them."""

import os
import threading

from . import errors
from .container import Container
from .images import Images


class Containers:
    """`client.containers`: starts, finds and lists processes."""

    def __init__(self, images):
        self._images = images
        self._known = {}
        self._lock = threading.Lock()

    def run(self, image, **options):
        """Starts the image's program and returns once it is healthy or has ended."""
        container = Container(self._images.program(image), options, on_removed=self._forget)
        with self._lock:
            self._known[container.id] = container
        container.start()
        return container

    def get(self, container_id):
        """A running or ended process by ID; MiniStack also asks for itself, by its host name."""
        if container_id == os.environ.get("HOSTNAME", ""):
            return _Self()
        with self._lock:
            found = self._known.get(container_id)
        if found is None:
            raise errors.NotFound(container_id)
        return found

    def list(self, **_filters):
        """Every process: all of them belong to this emulator."""
        with self._lock:
            return list(self._known.values())

    def _forget(self, container):
        with self._lock:
            self._known.pop(container.id, None)


class _Self:
    """The emulator's own 'container': tasks reach its API on loopback."""

    attrs = {"NetworkSettings": {"Networks": {"loopback": {"IPAddress": "127.0.0.1"}}}}


class DockerClient:
    """What `docker.from_env()` returns."""

    def __init__(self):
        self.images = Images()
        self.containers = Containers(self.images)
