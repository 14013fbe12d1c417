"""Content credentials: a signed note in a picture or movie that says how it was made (C2PA, c2pa.org).

The note names the digital source type, the program and the job, and holds a hash of the file. Changing
a single byte of the file breaks the signature. A signature proves that the holder of a key signed exactly
this file, not that the note is true; and programs that rewrite the file lose the note.

Signing needs the extra `credentials` (`pip install "swaplib[credentials]"`). Without it a message says
once that files are not signed. A certificate is created on first use, in a folder of your user settings:
a root and a signer under it, both named "self-signed". Readers who trust that root see "trusted", all
others see "valid". To sign with a real certificate, set the environment variable `SWAPLIB_CREDENTIALS` to
a folder that holds `chain.pem` (the signer's certificate first) and `key.pem` (unencrypted, for ES256),
and `root.pem` if it is to be trusted here.
"""

import json
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from swaplib import SwaplibError, __version__
from swaplib.files.writing import replacing

VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SOURCE_TYPE = VOCABULARY + "compositeWithTrainedAlgorithmicMedia"
FOLDER = "SWAPLIB_CREDENTIALS"  # environment variable
SIGNED = {  # endings of files that can be signed, and their media types
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
}
JOB = "org.two-decoders.job"  # the assertion that holds the job number
_YEARS = timedelta(days=3650)
_OFFLINE = {
    "builder": {"thumbnail": {"enabled": False}},
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True},
}


@dataclass(frozen=True)
class Credentials:
    """Contents of a file's credentials.

    state: "trusted" (intact, and signed under the root trusted here), "valid" (intact, signed by
    someone), "changed" (the file or the note differs from what was signed), "missing", or "unread" if the
    extra isn't installed. signer: the name in the certificate. source_type: the address in the IPTC's
    vocabulary. job: the job number. problems: the codes of all problems (C2PA specification, 15).
    """

    state: str
    signer: str = ""
    source_type: str = ""
    job: str = ""
    problems: list[str] = field(default_factory=list)


def installed() -> bool:
    """Return whether the extra `credentials` is installed."""
    return _c2pa() is not None


@cache
def _c2pa():
    try:
        import c2pa
    except (ImportError, OSError, RuntimeError):  # its binary may be missing or built for another system
        return None
    return c2pa


def sign(path: Path, title: str, job: str) -> None:
    """Sign a picture or movie in place. title: its label. job: the job number.

    Without the extra this prints a message, once, and leaves the file unsigned. Raises SwaplibError if the
    certificate can't be used or the file can't be written.
    """
    if _c2pa() is None:
        _say_once()
        return
    with replacing(path) as part, open(path, "rb") as source, open(part, "w+b") as target:
        _sign(source, target, SIGNED[path.suffix.lower()], title, job)


def signed(jpeg: bytes, title: str, job: str) -> bytes:
    """Sign the bytes of a JPEG, as `sign` does for a file."""
    if _c2pa() is None:
        _say_once()
        return jpeg
    target = BytesIO()
    _sign(BytesIO(jpeg), target, SIGNED[".jpg"], title, job)
    return target.getvalue()


def _sign(source, target, kind, title, job):
    c2pa, place = _c2pa(), certificates()
    try:
        chain, key = ((place / name).read_bytes() for name in ("chain.pem", "key.pem"))
        signer = c2pa.Signer.from_info(
            c2pa.C2paSignerInfo(alg=b"es256", sign_cert=chain, private_key=key, ta_url=None)
        )
        with c2pa.Builder(json.dumps(_manifest(title, job)), _context(c2pa)) as builder:
            builder.sign(signer, kind, source, target)
    except (OSError, c2pa.C2paError) as error:
        advice = f"Check chain.pem and key.pem in {place}, or remove that folder if they aren't your own."
        raise SwaplibError(f"Signing failed ({error}). {advice}") from error


@cache
def _say_once():
    print(
        "swaplib: files carry no content credentials, because c2pa-python isn't installed: "
        'pip install "swaplib[credentials]"',
        file=sys.stderr,
    )


def _context(c2pa, root=None):
    trust = {"trust": {"trust_anchors": root}} if root else {}
    return c2pa.Context(c2pa.Settings.from_dict(_OFFLINE | trust))


def _manifest(title, job):
    made = {
        "action": "c2pa.created",
        "digitalSourceType": SOURCE_TYPE,
        "softwareAgent": {"name": "swaplib", "version": __version__},
    }
    return {
        "claim_generator_info": [{"name": "swaplib", "version": __version__}],
        "title": title,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [made]}},
            {"label": JOB, "data": {"job": job}},
        ],
    }


def read(path: str | Path, root: str | Path | None = None) -> Credentials:
    """Read the credentials of a picture or movie.

    root: a certificate (PEM) to trust, by default your own. Nothing is fetched from the network. Damaged
    credentials count as "changed". Raises SwaplibError if `root` can't be read.
    """
    c2pa = _c2pa()
    kind = SIGNED.get(Path(path).suffix.lower())
    if c2pa is None:
        return Credentials("unread")
    if kind is None:
        return Credentials("missing")
    try:
        own = folder() / "root.pem"
        trusted = Path(root).read_text() if root else own.read_text() if own.is_file() else None
    except (OSError, ValueError) as error:
        raise SwaplibError(f"The certificate {root or own} can't be read ({error}).") from error
    try:
        with open(path, "rb") as file, c2pa.Reader(kind, file, context=_context(c2pa, trusted)) as reader:
            return _said(json.loads(reader.json()), reader.get_validation_state())
    except c2pa.C2paError as error:
        if type(error).__name__ == "ManifestNotFound" or "ManifestNotFound" in str(error):
            return Credentials("missing")
        return Credentials("changed", problems=[str(error).splitlines()[0]])


def _said(store, state):
    """Convert the reader's report to `Credentials`. Only the active (last) note counts."""
    active = store.get("manifests", {}).get(store.get("active_manifest"), {})
    signature = active.get("signature_info", {})
    said: dict[str, Any] = {}
    for one in active.get("assertions", []):
        if one["label"].startswith("c2pa.actions"):
            actions = one["data"].get("actions", [])
            said["source_type"] = next(
                (a["digitalSourceType"] for a in actions if "digitalSourceType" in a), ""
            )
        elif one["label"] == JOB:
            said["job"] = str(one["data"].get("job", ""))
    problems = [status["code"] for status in store.get("validation_status", [])]
    signer = signature.get("common_name") or signature.get("issuer") or ""
    state = {"Trusted": "trusted", "Valid": "valid"}.get(str(state).rsplit(".")[-1], "changed")
    return Credentials(state, signer, **said, problems=problems)


def folder() -> Path:
    """Return the folder of the certificates: `SWAPLIB_CREDENTIALS`, or one in the user's settings."""
    from platformdirs import user_config_path

    named = os.environ.get(FOLDER)
    return Path(named) if named else user_config_path("swaplib") / "credentials"


def certificates() -> Path:
    """Return the folder of the certificates, creating them if there are none.

    Raises SwaplibError if that fails.
    """
    place = folder()
    if place.exists():
        if not all((place / name).is_file() for name in ("chain.pem", "key.pem")):
            raise SwaplibError(
                f"{place} lacks chain.pem or key.pem: put them there, or name another folder in {FOLDER}."
            )
        return place
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=".swaplib-", dir=place.parent))
        for name, content in new_certificates().items():
            (new / name).touch(0o600)
            (new / name).write_bytes(content)
        try:
            new.rename(place)
        except OSError:
            shutil.rmtree(new)
            if not place.exists():  # otherwise another process was faster
                raise
    except OSError as error:
        raise SwaplibError(
            f"Can't create certificates in {place} ({error.strerror}): name another folder in {FOLDER}."
        ) from error
    return place


def new_certificates() -> dict[str, bytes]:
    """Create a root and a signer under it, never used before: {file name: PEM}.

    Both names say "self-signed". Needs the extra `credentials`.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    begin = datetime.now(UTC) - timedelta(days=1)

    def name(common):
        parts = {NameOID.ORGANIZATION_NAME: "self-signed by swaplib", NameOID.COMMON_NAME: common}
        return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts.items()])

    def certificate(subject, issuer, key, signed_by, is_root):
        others = "content_commitment key_encipherment data_encipherment key_agreement encipher_only"
        usage = dict.fromkeys([*others.split(), "decipher_only"], False)
        builder = (
            x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(begin + _YEARS)
            .add_extension(x509.BasicConstraints(is_root, None), critical=True)
            .add_extension(
                x509.KeyUsage(digital_signature=True, key_cert_sign=is_root, crl_sign=is_root, **usage),
                critical=True,
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        if not is_root:
            purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
            above = x509.AuthorityKeyIdentifier.from_issuer_public_key(signed_by.public_key())
            builder = builder.add_extension(purpose, critical=False).add_extension(above, critical=False)
        return builder.sign(signed_by, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name, signer_name = name("swaplib root (self-signed)"), name("swaplib signer (self-signed)")
    root = certificate(root_name, root_name, root_key, root_key, True)
    signer = certificate(signer_name, root_name, key, root_key, False)
    return {
        "root.pem": root,
        "chain.pem": signer + root,
        "key.pem": key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    }
