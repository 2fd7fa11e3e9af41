"""CloudFormation waits for an ECS service's rollout, and fails the resource when the circuit breaker does.

MiniStack answers as soon as the service is stored, so a crashing image would count as a successful deploy.
"""

import time

from ministack.services import ecs
from ministack.services.cloudformation import provisioners, stacks

_TYPE = "AWS::ECS::Service"
_TIMEOUT_SECONDS = 180
_POLL_SECONDS = 0.1
_BREAKER = (
    "Resource handler returned message: \"Error occurred during operation 'ECS Deployment Circuit Breaker was "
    "triggered'.\" (HandlerErrorCode: GeneralServiceException)"
)
_UNSTABLE = 'Resource handler returned message: "Exceeded attempts to wait" (HandlerErrorCode: NotStabilized)'


def _service(arn):
    cluster, name = arn.split("/")[-2:]
    return ecs._services.get(f"{cluster}/{name}")


def _older_tasks(service, deployment_id):
    return [
        task
        for task in ecs._tasks.values()
        if task.get("group") == f"service:{service['serviceName']}"
        and task.get("clusterArn") == service["clusterArn"]
        and task.get("lastStatus") != "STOPPED"
        and task.get("_deployment_id") != deployment_id
    ]


def wait_for_rollout(arn):
    """Returns when the service's newest deployment is complete and the older tasks are gone.

    Raises ValueError with CloudFormation's own message when the deployment failed or did not end in time.
    """
    service = _service(arn)
    deployment = service["deployments"][0]
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        primary = ecs._primary_deployment(service)
        settled = primary and primary["rolloutState"] == "COMPLETED"
        # ECS rolls its service back first; only then does CloudFormation see the failure.
        if deployment["rolloutState"] == "FAILED" and (settled or primary in (None, deployment)):
            raise ValueError(_BREAKER)
        if primary is deployment and settled and not _older_tasks(service, deployment["id"]):
            return
        time.sleep(_POLL_SECONDS)
    raise ValueError(_UNSTABLE)


def apply():
    handler = provisioners._RESOURCE_HANDLERS[_TYPE]
    create, update = handler["create"], handler["update"]
    runs_on_worker_thread = stacks._runs_on_worker_thread

    def create_and_wait(logical_id, props, stack_name):
        arn, attributes = create(logical_id, props, stack_name)
        try:
            wait_for_rollout(arn)
        except ValueError:
            # The rollback knows nothing of a resource whose creation failed.
            provisioners._ecs_service_delete(arn, props)
            raise
        return arn, attributes

    def update_and_wait(physical_id, old_props, new_props, stack_name):
        arn, attributes = update(physical_id, old_props, new_props, stack_name)
        wait_for_rollout(arn)
        return arn, attributes

    provisioners._RESOURCE_HANDLERS[_TYPE] = {**handler, "create": create_and_wait, "update": update_and_wait}
    # Both block, so they must not run on the emulator's event loop.
    stacks._runs_on_worker_thread = lambda kind: kind == _TYPE or runs_on_worker_thread(kind)
