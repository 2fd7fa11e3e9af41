"""Which program an image reference stands for."""

import hashlib
import json
import os
import pathlib
import re
import tempfile

from . import errors

MANIFEST_VARIABLE = "QUILT_LOCAL_IMAGES"
SERVICES_VARIABLE = "QUILT_LOCAL_SERVICES"
# As `config/local.ts` names the services of this clone, by the digest of their bundles.
_BUILT = re.compile(r"quilt\.local/(catalog|mcp)@sha256:([0-9a-f]{64})")


class Image:
    """An image that was 'pulled'."""

    def __init__(self, reference):
        self.id = reference.rpartition("@")[2]

    def tag(self, *_name, **_options):
        return True


class Images:
    """`client.images`, over a JSON file {reference: {command, healthPath}} and the services that are built in this clone.

    Both are read at each call: a new image can be offered to a running emulator, and a service that was built again is there to
    be deployed.
    """

    def program(self, reference):
        """The program of a reference. Raises ImageNotFound as a registry would."""
        entry = self._offered(reference) or self._built(reference)
        if entry is None:
            raise errors.ImageNotFound(f"manifest unknown: no local program is named for the image {reference}")
        return entry

    @staticmethod
    def _offered(reference):
        try:
            with open(os.environ[MANIFEST_VARIABLE], encoding="utf-8") as manifest:
                return json.load(manifest).get(reference)
        except FileNotFoundError:
            return None

    @staticmethod
    def _built(reference):
        """A service of this clone. It is copied, as a push would: what runs stays, also when the clone is built again."""
        match = _BUILT.fullmatch(reference)
        if match is None:
            return None
        service, digest = match.groups()
        copy = pathlib.Path(os.environ[MANIFEST_VARIABLE]).parent / f"{service}-{digest}.mjs"
        if not copy.exists():
            try:
                bundle = (pathlib.Path(os.environ[SERVICES_VARIABLE]) / service / "dist" / "server.mjs").read_bytes()
            except FileNotFoundError:
                return None
            if hashlib.sha256(bundle).hexdigest() != digest:
                return None
            copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # In one move: two tasks may start at once.
            with tempfile.NamedTemporaryFile(dir=copy.parent, delete=False) as draft:
                draft.write(bundle)
            os.replace(draft.name, copy)
        return {"command": ["node", str(copy)]}

    def pull(self, reference, **_options):
        return self.get(reference)

    def get(self, reference):
        self.program(reference)
        return Image(reference)

    def get_registry_data(self, reference, **_options):
        return self.get(reference)
