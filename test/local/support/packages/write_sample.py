"""Writes the package of the local run with quilt3: its manifest and pointers, beside the objects that are there already.

Argument: the folder of the bucket, such as local/buckets/quilt-local-genomes; the folder is named like the bucket.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

os.environ.setdefault("QUILT_DISABLE_USAGE_METRICS", "true")

import quilt3  # noqa: E402
from quilt3.util import PhysicalKey  # noqa: E402

FOLDER = Path(sys.argv[1]).resolve()
NAME = "demo/yeast"
# The time of the push names the pointer: a fixed one keeps the result the same.
SECOND = 1_700_000_000

shutil.rmtree(FOLDER / ".quilt", ignore_errors=True)
package = quilt3.Package()
package.set_meta({"organism": "Saccharomyces cerevisiae", "samples": 2})
package.set("README.md", str(FOLDER / NAME / "README.md"))
package.set("samples.csv", str(FOLDER / NAME / "samples.csv"))
for sample, condition in [("yeast-1", "control"), ("yeast-2", "heat shock")]:
    meta = {"sample": sample, "condition": condition}
    package.set(f"reads/{sample}.fasta", str(FOLDER / NAME / f"reads/{sample}.fasta"), meta=meta)

with tempfile.TemporaryDirectory() as scratch:
    # Hashes the files. A push uploads them then, and puts the places in the bucket for those on this machine.
    package.build(NAME, registry=scratch)
for key, entry in list(package.walk()):
    package.set(key, entry.with_physical_key(PhysicalKey(FOLDER.name, f"{NAME}/{key}", None)))
with patch("quilt3.backends.base.time.time", return_value=SECOND):
    print(package.build(NAME, registry=str(FOLDER), message="First reads of two samples"))
