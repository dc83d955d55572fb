"""Puts pila's types and functions where CPython's own modules have theirs.

A built-in accelerator can't be shadowed by a file, and tests import modules afresh, with
others blocked. So a finder goes first on sys.meta_path, lets the true loader run, and then
sets the names; what is imported already gets them at once.
"""
import importlib
import importlib.abc
import sys

HASHES = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_224", "sha3_256",
          "sha3_384", "sha3_512", "shake_128", "shake_256"]
# module -> extension, names of it that stand in for the module's own; Class.method is
# Class_method there
STANDS_IN = {
    "_collections": ("pila_collections", ["deque", "_deque_iterator",
                                          "_deque_reverse_iterator", "defaultdict",
                                          "OrderedDict"]),
    "collections": ("pila_collections", ["Counter"]),
    "_heapq": ("pila_heapq", ["heappush", "heappop", "heapify", "heapreplace", "heappushpop",
                              "_heappop_max", "_heapify_max", "_heapreplace_max"]),
    "heapq": ("pila_heapq", ["nlargest", "nsmallest", "merge"]),
    "_bisect": ("pila_bisect", ["bisect", "bisect_left", "bisect_right", "insort",
                                "insort_left", "insort_right"]),
    "itertools": ("pila_itertools", None),  # all it has
    "_functools": ("pila_functools", ["reduce", "partial", "cmp_to_key",
                                      "_lru_cache_wrapper"]),
    "_struct": ("pila_struct", None),
    "_json": ("pila_json", ["make_scanner", "make_encoder", "scanstring",
                            "encode_basestring", "encode_basestring_ascii"]),
    "json.encoder": ("pila_json", ["_make_iterencode"]),
    "json.decoder": ("pila_json", ["JSONDecoder.decode"]),
    "json": ("pila_json", ["detect_encoding"]),
    "_pickle": ("pila_pickle", None),
    "pickletools": ("pila_pickletools", ["genops", "dis", "optimize"]),
    "base64": ("pila_base64", None),
    "binascii": ("pila_binascii", None),
    "_hashlib": ("pila_hashlib", ["HASH", "HASHXOF", "HMAC", "new", "pbkdf2_hmac", "scrypt",
                                  "hmac_new", "hmac_digest", "compare_digest",
                                  "openssl_md_meth_names",
                                  *(f"openssl_{name}" for name in HASHES)]),
    "_md5": ("pila_hashlib", ["md5"]),
    "_sha1": ("pila_hashlib", ["sha1"]),
    "_sha256": ("pila_hashlib", ["sha224", "sha256"]),
    "_sha512": ("pila_hashlib", ["sha384", "sha512"]),
    "_sha3": ("pila_hashlib", HASHES[6:]),
    "_blake2": ("pila_hashlib", ["blake2b", "blake2s"]),
    "_operator": ("pila_hashlib", ["_compare_digest"]),
    "zlib": ("pila_zlib", None),
    "gzip": ("pila_gzip", ["GzipFile", "compress", "decompress"]),
}
# a public module takes ours only where its accelerator is not blocked
ACCELERATOR = {"collections": "_collections", "heapq": "_heapq", "json": "_json",
               "json.decoder": "_json", "json.encoder": "_json"}

# accelerator -> modules that the tests get anew, as they keep what they import
AFRESH = {"_json": ["json"], "_hashlib": ["hashlib", "hmac"]}

active = {}  # module -> {name: object}


def own_name(name):
    return name.replace(".", "_")


def extension_names(extension, names):
    return [name for name in dir(extension) if not name.startswith("__")] if names is None \
        else [name for name in names if hasattr(extension, own_name(name))]


def set_names(module):
    accelerator = ACCELERATOR.get(module.__name__)
    if accelerator and sys.modules.get(accelerator, module) is None:
        return
    for name, value in active[module.__name__].items():
        owner, _, attribute = name.rpartition(".")
        setattr(getattr(module, owner) if owner else module, attribute, value)


class Loader(importlib.abc.Loader):
    """The true loader, and then the names."""

    def __init__(self, true):
        self.true = true

    def create_module(self, spec):
        return self.true.create_module(spec)

    def exec_module(self, module):
        self.true.exec_module(module)
        set_names(module)

    def __getattr__(self, name):
        return getattr(self.true, name)


class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name not in active:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None:
                spec.loader = Loader(spec.loader)
                return spec
        return None


def install(modules):
    """Let pila stand in for these modules; the extensions that are loaded."""
    extensions = {}
    for module in modules:
        name, names = STANDS_IN[module]
        extension = extensions[name] = importlib.import_module(name)
        active[module] = {n: getattr(extension, own_name(n))
                          for n in extension_names(extension, names) if n != "core_calls"}
    sys.meta_path.insert(0, Finder())
    for accelerator, publics in AFRESH.items():
        for name in list(sys.modules):
            if accelerator in active and name.partition(".")[0] in publics:
                del sys.modules[name]
    for module in modules:
        if module in sys.modules:
            set_names(sys.modules[module])
    for public, accelerator in (("collections", "_collections"), ("heapq", "_heapq"),
                                ("bisect", "_bisect"), ("functools", "_functools"),
                                ("struct", "_struct"), ("pickle", "_pickle")):
        loaded = sys.modules.get(public)
        for name, value in active.get(accelerator, {}).items():
            if loaded and name in loaded.__dict__:
                setattr(loaded, name, value)
    if "_collections" in active:
        import collections.abc
        collections.abc.MutableSequence.register(active["_collections"]["deque"])
    return list(extensions.values())
