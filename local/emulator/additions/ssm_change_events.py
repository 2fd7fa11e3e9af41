"""Parameter Store reports every change of a parameter to EventBridge; that of MiniStack does not."""

import json

from ministack.services import eventbridge, ssm

_put_parameter = ssm._put_parameter
_delete_parameter = ssm._delete_parameter
_delete_parameters = ssm._delete_parameters


def _report(operation, parameter):
    detail = {
        "operation": operation,
        "name": parameter["Name"],
        "type": parameter["Type"],
        "description": parameter.get("Description", ""),
    }
    entry = {
        "Source": "aws.ssm",
        "DetailType": "Parameter Store Change",
        "Detail": json.dumps(detail),
        "Resources": [parameter["ARN"]],
    }
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def put_parameter(data):
    operation = "Update" if data.get("Name") in ssm._parameters else "Create"
    response = _put_parameter(data)
    if response[0] == 200:
        _report(operation, ssm._parameters[data["Name"]])
    return response


def _reporting(delete, names_of):
    def deleting(data):
        before = [ssm._lookup_parameter(name) for name in names_of(data)]
        response = delete(data)
        for key, parameter in before:
            if parameter and key not in ssm._parameters:
                _report("Delete", parameter)
        return response

    return deleting


def apply():
    ssm._put_parameter = put_parameter
    ssm._delete_parameter = _reporting(_delete_parameter, lambda data: [data.get("Name")])
    ssm._delete_parameters = _reporting(_delete_parameters, lambda data: data.get("Names", []))
