"""What is JSON, by CPython and by pila: the fuzzer's corpus, damaged at random.

usage: json_verdicts.py PILA CORPUS [SEED]

Each text is one that CPython's json.loads takes or refuses, and `pila json valid --python`
must say the same of it, with the same words and place where the text is characters. What is
beyond a limit that can be set (levels, digits) is left out.
"""
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

TEXTS, TOKENS = 4000, [b'"', b"\\", b"\\u", b"\\ud83d", b"[", b"]", b"{", b"}", b",", b":", b"-",
                       b"0", b"1e", b".5", b"NaN", b"nul", b"true", b"\n", b" ", b"\xc3\xa9",
                       b"\xff", b"\x00", b"\t", b"Infinity"]


def damaged(rng, text):
    text = bytearray(text)
    for _ in range(rng.choice([0, 1, 1, 2, 3])):
        at, out = rng.randrange(len(text) + 1), rng.choice([0, 0, 1, 3])
        more = rng.choice([b"", rng.choice(TOKENS), rng.choice(TOKENS),
                           text[rng.randrange(len(text) + 1):][:rng.randrange(20)]])
        text[at:at + out] = more
    return bytes(text)


def verdict(text):
    """CPython's: "" for JSON, else line:column: message, or None where it is not asked."""
    try:
        json.loads(text.decode())
        return ""
    except json.JSONDecodeError as e:
        return f"{e.lineno}:{len(e.doc[:e.pos].rpartition(chr(10))[2].encode()) + 1}: {e.msg}"
    except UnicodeDecodeError:
        return "no text"
    except (RecursionError, ValueError):
        return None


def main():
    pila, corpus = sys.argv[1:3]
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(10**9)
    rng = random.Random(seed)
    seeds = [path.read_bytes()[2:] for path in sorted(pathlib.Path(corpus).iterdir())]
    seeds = [text for text in seeds if len(text) < 2000]
    texts = {}
    with tempfile.TemporaryDirectory() as folder:
        while len(texts) < TEXTS:
            text = damaged(rng, rng.choice(seeds))
            said = verdict(text)
            if said is not None:
                name = f"{len(texts)}.json"
                texts[name] = text, said
                pathlib.Path(folder, name).write_bytes(text)
        ran = subprocess.run([pathlib.Path(pila).resolve(), "json", "valid", "--python",
                              *texts], cwd=folder, capture_output=True)
    got = dict(re.findall(r"^pila json: (\d+\.json):(.*)$",
                          ran.stderr.decode(errors="replace"), re.M))
    wrong = 0
    for name, (text, said) in texts.items():
        same = bool(got.get(name)) == bool(said) if said == "no text" else got.get(name, "") == said
        if not same:
            wrong += 1
            print(f"{text!r}\n  CPython {said!r}\n  pila    {got.get(name, '')!r}")
    print(f"seed {seed}: {len(texts)} texts, {sum(not s for _, s in texts.values())} of them JSON, "
          f"{wrong} verdicts differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
