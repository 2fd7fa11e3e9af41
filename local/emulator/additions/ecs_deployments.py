"""An ECS service's deployments begin and end as on AWS.

Two things that MiniStack does otherwise:
- it creates a service's first deployment as COMPLETED, so the circuit breaker would not watch it, and a first
  deployment that never starts a task would count as a success;
- it keeps a failed deployment in the service's list for ever, so "the service has one deployment" (how AWS's own
  waiters tell a stable service) would never be true again after one circuit-breaker rollback.
"""

from ministack.services import ecs

_make_deployment = ecs._make_deployment
_complete_service_deployment = ecs._complete_service_deployment


def make_deployment(task_definition, desired_count, status="PRIMARY"):
    deployment = _make_deployment(task_definition, desired_count, status)
    if desired_count > 0:
        deployment["rolloutState"] = "IN_PROGRESS"
        deployment["rolloutStateReason"] = f"ECS deployment {deployment['id']} in progress."
    return deployment


def complete_service_deployment(cluster_name, svc_key, expected_deployment_id=None):
    _complete_service_deployment(cluster_name, svc_key, expected_deployment_id)
    service = ecs._services.get(svc_key)
    primary = ecs._primary_deployment(service) if service else None
    if primary and primary.get("rolloutState") == "COMPLETED":
        service["deployments"] = [
            deployment
            for deployment in service["deployments"]
            if deployment is primary or deployment.get("rolloutState") != "FAILED" or deployment.get("runningCount")
        ]


def apply():
    ecs._make_deployment = make_deployment
    ecs._complete_service_deployment = complete_service_deployment
