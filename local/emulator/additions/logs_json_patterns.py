"""`FilterLogEvents` finds JSON lines by their properties: `{ $.event = "refused" && $.reason = "unknown" }`.

MiniStack lets every line pass a pattern in JSON. This knows comparisons of text for equality, joined by `&&`; a pattern with
anything else is an error, and not a wrong count.
"""

import json
import re

from ministack.services import cloudwatch_logs

_compile_filter_pattern = cloudwatch_logs._compile_filter_pattern
_COMPARISON = re.compile(r'\s*\(?\s*\$\.(?P<path>[\w.]+)\s*=\s*"(?P<text>[^"]*)"\s*\)?\s*')


def compile_filter_pattern(raw):
    pattern = raw.strip()
    if not pattern.startswith("{"):
        return _compile_filter_pattern(raw)
    comparisons = [_COMPARISON.fullmatch(part) for part in pattern[1:-1].split("&&")]
    if not pattern.endswith("}") or None in comparisons:
        raise ValueError(f"local/emulator knows no such filter pattern: {raw}")
    wanted = [(comparison["path"].split("."), comparison["text"]) for comparison in comparisons]
    return lambda line: all(_property(line, path) == text for path, text in wanted)


def _property(line, path):
    try:
        value = json.loads(line)
        for name in path:
            value = value[name]
        return value
    except (ValueError, KeyError, TypeError):
        return None


def apply():
    cloudwatch_logs._compile_filter_pattern = compile_filter_pattern
