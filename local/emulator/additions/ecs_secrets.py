"""A task gets the value of a SecureString, not its ciphertext.

MiniStack's ECS reads `valueFrom` parameters without decryption.
"""

from ministack.services import ecs, ssm

_resolve_container_secrets = ecs._resolve_container_secrets


def resolve_container_secrets(container_definition):
    secrets = container_definition.get("secrets", [])
    parameters = [secret for secret in secrets if "secretsmanager" not in secret.get("valueFrom", "")]
    others = [secret for secret in secrets if secret not in parameters]
    resolved = _resolve_container_secrets({**container_definition, "secrets": others})
    for secret in parameters:
        value = ssm.resolve_parameter_value(secret["valueFrom"], decrypt=True)
        if value is None:
            raise ecs._SecretResolutionError(f"invalid ssm parameters: {secret['valueFrom']}")
        resolved[secret["name"]] = value
    return resolved


def apply():
    ecs._resolve_container_secrets = resolve_container_secrets
