"""Signatures: RSASSA-PKCS1-v1_5 over SHA-256 of the exact bytes, in base64."""

import base64
import binascii
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

_BITS = 2048


class KeysUnusable(Exception):
    """The keys folder can't be used as it is; the text says what to do."""


@dataclass(frozen=True)
class Keys:
    """PayBy's private key and the public key of the merchant it serves."""

    private: rsa.RSAPrivateKey
    merchant: rsa.RSAPublicKey

    def sign(self, body: bytes) -> str:
        """Sign as PayBy."""
        signature = self.private.sign(body, padding.PKCS1v15(), hashes.SHA256())
        return base64.b64encode(signature).decode()

    def merchant_signed(self, body: bytes, signature: str) -> bool:
        """Tell whether the merchant signed exactly these bytes."""
        try:
            raw = base64.b64decode(signature, validate=True)
            self.merchant.verify(raw, body, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, binascii.Error):
            return False
        return True


def load_keys(folder: Path) -> Keys:
    """Read the keys, making those that are missing; raises KeysUnusable.

    Each side's pair is ``<side>_private.pem`` (PKCS#8) and ``<side>_public.pem``
    (SPKI). A merchant may keep the private key elsewhere and put only the public here.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for side in ("payby", "merchant"):
        _complete_pair(folder, side)
    return Keys(
        private=_private(folder / "payby_private.pem"),
        merchant=_public(folder / "merchant_public.pem"),
    )


def _complete_pair(folder: Path, side: str) -> None:
    private_path = folder / f"{side}_private.pem"
    public_path = folder / f"{side}_public.pem"
    if public_path.exists():
        return
    if not private_path.exists():
        _write_private(private_path)
    public_path.write_bytes(
        _private(private_path)
        .public_key()
        .public_bytes(
            serialization.Encoding.PEM,
            serialization.PublicFormat.SubjectPublicKeyInfo,
        )
    )


def _write_private(path: Path) -> None:
    pem = rsa.generate_private_key(public_exponent=65537, key_size=_BITS).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
    ) as f:
        f.write(pem)


def _read(path: Path, parse: Callable[[bytes], object]) -> object:
    try:
        return parse(path.read_bytes())
    except (OSError, ValueError, TypeError) as error:
        raise KeysUnusable(f"{path} can't be read as a key: {error}") from error


def _private(path: Path) -> rsa.RSAPrivateKey:
    key = _read(path, partial(serialization.load_pem_private_key, password=None))
    if not isinstance(key, rsa.RSAPrivateKey):
        raise KeysUnusable(f"{path} is not an RSA key.")
    return key


def _public(path: Path) -> rsa.RSAPublicKey:
    key = _read(path, serialization.load_pem_public_key)
    if not isinstance(key, rsa.RSAPublicKey):
        raise KeysUnusable(f"{path} is not an RSA key.")
    return key
