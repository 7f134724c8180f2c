"""Makes a site's key, and tells the fingerprint of any: what people compare by telephone.

Runs in Flower's environment: without an argument in a site's folder, to make `node.key` and
`node.key.pub`; or with the file of a public key. Keys are in OpenSSH's format, the one that Flower
takes, and fingerprints are those that `ssh-keygen -l` shows.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from compliance.federated.flower.secret_files import write_secret

KEY = "node.key"


def main(folder: Path) -> bytes:
    """Make the key pair of the site whose folder this is; its public half.

    Raises:
        FileExistsError: there is a key already.
    """
    key = ec.generate_private_key(ec.SECP384R1())
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    write_secret(folder / KEY, secret)
    (folder / f"{KEY}.pub").write_bytes(public + b"\n")
    return public


def fingerprint(public: bytes) -> str:
    """The fingerprint of a public key as it stands in its file."""
    digest = hashlib.sha256(base64.b64decode(public.split()[1])).digest()
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


if __name__ == "__main__":
    found = Path(sys.argv[1]).read_bytes() if len(sys.argv) > 1 else main(Path.cwd())
    sys.stdout.write(f"{fingerprint(found)}\n")
