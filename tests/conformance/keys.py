"""The key functions that a case may name; modules/keys.h has the same for pila."""
from oracle import plain

FUNCTIONS = {
    "neg": lambda x: -plain(x),
    "mod": lambda x: plain(x) % 3,
    "repr": repr,
    "width": lambda x: len(repr(x)),
    "same": lambda x: x,
}
ANY = ["repr", "width", "same"]
OF_INTEGERS = ANY + ["neg", "mod"]


def key_of(case, name):
    """The function of a name; None: there is no name."""
    def key(item):
        case.call_out("key")
        return FUNCTIONS[name](item)
    return name and key
