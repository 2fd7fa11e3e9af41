"""A task definition made by CloudFormation keeps its secrets and health check.

MiniStack translates some nested properties to the ECS API's camel case; `Secrets` and `HealthCheck` stay in Pascal
case, so no task of a stack would ever see a secret. This translates the whole container definition.
"""

from ministack.services.cloudformation import provisioners

# Keys below these are the user's own, not ECS property names.
_FREE_FORM = {"options", "dockerLabels"}


def camel_case(value):
    """Pascal-case property names to camel case, all the way down."""
    if isinstance(value, list):
        return [camel_case(item) for item in value]
    if not isinstance(value, dict):
        return value
    names = {name[:1].lower() + name[1:]: item for name, item in value.items()}
    return {name: item if name in _FREE_FORM else camel_case(item) for name, item in names.items()}


def apply():
    provisioners._normalize_container_defs = camel_case
