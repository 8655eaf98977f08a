import base64
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sandbox.payby.signing import Keys, KeysUnusable, load_keys

BODY = '{"head":{"code":"0"},"body":{"note":"شحن","amount":50.00}}'.encode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="module")
def keys(folder: Path) -> Keys:
    return load_keys(folder)


def openssl(*arguments: str) -> bytes:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is not installed")
    done = subprocess.run(  # noqa: S603 our own arguments
        [program, *arguments], input=BODY, capture_output=True, check=True
    )
    return done.stdout


def test_a_signature_is_byte_for_byte_what_openssl_makes(folder: Path, keys: Keys):
    private = str(folder / "payby_private.pem")
    assert base64.b64decode(keys.sign(BODY)) == openssl(
        "dgst", "-sha256", "-sign", private
    )


def test_what_openssl_signs_for_the_merchant_is_accepted(folder: Path, keys: Keys):
    private = str(folder / "merchant_private.pem")
    raw = openssl("dgst", "-sha256", "-sign", private)
    signature = base64.b64encode(raw).decode()
    assert keys.merchant_signed(BODY, signature)
    assert not keys.merchant_signed(BODY + b" ", signature)


def test_missing_keys_are_made_and_kept(folder: Path, keys: Keys):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert sorted(before) == [
        "merchant_private.pem",
        "merchant_public.pem",
        "payby_private.pem",
        "payby_public.pem",
    ]
    assert before["payby_private.pem"].startswith(b"-----BEGIN PRIVATE KEY-----")
    assert before["payby_public.pem"].startswith(b"-----BEGIN PUBLIC KEY-----")
    assert keys.private.key_size == 2048
    load_keys(folder)
    assert before == {path.name: path.read_bytes() for path in folder.iterdir()}


def test_private_keys_are_readable_by_their_owner_only(folder: Path, keys: Keys):
    for name in ("payby_private.pem", "merchant_private.pem"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


def test_a_merchant_can_keep_the_private_key_elsewhere(
    folder: Path, keys: Keys, tmp_path: Path
):
    for name in ("payby_private.pem", "merchant_public.pem"):
        shutil.copy(folder / name, tmp_path)
    load_keys(tmp_path)
    assert not (tmp_path / "merchant_private.pem").exists()
    ours = (folder / "payby_public.pem").read_bytes()
    assert (tmp_path / "payby_public.pem").read_bytes() == ours


def test_a_file_that_is_no_key_is_named(folder: Path, keys: Keys, tmp_path: Path):
    for path in folder.iterdir():
        shutil.copy(path, tmp_path)
    (tmp_path / "merchant_public.pem").write_text("hello")
    with pytest.raises(KeysUnusable, match=r"merchant_public\.pem can't be read as a"):
        load_keys(tmp_path)
    (tmp_path / "payby_private.pem").unlink()
    with pytest.raises(KeysUnusable, match=r"payby_private\.pem can't be read as a"):
        load_keys(tmp_path)


def test_a_key_that_is_not_rsa_is_named(folder: Path, keys: Keys, tmp_path: Path):
    for path in folder.iterdir():
        shutil.copy(path, tmp_path)
    other = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "merchant_public.pem").write_bytes(
        other.public_key().public_bytes(
            serialization.Encoding.PEM,
            serialization.PublicFormat.SubjectPublicKeyInfo,
        )
    )
    with pytest.raises(KeysUnusable, match=r"merchant_public\.pem is not an RSA key"):
        load_keys(tmp_path)
    (tmp_path / "payby_private.pem").write_bytes(
        other.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    with pytest.raises(KeysUnusable, match=r"payby_private\.pem is not an RSA key"):
        load_keys(tmp_path)
