"""A Lambda function made by CloudFormation has its reserved concurrency.

MiniStack enforces the limit and stores none from a template, so two invocations of a function that must never run twice would.
"""

from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

_TYPE = "AWS::Lambda::Function"


def _reserve(name, props):
    reserved = props.get("ReservedConcurrentExecutions")
    lambda_svc._functions[name]["concurrency"] = None if reserved is None else int(reserved)


def apply():
    handler = provisioners._RESOURCE_HANDLERS[_TYPE]
    create, update = handler["create"], handler["update"]

    def create_and_reserve(logical_id, props, stack_name):
        name, attributes = create(logical_id, props, stack_name)
        _reserve(name, props)
        return name, attributes

    def update_and_reserve(physical_id, old_props, new_props, stack_name, logical_id=None):
        name, attributes = update(physical_id, old_props, new_props, stack_name, logical_id)
        _reserve(name, new_props)
        return name, attributes

    provisioners._RESOURCE_HANDLERS[_TYPE] = {**handler, "create": create_and_reserve, "update": update_and_reserve}
