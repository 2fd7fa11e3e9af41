"""Writes packages into a bucket with quilt3, and prints what quilt3 itself reads of them, as one JSON document.

Arguments: bucket of the packages, bucket of an object that one of them points to.
"""

import contextlib
import json
import sys
from unittest.mock import patch

import boto3
import quilt3
from quilt3.hooks import set_build_s3_client_hook
from quilt3.packages import PackageEntry
from quilt3.util import PhysicalKey

BUCKET, OTHER_BUCKET = sys.argv[1:]
REGISTRY = f"s3://{BUCKET}"
MANY = 1_200
S3 = boto3.client("s3")
# Left alone, quilt3 makes a client for every request, which takes longer than the requests.
set_build_s3_client_hook(lambda _build, _session, _settings: S3)


def put(key: str, content: str) -> str:
    """Puts an object. Uploads of quilt3 want checksums in answers to PutObject, which the emulator leaves out."""
    S3.put_object(Bucket=BUCKET, Key=key, Body=content.encode())
    return str(PhysicalKey(BUCKET, key, None))


def build(package: quilt3.Package, name: str, second: int, message: str | None = None) -> str:
    """Writes a revision as if it were that second: revisions of one second would overwrite each other's pointer."""
    with patch("quilt3.backends.base.time.time", return_value=second + 0.5):
        return package.build(name, registry=REGISTRY, message=message)


def study() -> list[str]:
    """Three revisions; the last has names of several scripts, folders, metadata, and an object of another bucket."""
    package = quilt3.Package()
    package.set("README.md", put("study/README.md", "# A study\n"))
    revisions = [build(package, "team/study", 1_700_000_000, "begin")]
    package.set("data/first.csv", put("study/first.csv", "a,b\n1,2\n"), meta={"instrument": "scale 1"})
    revisions.append(build(package, "team/study", 1_700_000_100))
    metadata = {"einheit": "µm", "stufe": {"tief": [1]}}
    package.set("data/größe & gewicht.csv", put("study/größe & gewicht.csv", "größe\n1\n"), meta=metadata)
    package.set("日本/深い/データ.txt", put("study/日本/データ.txt", "データ"))
    package.set("odd/a b+c%20d?e#f.txt", put("study/a b+c%20d?e#f.txt", "odd"))
    package.set("odd/line\u2028break.txt", put("study/line\u2028break.txt", "break"))
    package.set("reference/genome.fa", f"s3://{OTHER_BUCKET}/shared/genome 1.fa")
    package["data"].set_meta({"owner": "lab 7"})
    package.set_meta({"project": "größe", "samples": [1, 2, 3]})
    revisions.append(build(package, "team/study", 1_700_000_200, "all of it: größe"))
    return revisions


def many() -> None:
    package = quilt3.Package()
    location = PhysicalKey(BUCKET, "many/object", None)
    for number in range(MANY):
        entry = PackageEntry(location, number, {"type": "SHA256", "value": f"{number:064x}"}, None)
        package.set(f"part-{number % 3}/{number:05}.bin", entry)
    build(package, "team/many", 1_700_000_300)


def described(package: quilt3.Package) -> list[dict]:
    return [
        {
            "logical_key": key,
            "size_bytes": entry.size,
            "hash_type": entry.hash["type"],
            "hash": entry.hash["value"],
            "physical_key": str(entry.physical_key),
            "bucket": entry.physical_key.bucket,
            "key": entry.physical_key.path,
            "version_id": entry.physical_key.version_id,
            "metadata": entry.meta,
        }
        for key, entry in package.walk()
    ]


revisions = study()
many()
for name in ["team/study-2", "größe/日本", "team2/x", "a/b"]:
    build(quilt3.Package().set("README.md", put("small", name)), name, 1_700_000_400)

latest = quilt3.Package.browse("team/study", registry=REGISTRY)
document = {
    "revisions": revisions,
    "names": sorted(quilt3.list_packages(REGISTRY), key=lambda name: f"{name}/".encode()),
    "study": described(latest),
    "metadata": latest.meta,
    "many": described(quilt3.Package.browse("team/many", registry=REGISTRY)),
}
print(json.dumps(document))
