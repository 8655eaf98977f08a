import base64
import hashlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from core.domain.errors import BadSignature
from core.payby.signing import (
    KeyFileError,
    load_private_key,
    load_public_key,
    sign,
    verify,
)

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
VECTOR = Path(__file__).with_name("openssl_vector")
SHA256_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


def pem_of_private(key: PrivateKey, encryption=None) -> bytes:
    encryption = encryption or s.NoEncryption()
    return key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, encryption)


def pem_of_public(key: PrivateKey) -> bytes:
    spki = s.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(s.Encoding.PEM, spki)


@pytest.fixture(scope="session")
def small_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505  (too small on purpose)


@pytest.fixture
def key_file(tmp_path):
    def write(content):
        path = tmp_path / "key.pem"
        path.write_bytes(content)
        return path

    return write


def test_a_signature_made_by_openssl_is_accepted():
    body = (VECTOR / "body.json").read_bytes()
    key = load_public_key(VECTOR / "public.pem")
    verify(body, (VECTOR / "sign.txt").read_text(), key)


def test_a_signature_is_pkcs1_v1_5_over_sha_256_by_plain_arithmetic(merchant_key):
    body = '{"subject":"شحن"}'.encode()
    numbers = merchant_key.public_key().public_numbers()
    signature = int.from_bytes(base64.b64decode(sign(body, merchant_key)))
    digest_info = SHA256_DIGEST_INFO + hashlib.sha256(body).digest()
    padded = b"\0\1" + b"\xff" * (253 - len(digest_info)) + b"\0" + digest_info
    assert pow(signature, numbers.e, numbers.n) == int.from_bytes(padded)


def test_one_changed_byte_is_not_accepted(merchant_key):
    signature = sign(b'{"amount":50.00}', merchant_key)
    with pytest.raises(BadSignature, match="does not match"):
        verify(b'{"amount":50.01}', signature, merchant_key.public_key())


def test_a_signature_by_another_key_is_not_accepted(merchant_key, payby_key):
    with pytest.raises(BadSignature, match="does not match"):
        verify(b"{}", sign(b"{}", merchant_key), payby_key.public_key())


@pytest.mark.parametrize("missing", [None, ""])
def test_a_message_without_a_signature_is_not_accepted(missing, merchant_key):
    with pytest.raises(BadSignature, match="carries no signature"):
        verify(b"{}", missing, merchant_key.public_key())


@pytest.mark.parametrize("junk", ["not base64!", "AAA", "é", "AAAA\n"])
def test_a_signature_that_is_not_base64_is_not_accepted(junk, merchant_key):
    with pytest.raises(BadSignature, match="not base64"):
        verify(b"{}", junk, merchant_key.public_key())


def test_an_endless_signature_is_not_even_decoded(merchant_key):
    with pytest.raises(BadSignature, match="longer than any"):
        verify(b"{}", "A" * 5000, merchant_key.public_key())


def test_key_files_are_loaded(merchant_key, key_file):
    private = load_private_key(key_file(pem_of_private(merchant_key)))
    assert private.private_numbers() == merchant_key.private_numbers()
    public = load_public_key(key_file(pem_of_public(merchant_key)))
    assert public.public_numbers() == merchant_key.public_key().public_numbers()


@pytest.mark.parametrize("load", [load_private_key, load_public_key])
def test_a_missing_key_file_is_named(load, tmp_path):
    with pytest.raises(KeyFileError, match=r"There is no key file .*gone\.pem\."):
        load(tmp_path / "gone.pem")


@pytest.mark.parametrize("load", [load_private_key, load_public_key])
def test_a_folder_is_no_key_file(load, tmp_path):
    with pytest.raises(KeyFileError, match="can't be read: Is a directory"):
        load(tmp_path)


@pytest.mark.parametrize("load", [load_private_key, load_public_key])
@pytest.mark.parametrize("content", [b"", b"\x30\x82\x01", b"x" * 70_000])
def test_a_file_that_is_not_pem_is_refused(load, content, key_file):
    with pytest.raises(KeyFileError, match="is not a PEM file"):
        load(key_file(content))


def test_a_public_key_in_place_of_the_private_one_is_noticed(merchant_key, key_file):
    with pytest.raises(KeyFileError, match="the merchant's private key belongs here"):
        load_private_key(key_file(pem_of_public(merchant_key)))


def test_a_private_key_in_place_of_the_public_one_is_noticed(merchant_key, key_file):
    with pytest.raises(KeyFileError, match="PayBy's public key belongs here"):
        load_public_key(key_file(pem_of_private(merchant_key)))


def test_an_encrypted_private_key_is_refused_with_advice(merchant_key, key_file):
    locked = pem_of_private(merchant_key, s.BestAvailableEncryption(b"secret"))
    with pytest.raises(KeyFileError, match="store the key without a password"):
        load_private_key(key_file(locked))


def test_a_damaged_key_is_refused(merchant_key, key_file):
    with pytest.raises(KeyFileError, match="not a readable PEM private key"):
        load_private_key(key_file(pem_of_private(merchant_key)[:300]))
    with pytest.raises(KeyFileError, match="not a readable PEM public key"):
        load_public_key(key_file(pem_of_public(merchant_key)[:200]))


def test_a_key_that_is_not_rsa_is_refused(key_file):
    curve = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(KeyFileError, match="is not an RSA key"):
        load_private_key(key_file(pem_of_private(curve)))
    with pytest.raises(KeyFileError, match="is not an RSA key"):
        load_public_key(key_file(pem_of_public(curve)))


def test_a_key_under_2048_bits_is_refused(small_key, key_file):
    with pytest.raises(KeyFileError, match="RSA key of 1024 bits"):
        load_private_key(key_file(pem_of_private(small_key)))
    with pytest.raises(KeyFileError, match="RSA key of 1024 bits"):
        load_public_key(key_file(pem_of_public(small_key)))
