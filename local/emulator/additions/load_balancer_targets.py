"""The load balancer dials a task by the loopback port behind its address (see engine/docker/addresses.py).

And it forgets the tasks of an earlier run when a kept state is restored: their processes ended with that run, and MiniStack
would go on sending them requests.
"""

from docker import addresses
from ministack.services import alb

_proxy = alb._proxy_http_target
_load_persisted_state = alb.load_persisted_state


def proxy(target, *arguments, **options):
    port = addresses.port_of(str(target.get("Id", "")))
    return _proxy({"Id": "127.0.0.1", "Port": port} if port else target, *arguments, **options)


def load_persisted_state(data):
    _load_persisted_state(data)
    for key, targets in alb._targets._data.items():
        alb._targets._data[key] = [target for target in targets if not addresses.is_task(str(target.get("Id", "")))]


def apply():
    alb._proxy_http_target = proxy
    alb.load_persisted_state = load_persisted_state
