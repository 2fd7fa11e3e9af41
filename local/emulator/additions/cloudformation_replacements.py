"""A change set says of the resources of the Services stack whether they are replaced, as CloudFormation does.

MiniStack does not know it of these types and answers Conditional for whatever changes, so that every rollback would have to
be allowed to replace things. Which property replaces its resource is from CloudFormation's resource specification.
"""

from ministack.services.cloudformation import stacks

_REPLACING = {
    "AWS::EC2::SecurityGroup": {"GroupDescription", "GroupName", "VpcId"},
    "AWS::ECS::Service": {"Cluster", "DeploymentController", "LaunchType", "Role", "SchedulingStrategy", "ServiceName"},
    "AWS::ElasticLoadBalancingV2::ListenerRule": {"ListenerArn"},
    "AWS::IAM::Policy": set(),
}
_ALL_BUT_TAGS = "AWS::ECS::TaskDefinition"


def apply():
    known = stacks._property_recreation

    def recreation(resource_type, name):
        if resource_type == _ALL_BUT_TAGS:
            return "Never" if name == "Tags" else "Always"
        replacing = _REPLACING.get(resource_type)
        if replacing is None:
            return known(resource_type, name)
        return "Always" if name in replacing else "Never"

    # For change sets alone: how a resource is updated, its own handler knows.
    stacks._property_recreation = recreation
