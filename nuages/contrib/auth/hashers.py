"""Password hashing. Hashes are interchangeable with Django's: `algorithm$parameters$salt$hash`.

Hashing takes long on purpose; in a worker it happens in a thread, so that the event loop stays free.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import importlib
import math
import warnings
from collections.abc import Callable
from typing import Any

from nuages.conf import settings
from nuages.core.exceptions import ImproperlyConfigured
from nuages.core.signals import setting_changed
from nuages.dispatch import receiver
from nuages.spine import call, offload, twin
from nuages.utils.crypto import RANDOM_STRING_CHARS, constant_time_compare, get_random_string, pbkdf2
from nuages.utils.encoding import force_bytes, force_str
from nuages.utils.module_loading import import_string
from nuages.utils.translation import gettext_noop as _

UNUSABLE_PASSWORD_PREFIX = "!"
#: Long enough that no two unusable passwords are the same.
UNUSABLE_PASSWORD_SUFFIX_LENGTH = 40

_NO_DOLLAR = "salt must be provided and cannot contain $."


def is_password_usable(encoded: str | None) -> bool:
    """Say whether this hash may belong to a password; those made for None do not."""
    return encoded is None or not encoded.startswith(UNUSABLE_PASSWORD_PREFIX)


def verify_password(password: Any, encoded: Any, preferred: Any = "default") -> tuple[bool, bool]:
    """Return (whether the password is right, whether it should be hashed anew)."""
    fake = password is None or not is_password_usable(encoded)
    preferred = get_hasher(preferred)
    try:
        hasher = identify_hasher(encoded)
    except ValueError:
        # Nothing that any hasher knows.
        fake = True
    if fake:
        # As long as it would take with a real one, so that nobody learns which accounts have a password.
        make_password(get_random_string(UNUSABLE_PASSWORD_SUFFIX_LENGTH))
        return False, False
    changed = hasher.algorithm != preferred.algorithm
    must_update = changed or preferred.must_update(encoded)
    correct = hasher.verify(password, encoded)
    # A hash with fewer rounds than are usual now is made to take as long as the others.
    if not correct and not changed and must_update:
        hasher.harden_runtime(password, encoded)
    return correct, must_update


def check_password(password: Any, encoded: Any, setter: Any = None, preferred: Any = "default") -> bool:
    """Say whether `password` is the one that was hashed; `setter(password)` is called when a new hash is due."""
    correct, must_update = offload(verify_password, password, encoded, preferred=preferred)
    if setter and correct and must_update:
        call(setter, password)
    return correct


acheck_password = twin(check_password)


def make_password(password: Any, salt: Any = None, hasher: Any = "default") -> str:
    """Return the hash to store for a password; for None, one that no password matches."""
    if password is None:
        return UNUSABLE_PASSWORD_PREFIX + get_random_string(UNUSABLE_PASSWORD_SUFFIX_LENGTH)
    if not isinstance(password, bytes | str):
        raise TypeError(f"Password must be a string or bytes, got {type(password).__qualname__}.")
    chosen = get_hasher(hasher)
    return offload(chosen.encode, password, salt or chosen.salt())


@functools.lru_cache
def get_hashers() -> list[Any]:
    """Return the hashers of PASSWORD_HASHERS; the first hashes new passwords."""
    hashers = []
    for path in settings.PASSWORD_HASHERS:
        hasher = import_string(path)()
        if not hasher.algorithm:
            raise ImproperlyConfigured(f"hasher doesn't specify an algorithm name: {path}")
        hashers.append(hasher)
    return hashers


@functools.lru_cache
def get_hashers_by_algorithm() -> dict[str, Any]:
    """Return the hashers by the name of their algorithm."""
    return {hasher.algorithm: hasher for hasher in get_hashers()}


@receiver(setting_changed)
def reset_hashers(*, setting: str, **kwargs: Any) -> None:
    """Read PASSWORD_HASHERS anew when a test changes it."""
    if setting == "PASSWORD_HASHERS":
        get_hashers.cache_clear()
        get_hashers_by_algorithm.cache_clear()


def get_hasher(algorithm: Any = "default") -> Any:
    """Return the hasher of an algorithm, or the preferred one; a hasher is returned as it is."""
    if hasattr(algorithm, "algorithm"):
        return algorithm
    if algorithm == "default":
        return get_hashers()[0]
    known = get_hashers_by_algorithm()
    if algorithm not in known:
        raise ValueError(
            f"Unknown password hashing algorithm '{algorithm}'. Did you specify it in the PASSWORD_HASHERS setting?"
        )
    return known[algorithm]


def identify_hasher(encoded: str) -> Any:
    """Return the hasher that made a hash. Raises `ValueError` when there is none."""
    # Very old hashes have no algorithm's name: 32 hexadecimal digits, with or without an empty one.
    if (len(encoded) == 32 and "$" not in encoded) or (len(encoded) == 37 and encoded.startswith("md5$$")):
        return get_hasher("unsalted_md5")
    if len(encoded) == 46 and encoded.startswith("sha1$$"):
        return get_hasher("unsalted_sha1")
    return get_hasher(encoded.partition("$")[0])


def mask_hash(hash: str, show: int = 6, char: str = "*") -> str:
    """Return a hash of which only the beginning can be read."""
    return hash[:show] + char * len(hash[show:])


def must_update_salt(salt: Any, expected_entropy: float) -> bool:
    """Say whether a salt has less entropy than new ones."""
    return len(salt) * math.log2(len(RANDOM_STRING_CHARS)) < expected_entropy


class BasePasswordHasher:
    """A way of hashing. Subclasses give `algorithm`, `encode`, `decode`, `verify`, `safe_summary`, `harden_runtime`."""

    algorithm: str | None = None
    library: Any = None
    #: Bits of randomness in a salt.
    salt_entropy = 128

    def _load_library(self) -> Any:
        if self.library is None:
            raise ValueError(f"Hasher {type(self).__name__!r} doesn't specify a library attribute")
        module = self.library[1] if isinstance(self.library, tuple | list) else self.library
        try:
            return importlib.import_module(module)
        except ImportError as error:
            raise ValueError(f"Couldn't load {type(self).__name__!r} algorithm library: {error}") from error

    def salt(self) -> Any:
        """Return a new salt."""
        return get_random_string(math.ceil(self.salt_entropy / math.log2(len(RANDOM_STRING_CHARS))))

    def verify(self, password: Any, encoded: str) -> bool:
        """Say whether the password is the one that was hashed."""
        raise NotImplementedError("subclasses of BasePasswordHasher must provide a verify() method")

    def _check_encode_args(self, password: Any, salt: Any) -> None:
        if password is None:
            raise TypeError("password must be provided.")
        if not salt or "$" in force_str(salt):
            raise ValueError(_NO_DOLLAR)

    def encode(self, password: Any, salt: Any) -> str:
        """Return the hash to store."""
        raise NotImplementedError("subclasses of BasePasswordHasher must provide an encode() method")

    def decode(self, encoded: str) -> dict[str, Any]:
        """Return the parts of a hash: algorithm, hash, salt and others."""
        raise NotImplementedError("subclasses of BasePasswordHasher must provide a decode() method")

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        """Return what may be shown of a hash."""
        raise NotImplementedError("subclasses of BasePasswordHasher must provide a safe_summary() method")

    def must_update(self, encoded: str) -> bool:
        """Say whether the hash was made with weaker parameters than are usual now."""
        return False

    def harden_runtime(self, password: Any, encoded: str) -> None:
        """Do the work that a hash with weaker parameters saved."""
        warnings.warn(
            "subclasses of BasePasswordHasher should provide a harden_runtime() method", stacklevel=2
        )


class PBKDF2PasswordHasher(BasePasswordHasher):
    """PBKDF2 with SHA-256."""

    algorithm = "pbkdf2_sha256"
    iterations = 1_500_000
    digest: Callable[..., Any] = hashlib.sha256

    def encode(self, password: Any, salt: Any, iterations: int | None = None) -> str:
        self._check_encode_args(password, salt)
        rounds = iterations or self.iterations
        hashed = pbkdf2(password, salt, rounds, digest=type(self).digest)
        return f"{self.algorithm}${rounds}${force_str(salt)}${base64.b64encode(hashed).decode('ascii')}"

    def decode(self, encoded: str) -> dict[str, Any]:
        algorithm, iterations, salt, hashed = encoded.split("$", 3)
        assert algorithm == self.algorithm
        return {"algorithm": algorithm, "hash": hashed, "iterations": int(iterations), "salt": salt}

    def verify(self, password: Any, encoded: str) -> bool:
        known = self.decode(encoded)
        return constant_time_compare(encoded, self.encode(password, known["salt"], known["iterations"]))

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        known = self.decode(encoded)
        shown = {_("algorithm"): known["algorithm"], _("iterations"): known["iterations"]}
        return shown | {_("salt"): mask_hash(known["salt"]), _("hash"): mask_hash(known["hash"])}

    def must_update(self, encoded: str) -> bool:
        known = self.decode(encoded)
        return known["iterations"] != self.iterations or must_update_salt(known["salt"], self.salt_entropy)

    def harden_runtime(self, password: Any, encoded: str) -> None:
        known = self.decode(encoded)
        missing = self.iterations - known["iterations"]
        if missing > 0:
            self.encode(password, known["salt"], missing)


class PBKDF2SHA1PasswordHasher(PBKDF2PasswordHasher):
    """PBKDF2 with SHA-1, as some other systems have it."""

    algorithm = "pbkdf2_sha1"
    digest = hashlib.sha1


class Argon2PasswordHasher(BasePasswordHasher):
    """Argon2id, the winner of the Password Hashing Competition. New projects use it first."""

    algorithm = library = "argon2"
    time_cost, memory_cost, parallelism = 2, 102400, 8

    def encode(self, password: Any, salt: Any) -> str:
        argon2 = self._load_library()
        costs = self.params()
        data = argon2.low_level.hash_secret(
            force_bytes(password), force_bytes(salt), time_cost=costs.time_cost, memory_cost=costs.memory_cost,
            parallelism=costs.parallelism, hash_len=costs.hash_len, type=costs.type,
        )  # fmt: skip
        return self.algorithm + data.decode("ascii")

    def decode(self, encoded: str) -> dict[str, Any]:
        argon2 = self._load_library()
        algorithm, rest = encoded.split("$", 1)
        assert algorithm == self.algorithm
        params = argon2.extract_parameters("$" + rest)
        variety, *_others, salt, hashed = rest.split("$")
        padding = "=" * (-len(salt) % 4)
        return {
            "algorithm": algorithm,
            "hash": hashed,
            "memory_cost": params.memory_cost,
            "parallelism": params.parallelism,
            "salt": base64.b64decode(salt + padding).decode("latin1"),
            "time_cost": params.time_cost,
            "variety": variety,
            "version": params.version,
            "params": params,
        }

    def verify(self, password: Any, encoded: str) -> bool:
        argon2 = self._load_library()
        algorithm, rest = encoded.split("$", 1)
        assert algorithm == self.algorithm
        try:
            return argon2.PasswordHasher().verify(f"${rest}", password)
        except argon2.exceptions.VerificationError:
            return False

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        known = self.decode(encoded)
        names = {"variety": _("variety"), "version": _("version"), "memory_cost": _("memory cost")}
        names |= {"time_cost": _("time cost"), "parallelism": _("parallelism")}
        shown = {_("algorithm"): known["algorithm"]} | {label: known[name] for name, label in names.items()}
        return shown | {_("salt"): mask_hash(known["salt"]), _("hash"): mask_hash(known["hash"])}

    def must_update(self, encoded: str) -> bool:
        known = self.decode(encoded)
        wanted = self.params()
        # The length of the salt does not belong to the parameters: it is looked at by itself.
        wanted.salt_len = known["params"].salt_len
        return known["params"] != wanted or must_update_salt(known["salt"], self.salt_entropy)

    def harden_runtime(self, password: Any, encoded: str) -> None:
        """Nothing: the work of Argon2 depends on three costs, and is not additive."""

    def params(self) -> Any:
        """Return the parameters that new hashes are made with."""
        argon2 = self._load_library()
        costs = {name: getattr(self, name) for name in ("time_cost", "memory_cost", "parallelism")}
        lengths = {"salt_len": argon2.DEFAULT_RANDOM_SALT_LENGTH, "hash_len": argon2.DEFAULT_HASH_LENGTH}
        variant = {"type": argon2.low_level.Type.ID, "version": argon2.low_level.ARGON2_VERSION}
        return argon2.Parameters(**variant, **lengths, **costs)


class BCryptSHA256PasswordHasher(BasePasswordHasher):
    """bcrypt over SHA-256, so that passwords of any length count as a whole."""

    algorithm = "bcrypt_sha256"
    digest: Any = hashlib.sha256
    library = ("bcrypt", "bcrypt")
    rounds = 12

    def salt(self) -> Any:
        return self._load_library().gensalt(self.rounds)

    def encode(self, password: Any, salt: Any) -> str:
        bcrypt = self._load_library()
        secret, digest = force_bytes(password), type(self).digest
        if digest is not None:
            # As hexadecimal digits: bcrypt ends at a zero byte.
            secret = digest(secret).hexdigest().encode("ascii")
        else:
            secret = secret[:72]  # what bcrypt looks at
        return f"{self.algorithm}${bcrypt.hashpw(secret, force_bytes(salt)).decode('ascii')}"

    def decode(self, encoded: str) -> dict[str, Any]:
        algorithm, _nothing, variant, factor, data = encoded.split("$", 4)
        assert algorithm == self.algorithm
        return {
            "algorithm": algorithm,
            "algostr": variant,
            "checksum": data[22:],
            "salt": data[:22],
            "work_factor": int(factor),
        }

    def verify(self, password: Any, encoded: str) -> bool:
        algorithm, data = encoded.split("$", 1)
        assert algorithm == self.algorithm
        return constant_time_compare(encoded, self.encode(password, data.encode("ascii")))

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        known = self.decode(encoded)
        shown = {_("algorithm"): known["algorithm"], _("work factor"): known["work_factor"]}
        return shown | {_("salt"): mask_hash(known["salt"]), _("checksum"): mask_hash(known["checksum"])}

    def must_update(self, encoded: str) -> bool:
        return self.decode(encoded)["work_factor"] != self.rounds

    def harden_runtime(self, password: Any, encoded: str) -> None:
        data = encoded.partition("$")[2]
        # The factor is an exponent, and stands in the salt that the work is repeated with.
        missing = 2 ** (self.rounds - self.decode(encoded)["work_factor"]) - 1
        for _again in range(int(missing)):
            self.encode(password, force_bytes(data[:29]))


class BCryptPasswordHasher(BCryptSHA256PasswordHasher):
    """Plain bcrypt, which looks at the first 72 bytes of a password only."""

    algorithm = "bcrypt"
    digest = None


class ScryptPasswordHasher(BasePasswordHasher):
    """scrypt."""

    algorithm = "scrypt"
    work_factor, block_size, parallelism = 2**14, 8, 5
    maxmem = 0

    def encode(
        self, password: Any, salt: Any, n: int | None = None, r: int | None = None, p: int | None = None
    ) -> str:
        self._check_encode_args(password, salt)
        n, r, p = n or self.work_factor, r or self.block_size, p or self.parallelism
        hashed = hashlib.scrypt(
            force_bytes(password), salt=force_bytes(salt), n=n, r=r, p=p, maxmem=self.maxmem, dklen=64
        )
        return f"{self.algorithm}${n}${force_str(salt)}${r}${p}${base64.b64encode(hashed).decode('ascii')}"

    def decode(self, encoded: str) -> dict[str, Any]:
        algorithm, work_factor, salt, block_size, parallelism, hashed = encoded.split("$", 6)
        assert algorithm == self.algorithm
        costs = {"work_factor": work_factor, "block_size": block_size, "parallelism": parallelism}
        return {"algorithm": algorithm, "salt": salt, "hash": hashed} | {
            name: int(cost) for name, cost in costs.items()
        }

    def verify(self, password: Any, encoded: str) -> bool:
        known = self.decode(encoded)
        costs = known["work_factor"], known["block_size"], known["parallelism"]
        return constant_time_compare(encoded, self.encode(password, known["salt"], *costs))

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        known = self.decode(encoded)
        names = {
            "work_factor": _("work factor"),
            "block_size": _("block size"),
            "parallelism": _("parallelism"),
        }
        shown = {_("algorithm"): known["algorithm"]} | {label: known[name] for name, label in names.items()}
        return shown | {_("salt"): mask_hash(known["salt"]), _("hash"): mask_hash(known["hash"])}

    def must_update(self, encoded: str) -> bool:
        known = self.decode(encoded)
        costs = self.work_factor, self.block_size, self.parallelism
        return (known["work_factor"], known["block_size"], known["parallelism"]) != costs

    def harden_runtime(self, password: Any, encoded: str) -> None:
        """Nothing: the work of scrypt depends on three parameters, and is not additive."""


class MD5PasswordHasher(BasePasswordHasher):
    """Salted MD5: for quick tests, and to read old hashes. Never for real passwords."""

    algorithm = "md5"

    def encode(self, password: Any, salt: Any) -> str:
        self._check_encode_args(password, salt)
        hashed = hashlib.md5(force_bytes(salt) + force_bytes(password), usedforsecurity=False).hexdigest()
        return f"{self.algorithm}${force_str(salt)}${hashed}"

    def decode(self, encoded: str) -> dict[str, Any]:
        algorithm, salt, hashed = encoded.split("$", 2)
        assert algorithm == self.algorithm
        return {"algorithm": algorithm, "hash": hashed, "salt": salt}

    def verify(self, password: Any, encoded: str) -> bool:
        return constant_time_compare(encoded, self.encode(password, self.decode(encoded)["salt"]))

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        known = self.decode(encoded)
        hidden = {_("salt"): mask_hash(known["salt"], show=2), _("hash"): mask_hash(known["hash"])}
        return {_("algorithm"): known["algorithm"]} | hidden

    def must_update(self, encoded: str) -> bool:
        return must_update_salt(self.decode(encoded)["salt"], self.salt_entropy)

    def harden_runtime(self, password: Any, encoded: str) -> None:
        """Nothing: there is nothing to harden."""
