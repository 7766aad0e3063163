#!/usr/bin/env python3
"""Signs the body of a message for Qazyna: the standard library, and `cryptography` or else the `openssl` command (3.0 or later).

    python3 sign.py <private-key.pem> <publisher> <key> <source> <id> <type> <body-file>

Prints the value of the Kafka header `ce_signature` (over HTTP `ce-signature`, in a structured CloudEvent `signature`).
"""
import base64
import json
import subprocess
import sys
import tempfile
import time


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def ed25519(pem_file: str, message: bytes) -> bytes:
    try:
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError:
        with tempfile.NamedTemporaryFile() as file:
            file.write(message)
            file.flush()
            command = ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", pem_file, "-in", file.name]
            return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    with open(pem_file, "rb") as file:
        return load_pem_private_key(file.read(), password=None).sign(message)


def sign(pem_file: str, publisher: str, key: str, source: str, event_id: str, event_type: str, body: bytes) -> str:
    header = {
        "alg": "EdDSA",
        "kid": f"{publisher}/{key}",
        "b64": False,
        "iat": int(time.time()),
        "ce_source": source,
        "ce_id": event_id,
        "ce_type": event_type,
        "crit": ["b64", "iat", "ce_source", "ce_id", "ce_type"],
    }
    encoded = base64url(json.dumps(header).encode("utf-8"))
    # RFC 7797: the encoded header, a point, and the body's bytes exactly as they will be sent.
    return f"{encoded}..{base64url(ed25519(pem_file, encoded.encode('ascii') + b'.' + body))}"


if __name__ == "__main__":
    *names, body_file = sys.argv[1:]
    with open(body_file, "rb") as body:
        print(sign(*names, body.read()))
