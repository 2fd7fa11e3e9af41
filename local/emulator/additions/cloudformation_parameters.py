"""DescribeStacks shows the name of an SSM parameter that a stack takes a value from, as it was given.

MiniStack shows what the SSM parameter held. Whoever gives a stack the parameters that it had before, as a rollback does,
would name `vpc-0123` as an SSM parameter.
"""

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, handlers

_ACTION = "ExecuteChangeSet"


def _name_sources(change_set):
    stack = cloudformation._stacks.get(change_set["StackName"]) or {}
    resolved = change_set["_resolved_params"]
    for parameter in stack.get("Parameters", []):
        source = resolved.get(parameter["ParameterKey"], {}).get("SsmName")
        if source:
            parameter["ParameterValue"] = source


def apply():
    execute = handlers._ACTION_HANDLERS[_ACTION]

    def execute_and_name(params):
        # Before any resource of the stack is changed, which a task of its own does: one of them may ask.
        answer = execute(params)
        _, change_set = changesets._find_change_set(
            changesets._p(params, "ChangeSetName"), changesets._p(params, "StackName")
        )
        if change_set:
            _name_sources(change_set)
        return answer

    handlers._ACTION_HANDLERS[_ACTION] = execute_and_name
