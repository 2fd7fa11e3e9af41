"""ECS reports times in milliseconds, as AWS does.

MiniStack keeps milliseconds and answers whole seconds, so a task that was made half a second after a parameter's change would
read as older than the change.
"""

from datetime import datetime

from ministack.services import ecs


def epoch_seconds(value):
    """An ISO 8601 time as seconds since 1970, with its fraction; whatever is no such time stays as it is."""
    if not isinstance(value, str):
        return value
    try:
        return datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()
    except ValueError:
        return value


def apply():
    ecs._ts_to_epoch = epoch_seconds
