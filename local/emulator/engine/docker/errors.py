"""The error types of the Docker SDK that MiniStack tells apart."""


class DockerException(Exception):
    """Base of the SDK's errors."""


class NotFound(DockerException):
    """No such container."""


class ImageNotFound(NotFound):
    """No such image."""


class APIError(DockerException):
    """The engine refused a call."""
