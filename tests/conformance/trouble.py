#!/usr/bin/env python3
"""What the judge says of implementations and vectors that are not as they should be.

    trouble.py JUDGE
"""
import gzip
import pathlib
import subprocess
import sys
import tempfile

CASES = [b'{"id":%d,"m":"deque","ops":[],"want":{"r":[],"state":[%d]}}\n' % (n, n)
         for n in range(1, 6)]
ANSWER = "print('{\"id\":%s,\"r\":[],\"state\":[%s]}' % (n, n), flush=True)"

# what it does from the third case on, what the judge says, how many faults and differences
TROUBLE = [
    ("nothing out of the way", "pass", "ok", 0, 0),
    ("dies", "os._exit(3)", "ended with status 3", 3, 0),
    ("dies once", "n == '3' and os._exit(3)", "ended with status 3", 1, 0),
    ("is killed", "os.kill(os.getpid(), 9)", "died of signal 9", 3, 0),
    ("hangs once", "n == '3' and time.sleep(60)", "no answer for 1 s", 1, 0),
    ("says nonsense", "print('spam', flush=True); continue", "the answer is no JSON", 3, 0),
    ("says no map", "print('[1]', flush=True); continue", "the answer is no JSON", 3, 0),
    ("says half a line", "sys.stdout.write('{\"id\"'); sys.stdout.flush(); os._exit(0)",
     "ended with status 0", 3, 0),
    ("answers another case", "n = '9'", "differs", 0, 3),
    ("says more than it is asked", "print(end='')", "ok", 0, 0),
]
PROGRAM = """
import os, re, sys, time
for line in sys.stdin:
    n = re.match(r'.*?"id":(\\d+)', line)[1]
    if n >= '3':
        %s
    %s
"""


def judge(*words):
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout


def implementations(program, folder):
    """Each kind of bad implementation: its fault is named, and the run goes on."""
    vectors = folder / "deque.jsonl"
    vectors.write_bytes(b"".join(CASES))
    for name, does, says, faults, wrong in TROUBLE:
        script = folder / "program.py"
        script.write_text(PROGRAM % (does, ANSWER))
        code, text = judge(program, "-t", "1", vectors, "--", sys.executable, script)
        row = [line.split() for line in text.splitlines() if " cases " in line]
        good = (says in text and len(row) == 1 and int(row[0][1]) == 5 and
                int(row[0][3]) == wrong and int(row[0][5]) == faults and
                code == bool(faults or wrong))
        yield f"it {name}", good, f"exit {code}\n{text}"


def files(program, folder):
    """Vectors cut short, packed or not, are a fault of the run."""
    script = folder / "program.py"
    script.write_text(PROGRAM % ("pass", ANSWER))
    whole, packed = b"".join(CASES), gzip.compress(b"".join(CASES))
    kinds = [("cut in a line", "a.jsonl", whole[:-20], "cut short"),
             ("without what is wanted", "b.jsonl", whole + b'{"id":6}\n', "cut short"),
             ("packed, and cut", "c.jsonl.gz", packed[:-12], "cut short"),
             ("not packed, named so", "d.jsonl.gz", whole, "cut short"),
             ("empty", "e.jsonl", b"", "FAILED"), ("none", "f.jsonl", None, "no such file")]
    for name, file, content, says in kinds:
        if content is not None:
            (folder / file).write_bytes(content)
        code, text = judge(program, "-t", "5", folder / file, "--", sys.executable, script)
        yield f"vectors {name}", code == 1 and says in text, f"exit {code}\n{text}"


def main():
    failed = cases = 0
    with tempfile.TemporaryDirectory() as folder:
        for part in implementations, files:
            for name, good, text in part(sys.argv[1], pathlib.Path(folder)):
                cases += 1
                failed += not good
                if not good:
                    print(f"{name}: {text}")
    print(f"{cases} cases, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
