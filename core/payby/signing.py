"""Signatures of PayBy's envelope, and the key files they need.

PayBy: envelope. ``sign`` is base64 of RSASSA-PKCS1-v1_5 over SHA-256 of the exact bytes
of the body. Requests are signed with the merchant's private key; answers and notices
with PayBy's, whose public key the merchant portal hands out.
"""

import base64
import binascii
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    load_pem_private_key,
    load_pem_public_key,
)

from core.domain.errors import BadSignature

LEAST_KEY_BITS = 2048
LONGEST_KEY_FILE = 64 * 1024  # bytes; a 16,384-bit key takes 13 kB
LONGEST_SIGNATURE = 4096  # characters; a 16,384-bit signature takes 2,732


class KeyFileError(ValueError):
    """A key file can't be used; the message is one sentence for the operator."""


def sign(body: bytes, key: RSAPrivateKey) -> str:
    """Return the value of the ``sign`` header for these exact bytes."""
    return base64.b64encode(key.sign(body, PKCS1v15(), hashes.SHA256())).decode()


def verify(body: bytes, signature: str | None, key: RSAPublicKey) -> None:
    """Return only if ``signature`` was made over these exact bytes.

    Raises BadSignature when it is missing, not base64 or not by this key.
    """
    if not signature:
        raise BadSignature("The message carries no signature.")
    if len(signature) > LONGEST_SIGNATURE:
        raise BadSignature("The signature is longer than any RSA signature.")
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadSignature("The signature is not base64.") from error
    try:
        key.verify(raw, body, PKCS1v15(), hashes.SHA256())
    except InvalidSignature as error:
        raise BadSignature("The signature does not match the message.") from error


def load_private_key(path: Path) -> RSAPrivateKey:
    """Load the merchant's private key (PEM, not encrypted, RSA of 2048 bits or more).

    Takes about 50 ms, so it is done once, at start. Raises KeyFileError.
    """
    pem = _read_pem(path)
    if b"PRIVATE KEY-----" not in pem:
        raise KeyFileError(
            f"{path} holds a public key or a certificate; "
            "the merchant's private key belongs here."
        )
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError as error:
        raise KeyFileError(
            f"{path} is encrypted; store the key without a password and protect "
            "the file by its permissions."
        ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyFileError(f"{path} is not a readable PEM private key.") from error
    if not isinstance(key, RSAPrivateKey):
        raise KeyFileError(f"{path} is not an RSA key; PayBy takes only RSA keys.")
    _check_size(path, key.key_size)
    return key


def load_public_key(path: Path) -> RSAPublicKey:
    """Load PayBy's public key (PEM, RSA of 2048 bits or more).

    Raises KeyFileError.
    """
    pem = _read_pem(path)
    if b"PRIVATE KEY-----" in pem:
        raise KeyFileError(
            f"{path} holds a private key; PayBy's public key belongs here."
        )
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyFileError(f"{path} is not a readable PEM public key.") from error
    if not isinstance(key, RSAPublicKey):
        raise KeyFileError(f"{path} is not an RSA key; PayBy uses only RSA keys.")
    _check_size(path, key.key_size)
    return key


def _read_pem(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            pem = file.read(LONGEST_KEY_FILE + 1)
    except FileNotFoundError as error:
        raise KeyFileError(f"There is no key file {path}.") from error
    except OSError as error:
        raise KeyFileError(
            f"The key file {path} can't be read: {error.strerror}."
        ) from error
    if len(pem) > LONGEST_KEY_FILE or b"-----BEGIN " not in pem:
        raise KeyFileError(f"{path} is not a PEM file.")
    return pem


def _check_size(path: Path, bits: int) -> None:
    if bits < LEAST_KEY_BITS:
        raise KeyFileError(
            f"{path} is an RSA key of {bits} bits; "
            f"PayBy demands {LEAST_KEY_BITS} or more."
        )
