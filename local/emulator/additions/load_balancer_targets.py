"""The load balancer dials a task by the loopback port behind its address (see engine/docker/addresses.py).

And it forgets the tasks of an earlier run when a kept state is restored: their processes ended with that run, and MiniStack
would go on sending them requests.
"""

from docker import addresses
from ministack.services import alb

_proxy = alb._proxy_http_target
_load_persisted_state = alb.load_persisted_state


async def proxy(target, *arguments, **options):
    address = str(target.get("Id", ""))
    port = addresses.port_of(address)
    if port is None:
        return await _proxy(target, *arguments, **options)
    with addresses.request_to(address):
        return await _proxy({"Id": "127.0.0.1", "Port": port}, *arguments, **options)


def load_persisted_state(data):
    _load_persisted_state(data)
    for key, targets in alb._targets._data.items():
        alb._targets._data[key] = [target for target in targets if not addresses.is_task(str(target.get("Id", "")))]


def apply():
    alb._proxy_http_target = proxy
    alb.load_persisted_state = load_persisted_state
