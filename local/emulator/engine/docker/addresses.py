"""Task addresses: each task has an IP address of its own in name, and one loopback port in fact.

A VPC gives each task an address. Only Linux has more than one loopback address without set-up, so the address is a
name here, and the load balancer asks this table where it really is. It is taken from the loopback block all the same:
whoever dials it reaches this machine or nobody.
"""

import collections
import contextlib
import errno
import ipaddress
import itertools
import random
import socket
import threading

_BLOCK = ipaddress.ip_network("127.128.0.0/9")
# As in local/run/ports.ts: no outgoing connection takes one of these before the task listens.
_PORTS = range(20_000, 30_000)
_numbers = itertools.count(int(_BLOCK.network_address) + 1)
_ports = {}
_requests = collections.Counter()
_lock = threading.Lock()


def _free_port():
    while True:
        port = random.choice(_PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
            else:
                return port


def allocate():
    """A new address and the free loopback port behind it."""
    port = _free_port()
    with _lock:
        address = str(ipaddress.ip_address(next(_numbers)))
        _ports[address] = port
    return address, port


def port_of(address):
    """The loopback port behind a task's address, or None for an address that is no task's."""
    with _lock:
        return _ports.get(address)


def is_task(address):
    """Whether an address is one that a task has or had."""
    try:
        return ipaddress.ip_address(address) in _BLOCK
    except ValueError:
        return False


@contextlib.contextmanager
def request_to(address):
    """Counts a request from the choice of its target until the target has begun to answer."""
    with _lock:
        _requests[address] += 1
    try:
        yield
    finally:
        with _lock:
            _requests[address] -= 1


def is_awaited(address):
    """Whether a request is on its way to a task."""
    with _lock:
        return _requests[address] > 0


def release(address):
    with _lock:
        _ports.pop(address, None)
        _requests.pop(address, None)
