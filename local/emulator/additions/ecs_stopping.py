"""A task is STOPPED when its process has ended, and not before.

MiniStack announces STOPPED first and stops the process afterwards. In between, a task that nobody counts any more would still
sign with what it holds. Here, as on AWS, the task leaves its target groups and reads desired status STOPPED and last status
DEACTIVATING while it drains; STOPPED comes last.
"""

from ministack.core.concurrency import resource_lock
from ministack.core.responses import json_response
from ministack.services import ecs, ecs_metadata

_stop_task = ecs._stop_task


def _begin(task):
    """Takes the task out of service. False when it has been stopped already, or is being stopped."""
    with resource_lock("ecs-task", task["taskArn"]):
        if not ecs._task_is_active(task["taskArn"], task):
            return False
        ecs._bump_task_version(task)
        task["desiredStatus"] = "STOPPED"
        task["lastStatus"] = "DEACTIVATING"
        task["stoppingAt"] = ecs._iso()
    ecs_metadata.set_task_status(task["taskArn"], known_status="DEACTIVATING", desired_status="STOPPED")
    _tell_service(task)
    return True


def _end(task, reason):
    with resource_lock("ecs-task", task["taskArn"]):
        ecs._bump_task_version(task)
        task["lastStatus"] = "STOPPED"
        task["executionStoppedAt"] = task["stoppedAt"] = ecs._iso()
        task["stoppedReason"] = reason
        task["stopCode"] = "UserInitiated"
        for container in task.get("containers", []):
            container["lastStatus"] = "STOPPED"
            container["exitCode"] = 0
    _tell_service(task)


def _tell_service(task):
    cluster = ecs._cluster_name_from_arn(task["clusterArn"])
    ecs._recount_cluster(cluster)
    ecs._refresh_service_state(cluster, task.get("group", ""))


def stop_task(data):
    task = ecs._resolve_task(data.get("task", ""), ecs._resolve_cluster_name(data.get("cluster", "default")))
    # A task without a process yet has nothing to drain: its worker ends what it was about to start.
    if not task or not task.get("_docker_ids"):
        return _stop_task(data)
    if _begin(task):
        ecs._cleanup_task_resources(task, ecs._get_docker())
        _end(task, data.get("reason", "Task stopped by user"))
    return json_response({"task": ecs._sanitize(task)})


def apply():
    ecs._stop_task = stop_task
