"""The network resource types of the stacks that MiniStack's CloudFormation refuses, over its own EC2 service."""

import re

from ministack.services import ec2
from ministack.services.cloudformation import provisioners


def _call(operation, **parameters):
    """An EC2 API call, as CloudFormation would make it; raises ValueError with its error text."""
    status, _headers, body = operation(parameters)
    text = body.decode() if isinstance(body, bytes) else body
    if status >= 400:
        raise ValueError(text)
    return text


def _element(xml, name):
    return re.search(rf"<{name}>([^<]+)</{name}>|<item>([^<]+)</item>", xml).expand(r"\1\2")


def _address_create(_logical_id, props, _stack_name):
    answer = _call(ec2._allocate_address, Domain=props.get("Domain", "vpc"))
    allocation, ip = _element(answer, "allocationId"), _element(answer, "publicIp")
    return ip, {"AllocationId": allocation, "PublicIp": ip}


def _address_delete(physical_id, _props):
    for allocation, record in list(ec2._addresses.items()):
        if record["PublicIp"] == physical_id:
            _call(ec2._release_address, AllocationId=allocation)


def _gateway_create(_logical_id, props, _stack_name):
    answer = _call(
        ec2._create_nat_gateway,
        SubnetId=props["SubnetId"],
        AllocationId=props.get("AllocationId", ""),
        ConnectivityType=props.get("ConnectivityType", "public"),
    )
    gateway = _element(answer, "natGatewayId")
    return gateway, {"NatGatewayId": gateway}


def _gateway_delete(physical_id, _props):
    _call(ec2._delete_nat_gateway, NatGatewayId=physical_id)


def _flow_log_create(_logical_id, props, _stack_name):
    answer = _call(
        ec2._create_flow_logs,
        **{
            "ResourceId.1": props["ResourceId"],
            "ResourceType": props["ResourceType"],
            "TrafficType": props.get("TrafficType", "ALL"),
            "LogDestinationType": props.get("LogDestinationType", "cloud-watch-logs"),
            "LogDestination": props.get("LogDestination", ""),
            "LogGroupName": props.get("LogGroupName", ""),
        },
    )
    flow_log = _element(answer, "flowLogId")
    return flow_log, {"Id": flow_log}


def _flow_log_delete(physical_id, _props):
    ec2._flow_logs.pop(physical_id, None)


TYPES = {
    "AWS::EC2::EIP": {"create": _address_create, "delete": _address_delete},
    "AWS::EC2::NatGateway": {"create": _gateway_create, "delete": _gateway_delete},
    "AWS::EC2::FlowLog": {"create": _flow_log_create, "delete": _flow_log_delete},
}


def apply():
    for name, handler in TYPES.items():
        # A release that brings the type wins.
        provisioners._RESOURCE_HANDLERS.setdefault(name, handler)
