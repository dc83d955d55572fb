"""One file of CPython's tests, with pila standing in: a line of JSON a test, at once.

    one_file.py EXTENSIONS test_NAME MODULE,MODULE... < PATTERNS

EXTENSIONS is where the extension modules are, PATTERNS a JSON list: the tests to leave
out, as in a shell. A crash ends the lines, which tells where.
"""
import fnmatch
import json
import sys
import unittest

import overlay


class Result(unittest.TestResult):
    """Says how each test went as soon as it is over."""

    def __init__(self, name, extensions):
        super().__init__()
        self.name, self.extensions = name, extensions

    def calls(self):
        return sum(extension.core_calls() for extension in self.extensions)

    def say(self, **row):
        print(json.dumps(row), flush=True)

    def startTest(self, test):
        super().startTest(test)
        self.outcome, self.text, self.before = "pass", "", self.calls()
        self.say(starts=full_id(test, self.name))

    def stopTest(self, test):
        super().stopTest(test)
        self.say(id=full_id(test, self.name), outcome=self.outcome, text=self.text,
                 calls=self.calls() - self.before)

    def bad(self, test, exception):
        text = f"{exception[0].__name__}: {exception[1]}"[:300]
        if isinstance(test, unittest.TestCase):
            self.outcome, self.text = "fail", text
        else:  # of a whole class or module
            self.say(id=str(test), outcome="fail", text=text, calls=0)

    def addError(self, test, err):
        super().addError(test, err)
        self.bad(test, err)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.bad(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.bad(test, err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.outcome, self.text = "skip", reason
        if not isinstance(test, unittest.TestCase):
            self.say(id=str(test), outcome="skip", text=reason, calls=0)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.outcome = "fail"


def full_id(test, name):
    """As the manifest has it: doctests too begin with their file."""
    known = test.id()
    return known if known.startswith("test.") else f"test.{name}.{known}"


def flat(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flat(test)
        else:
            yield test


def main():
    where, name, modules = sys.argv[1:4]
    sys.path.insert(0, where)
    extensions = overlay.install(modules.split(","))
    import test.support
    test.support.verbose = 0
    test.support.use_resources = ["cpu"]
    leave_out = [f"test.{name}.{p}" for p in json.load(sys.stdin)]
    suite = unittest.defaultTestLoader.loadTestsFromName("test." + name)
    chosen = [t for t in flat(suite)
              if not any(fnmatch.fnmatchcase(full_id(t, name), p) for p in leave_out)]
    unittest.TestSuite(chosen).run(Result(name, extensions))


if __name__ == "__main__":
    main()
