"""A state machine sees a throttled Lambda function as on AWS, and retries at the pace that it was told.

Two things that MiniStack does otherwise:
- a task that meets the function's reserved concurrency fails as `Lambda.Unknown`, so a retrier for
  `Lambda.TooManyRequestsException` never matches;
- a retrier's `MaxDelaySeconds` is ignored, so a patient one soon waits a minute each time.
"""

import json

from ministack.services import stepfunctions

_call_lambda = stepfunctions._call_lambda
_find_matching_retrier = stepfunctions._find_matching_retrier


def call_lambda(func_ref, event):
    try:
        return _call_lambda(func_ref, event)
    except stepfunctions._ExecutionError as error:
        throttle = _throttle(error)
        if throttle is None:
            raise
        raise stepfunctions._ExecutionError("Lambda.TooManyRequestsException", throttle) from None


def _throttle(error):
    """What the throttled function's API said, or None for another error."""
    if error.error != "Lambda.Unknown":
        return None
    try:
        body = json.loads(error.cause)
    except ValueError:
        return None
    return body.get("message") if body.get("__type") == "TooManyRequestsException" else None


def find_matching_retrier(retriers, error, retry_counts):
    retrier, index = _find_matching_retrier(retriers, error, retry_counts)
    if retrier is None or "MaxDelaySeconds" not in retrier:
        return retrier, index
    delay = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** retry_counts.get(index, 0)
    return {**retrier, "IntervalSeconds": min(delay, retrier["MaxDelaySeconds"]), "BackoffRate": 1}, index


def apply():
    stepfunctions._call_lambda = call_lambda
    stepfunctions._find_matching_retrier = find_matching_retrier
