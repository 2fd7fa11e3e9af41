"""What the pinned MiniStack release lacks for these stacks, one small module a concern.

Each module has a test that fails once the release no longer needs it (docs/local.md lists them).
"""
