"""Starts MiniStack with what it lacks: `python local/emulator [--without NAME]...`

Loopback only. Ends, with every process it started, when its standard input ends: whoever started it is gone then.
`--without` leaves an addition out (or `engine`, the stand-in for Docker), which is how the tests find out that a
MiniStack release no longer needs it.
"""

import argparse
import atexit
import importlib
import os
import pathlib
import signal
import sys
import threading
import time

_HERE = pathlib.Path(__file__).resolve().parent
_ADDITIONS = (
    "ecs_deployments",
    "ecs_health",
    "ecs_secrets",
    "ecs_stopping",
    "ecs_times",
    "cloudformation_function",
    "cloudformation_network_types",
    "cloudformation_parameters",
    "cloudformation_replacements",
    "cloudformation_service",
    "cloudformation_task_definition",
    "load_balancer_targets",
    "logs_json_patterns",
    "ssm_change_events",
    "stepfunctions_lambda",
)


_SHUTDOWN_SECONDS = 15 if os.environ.get("PERSIST_STATE") == "1" else 2


def _end_with_parent():
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
    # A stack operation under way would hold the shutdown up for minutes, and its service would go on starting tasks.
    time.sleep(_SHUTDOWN_SECONDS)
    _end_group()
    os._exit(1)


def _end_group():
    """Nothing that was started outlives the emulator, whoever started it and whenever: the last thing that happens."""
    sys.stdout.flush()
    sys.stderr.flush()
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)


def main():
    # The first to be registered is the last to be called.
    atexit.register(_end_group)
    parser = argparse.ArgumentParser(prog="local/emulator", description=__doc__)
    parser.add_argument("--without", action="append", default=[], choices=("engine", *_ADDITIONS))
    without = parser.parse_args().without

    # A real Docker engine must never be asked; the stand-in SDK wins over a real one.
    os.environ["DOCKER_HOST"] = "unix:///nonexistent/docker.sock"
    os.environ.update(BIND_HOST="127.0.0.1", MINISTACK_HOST="127.0.0.1", LAMBDA_EXECUTOR="local")
    if "engine" not in without:
        sys.path.insert(0, str(_HERE / "engine"))

    for name in _ADDITIONS:
        if name not in without:
            importlib.import_module(f"additions.{name}").apply()

    threading.Thread(target=_end_with_parent, daemon=True, name="end-with-parent").start()

    from ministack.app import main as serve

    sys.argv[1:] = []
    serve()


main()
