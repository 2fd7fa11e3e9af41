"""A stand-in for the Docker SDK that runs an image as a local process.

MiniStack runs ECS tasks through the Docker SDK (`import docker`). This package, first on the module path, answers
the few calls that MiniStack makes, so that its own ECS engine (task states, deployments, circuit breaker, load
balancer targets, log forwarding) works unchanged on a machine without a Docker engine.
"""

from . import errors
from .client import DockerClient

__all__ = ["DockerClient", "errors", "from_env"]

_client = DockerClient()


def from_env(**_options):
    """The one client of this process; options of the real SDK (time-outs) have no meaning here."""
    return _client
