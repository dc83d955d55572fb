"""How options are spelt, what goes together, what is refused, and what help says."""
import json
import os
import re

SMALL = b"b a\nb\na b\n"

SPELLINGS = [
    # name, options, output for SMALL
    ("a long option", ["--words", "--most-common", "1"], b"3\tb\n"),
    ("with =", ["--words", "--most-common=1"], b"3\tb\n"),
    ("a letter", ["-w", "-c", "1"], b"3\tb\n"),
    ("a letter with its argument", ["-w", "-c1"], b"3\tb\n"),
    ("letters together", ["-wc1"], b"3\tb\n"),
    ("letters together, the argument apart", ["-wic", "1"], b"3\tb\n"),
    ("the last one counts", ["--words", "--lines", "-c1"], b"1\tb a\n"),
    ("the last number counts", ["-w", "-c2", "-c1"], b"3\tb\n"),
    ("lines are the default", ["-l"], b"1\tb a\n1\tb\n1\ta b\n"),
    ("an operand called -", ["-w", "-c1", "-"], b"3\tb\n"),
    ("-- alone", ["-w", "-c1", "--"], b"3\tb\n"),
    ("- behind --", ["-w", "-c1", "--", "-"], b"3\tb\n"),
    ("stdin twice is stdin once", ["-w", "-", "-"], b"3\tb\n2\ta\n"),
    ("--color", ["-wc1", "--color", "always"], b"3\tb\n"),
    ("--in lines, --out lines", ["-w", "-c1", "--in=lines", "--out=lines"], b"3\tb\n"),
    ("--in nul, --out nul", ["--in=nul", "--out=nul"], b"1\tb a\nb\na b\n\0"),
    ("-0 is -z", ["-w0"], b"3\tb\x002\ta\0"),
    ("-z in, JSON Lines out", ["-z", "--out=jsonl"], b'{"count":1,"key":"b a\\nb\\na b\\n"}\n'),
    ("the same in the other order", ["--out=jsonl", "-z"],
     b'{"count":1,"key":"b a\\nb\\na b\\n"}\n'),
    ("-z in, CSV out", ["-wz", "--out", "csv"], b"3,b\n2,a\n"),
    ("-z --uniq-c", ["-wz", "--uniq-c"], b"      3 b\0      2 a\0"),
    ("a size", ["-w", "-c1", "--max-record", "1K"], b"3\tb\n"),
    ("--errors", ["-w", "-c1", "--errors=report"], b"3\tb\n"),
    ("--no-progress", ["-w", "-c1", "--no-progress"], b"3\tb\n"),
    ("--line-buffered", ["-w", "--line-buffered"], b"3\tb\n2\ta\n"),
    ("--min-count with a sign", ["-w", "--min-count", "+3"], b"3\tb\n"),
]

WRONG = [
    # name, options, message
    ("an unknown option", ["--wrods"], r"no option --wrods; did you mean --words\?"),
    ("an unknown option with =", ["--most-comon=3"], r"no option --most-comon; .*--most-common\?"),
    ("no likeness", ["--zebra-crossing"], r"no option --zebra-crossing; --help shows them"),
    ("an unknown letter", ["-y"], r"no option -y; --help shows them"),
    ("an unknown letter among known ones", ["-wy"], r"no option -y"),
    ("-h", ["-h"], r"no option -h; --help shows them"),
    ("an abbreviation", ["--word"], r"no option --word; did you mean --words\?"),
    ("a short abbreviation", ["--most", "3"], r"no option --most; did you mean --most-common\?"),
    ("an abbreviation with =", ["--dist=1"], r"no option --dist; did you mean --distinct\?"),
    ("no name at all", ["--=3"], r"no option --;"),
    ("a flag with an argument", ["--words=1"], r"--words takes no argument"),
    ("a missing argument", ["--most-common"], r"--most-common needs N"),
    ("a missing argument of a letter", ["-wc"], r"--most-common needs N"),
    ("a missing choice", ["--in"], r"--in needs lines\|nul\|jsonl\|csv\|tsv"),
    ("no number", ["-c", "x"], r"--most-common: 'x' is no number"),
    ("an empty number", ["-c", ""], r"--most-common: '' is no number"),
    ("a number with a space", ["-c", " 1"], r"' 1' is no number"),
    ("a number with a tab", ["-c", "\t1"], r"is no number"),
    ("a number with a unit", ["-c", "1K"], r"'1K' is no number"),
    ("a fraction", ["-c", "1.5"], r"'1.5' is no number"),
    ("a negative rank", ["-c", "-1"], r"'-1' is too small"),
    ("a negative rank, lowest", ["--least-common=-1"], r"'-1' is too small"),
    ("2^63", ["-c9223372036854775808"], r"is too large"),
    ("a size of 0", ["--max-record=0"], r"'0' is too small"),
    ("a size of 2^63", ["--max-record=9007199254740992K"], r"is too large"),
    ("an unknown unit", ["--max-record=1T"], r"'1T' is no number"),
    ("an unknown format", ["--out", "xml"], r"--out: 'xml' is none of lines\|nul\|jsonl"),
    ("a part of a format", ["--out", "json"], r"--out: 'json' is none of"),
    ("a misspelt format", ["--in", "jsnl"],
     r"--in: 'jsnl' is none of lines\|nul\|jsonl\|csv\|tsv; did you mean jsonl\?$"),
    ("a misspelt format with =", ["--in=jsnl"], r"none of .*; did you mean jsonl\?$"),
    ("a format with letters swapped", ["--out=cvs"], r"none of .*; did you mean csv\?$"),
    ("a format with a letter too many", ["--out=liness"], r"; did you mean lines\?$"),
    ("a format in capitals", ["--out=CSV"], r"; did you mean csv\?$"),
    ("an option in capitals", ["--Words"], r"no option --Words; did you mean --words\?$"),
    ("an unknown format is far", ["--out=xml"], r"is none of lines\|nul\|jsonl\|csv\|tsv$"),
    ("an empty format", ["--out="], r"'' is none of lines\|nul\|jsonl\|csv\|tsv$"),
    ("a misspelt colour", ["--color=alwyas"], r"; did you mean always\?$"),
    ("an unknown colour", ["--color=red"], r"is none of auto\|always\|never$"),
    ("an unknown policy", ["--errors=ignore"], r"--errors: 'ignore' is none of fail\|skip"),
    ("65 others", ["--add=f"] * 65, r"--add: 'f' is one too many"),
    ("a message stays one when options follow", ["--bogus", "--help"], r"no option --bogus"),
]

SENSELESS = [
    # options, message
    (["-c1", "--least-common=1"], "exclude each other"),
    (["-c1", "--elements"], "a rank means nothing"),
    (["-c1", "--distinct"], "a rank means nothing"),
    (["-c1", "--total"], "a rank means nothing"),
    (["--least-common=1", "--partial"], "a rank means nothing"),
    (["--partial", "--min-count=1"], "--partial takes no"),
    (["--partial", "--subtract", "f"], "--partial takes no"),
    (["--partial", "--add=f"], "--partial takes no"),
    (["--partial", "--out=csv"], "--partial is written as"),
    (["--partial", "--out=tsv"], "--partial is written as"),
    (["--partial", "--uniq-c"], "--uniq-c is a layout"),
    (["--uniq-c", "--out=jsonl"], "--uniq-c is a layout"),
    (["--uniq-c", "--out=csv"], "--uniq-c is a layout"),
    (["--uniq-c", "--elements"], "--uniq-c is a layout"),
    (["--sorted"], "--sorted goes with"),
    (["--sorted", "--distinct"], "--sorted goes with"),
    (["--sorted", "--merge", "-c1"], "--merge --sorted keeps no counts"),
    (["--sorted", "--merge", "--least-common=1"], "--merge --sorted keeps no counts"),
    (["--sorted", "--merge", "--and=f"], "--merge --sorted keeps no counts"),
    (["--sorted", "--merge", "--distinct"], "--merge --sorted keeps no counts"),
    (["--sorted", "--merge", "--total"], "--merge --sorted keeps no counts"),
    (["--sorted", "--merge", "--elements"], "--merge --sorted keeps no counts"),
    (["--merge", "--in=csv"], "--merge reads partials"),
    (["--merge", "--in=tsv"], "--merge reads partials"),
    (["--merge", "-f1"], "--merge reads partials"),
    (["--merge", "-d,"], "--merge reads partials"),
    (["--merge", "-H"], "--merge reads partials"),
    (["--merge", "--split=1/2"], "--merge reads partials"),
    (["--merge", "-i"], "--ignore-case goes with --partial"),
    (["--merge", "--errors=skip"], "--merge stops at a malformed line"),
    (["--words", "-f1"], "--words and --chars count text"),
    (["--words", "-H"], "--words and --chars count text"),
    (["--words", "-d,"], "--words and --chars count text"),
    (["--words", "--in=csv"], "--words and --chars count text"),
    (["--words", "--in=tsv"], "--words and --chars count text"),
    (["--chars", "--in=jsonl"], "--words and --chars count text"),
    (["-z", "--in=csv"], "--zero: records of jsonl, csv and tsv"),
    (["-z", "--in=tsv"], "--zero: records of jsonl, csv and tsv"),
    (["-z", "--in=jsonl"], "--zero: records of jsonl, csv and tsv"),
    (["-d,"], "--delimiter means nothing without --field"),
    (["-d", "", "-f1"], "--delimiter: it is empty"),
    (["-d::", "-f1", "--in=csv"], "more than one byte"),
    (["-d::", "-f1", "--in=tsv"], "more than one byte"),
    (["-d,", "-f/a", "--in=jsonl"], "--delimiter means nothing"),
    (["-H", "--in=jsonl"], "--header means nothing"),
    (["-f", "0"], "columns are counted from 1"),
    (["-f", "00"], "columns are counted from 1"),
    (["-f", "name"], "'name' is no column; names need --header"),
    (["-f", "-1"], "'-1' is no column"),
    (["-f", ""], "'' is no column"),
    (["-f", "1.5"], "'1.5' is no column"),
    (["-f", "a", "--in=jsonl"], "'a' is no JSON Pointer"),
    (["-f", "1", "--in=jsonl"], "'1' is no JSON Pointer"),
]


def spellings(t):
    t.write("in", SMALL)
    for name, options, want in SPELLINGS:
        t.row(name, options, want, stdin=SMALL)
        if not {"-", "--"} & set(options):
            t.row(name + ", a FILE first", ["in"] + options, want)
            t.row(name + ", a FILE last", options + ["in"], want)
    t.write("-w", SMALL)
    t.write("--words", SMALL)
    t.row("a FILE called -w", ["-c1", "--", "-w"], b"1\tb a\n")
    t.row("a FILE called --words", ["-c1", "--", "--words"], b"1\tb a\n")
    t.row("a FILE called ./-w", ["-wc1", "./-w"], b"3\tb\n")
    t.row("options are operands behind --", ["in", "-c1", "--", "-w"], b"2\tb a\n")
    t.row("stdin among FILEs", ["-w", "in", "-", "in"], b"6\tb\n4\ta\n1\tz\n", stdin=b"z\n")
    os.symlink("in", t.path("link"))
    t.row("a link as FILE", ["-wc1", "link"], b"3\tb\n")
    t.row("a FILE with a newline in its name", ["-wc1", t.write("a\nb", SMALL)], b"3\tb\n")
    t.row("a FILE with bytes that are no UTF-8", ["-wc1", b"\xff"], b"", 2, "No such file")
    t.row("500 FILEs", ["-w"] + ["in"] * 500, b"1500\tb\n1000\ta\n")
    t.row("64 others", ["-w", "in"] + ["--add=in"] * 64, b"195\tb\n130\ta\n")
    for where in ("/dev/stdin", "/dev/fd/0"):
        t.row(where + " as a pipe", ["-wc1", where], b"3\tb\n", stdin=SMALL)
    for k, name in enumerate(["--max-record=5", "--max-record=4"]):
        t.row("a limit on records: " + name, [name], b"1\t12345\n" if k == 0 else b"", k,
              None if k == 0 else r"stdin: a record is longer than 4 bytes \(--max-record\)",
              stdin=b"12345\n")
    t.refused("a limit on words", ["-w", "--max-record=4"], "longer than 4", 1, b"a 12345 b")
    t.refused("a limit on CSV records", ["--in=csv", "-f1", "--max-record=4"], "longer than 4",
              1, b'"a\nb\nc\nd"\n')
    t.row("sizes have units", ["--max-record=1K"], b"1\t" + b"x" * 1024 + b"\n",
          stdin=b"x" * 1024)
    t.refused("sizes have units, to the byte", ["--max-record=1K"], "longer than 1024 bytes", 1,
              b"x" * 1025)


def wrong(t):
    for name, options, err in WRONG:
        t.refused(name, options, r"^pila counter: .*" + err, stdin=SMALL)
    for options, err in SENSELESS:
        t.refused(f"{' '.join(options)} is senseless", options, "^pila counter: .*" + err)
        t.refused(f"{' '.join(options)} is senseless, and -o is left alone",
                  options + ["-o", "never"], err)
        t.hold("no file", not os.path.exists(t.path("never")))
    t.refused("--sorted --total", ["--sorted", "--total"], "--sorted goes with")


# ---- help ----

def help_json(t):
    r = t.counter(["--help-json"])
    t.judge("--help-json", r)
    try:
        about = json.loads(r.out)
    except ValueError as e:
        t.hold("--help-json is JSON", False, str(e))
        return None
    t.hold("--help-json names the command", about["command"] == "counter")
    for part in ("version", "summary", "usage", "operands", "examples", "python", "description",
                 "sections", "memory", "exits", "options"):
        t.hold("--help-json has " + part, bool(about[part]))
    t.hold("--help-json says what 0, 1 and 2 mean", len(about["exits"]) == 3 and
           all(about["exits"]), about["exits"])
    for o in about["options"]:
        kind, choices = o["kind"], o["choices"]
        t.hold(f"--help-json: the kind of --{o['name']} agrees with the rest",
               (kind == "flag") == (o["arg"] is None) and
               (kind == "choice") == (choices is not None) and
               (choices is None or o["arg"] == "|".join(choices)), o)
        t.hold(f"--help-json: --{o['name']} has a group, and a help", o["group"] and o["help"], o)
    groups = [o["group"] for o in about["options"]]
    t.hold("options of a group stand together",
           len(set(groups)) == 1 + sum(a != b for a, b in zip(groups, groups[1:])), groups)
    t.hold("its own options come first",
           [o["common"] for o in about["options"]] == sorted(o["common"] for o in
                                                             about["options"]))
    return about


def help_json_of_all(t):
    """pila --help-json: pila, and what each command says of itself."""
    r = t.run(["--help-json"])
    t.judge("pila --help-json", r)
    top = json.loads(r.out)
    t.hold("it is pila's", top["command"] == "pila" and top["operands"] == "command")
    t.hold("its options are its own", not any(o["common"] for o in top["options"]))
    listed = t.run(["--list"]).out.decode()
    t.hold("it has the commands of --list", listed == "".join(
        f"{c['command']}\t{c['summary']}\n" for c in top["commands"]))
    for c in top["commands"]:
        own = json.loads(t.run([c["command"], "--help-json"]).out)
        t.hold(f"{c['command']} says the same of itself", own == c)
    return top


def near_and_far(t, top):
    """A slip in any name is recognised; what is no slip is not guessed at."""
    for c in top["commands"]:
        names = [o["name"] for o in c["options"]]
        for name in names:
            for k in range(len(name) - 1 if len(name) > 4 else 0):
                slip = name[:k] + name[k + 1] + name[k] + name[k + 2:]
                if slip not in names:
                    t.judge(f"--{slip} is near --{name}", t.run([c["command"], "--" + slip]), b"",
                            2, rf"no option --{slip}; did you mean --{name}\?$")
        for far in ("zebra-crossing", "frobnicate", "xv", "v", "42", "x" * 80):
            t.judge(f"{c['command']} --{far[:20]} is near nothing", t.run([c["command"],
                    "--" + far]), b"", 2, r"no option --\S+; --help shows them$")
        for choice in [o for o in c["options"] if o["choices"]]:
            for value in choice["choices"]:
                r = t.run([c["command"], f"--{choice['name']}={value}x"])
                t.judge(f"--{choice['name']}={value}x is near {value}", r, b"", 2,
                        rf"; did you mean {value}\?$")
        slip = c["command"][1] + c["command"][0] + c["command"][2:]
        t.judge(slip + " is near " + c["command"], t.run([slip]), b"", 2,
                rf"no command '{slip}'; did you mean '{c['command']}'\?$")


def help_text(t, about):
    r = t.counter(["--help"])
    t.judge("--help", r)
    text = r.out.decode()
    t.judge("help counter is --help", t.run(["help", "counter"]), r.out)
    t.hold("examples come before usage and options",
           0 < text.index("Examples:") < text.index("usage:") < text.index("Options:"))
    t.hold("it states the Python equivalent",
           "collections.Counter(open(FILE, 'rb').read().split()).most_common(10)" in text)
    t.hold("it states the memory class", re.search(r"Memory: O\(", text))
    t.hold("it states what it exits with", re.search(r"Exit: 0 .* 1 .* 2 ", text))
    for part in [about["summary"], about["description"], about["memory"]] + about["exits"] + [
            row["text"] for row in about["sections"]]:
        t.hold("it says: " + part[:40], " ".join(part.split()) in " ".join(text.split()))
    for group in {o["group"] for o in about["options"]}:
        t.hold("it has the group " + group, text.count(f"\n {group}\n") == 1)
    t.hold("no line is longer than 80", max(map(len, text.split("\n"))) <= 80,
           max(text.split("\n"), key=len))
    t.hold("no colour, no trailing space", not re.search("\033| $", text, re.M))
    example = re.search(r"\$ pila (counter .*?book.txt)", text).group(1).split()
    t.write("book.txt", SMALL)
    t.judge("its first example runs", t.run(example), b"3\tb\n2\ta\n")
    for option in about["options"]:
        name, letter = option["name"], option["letter"]
        head = (f"-{letter}, " if letter else "    ") + "--" + name
        head += " " + option["arg"] if option["arg"] else ""
        t.hold(f"--help shows --{name}", re.search(r"^  " + re.escape(head) + r"(\n| +)", text,
                                                   re.M), text)
        words = option["help"].split()
        t.hold(f"--help says what --{name} does", " ".join(words) in " ".join(text.split()))
    shown = set(re.findall(r"^  (?:-\w, |    )--([a-z-]+)", text, re.M))
    t.hold("--help shows nothing else", shown == {o["name"] for o in about["options"]})


def options_parse(t, about):
    """Every option parses, alone, in each spelling; --help ends the run before it starts."""
    sample = {"int": "3", "size": "1M", "text": "x", "file": "x", "files": "x"}
    for option in about["options"]:
        name, kind = option["name"], option["kind"]
        if name in ("help-json", "version"):
            continue
        value = option["arg"].split("|")[-1] if kind == "choice" else sample.get(kind)
        forms = [["--" + name]] if kind == "flag" else [["--" + name, value],
                                                        [f"--{name}={value}"]]
        if option["letter"]:
            letter = "-" + option["letter"]
            forms += [[letter]] if kind == "flag" else [[letter, value], [letter + value]]
        for form in forms:
            r = t.counter(form + ["--help"])
            t.hold(f"{form} parses", r.code == 0 and not r.err, r.err)
    letters = [o["letter"] for o in about["options"] if o["letter"]]
    names = [o["name"] for o in about["options"]]
    t.hold("no letter, no name is there twice",
           len(set(letters)) == len(letters) and len(set(names)) == len(names))


def top_level(t):
    version = t.run(["--version"])
    t.hold("--version", re.fullmatch(rb"pila \d+\.\d+\.\d+\n", version.out), version.out)
    t.judge("counter --version", t.counter(["--version"]), version.out)
    listed = t.run(["--list"])
    t.judge("--list", listed)
    t.hold("--list has a name and a summary on each line",
           b"counter\tcount how often each line, word, character or field occurs\n" in listed.out
           and re.fullmatch(rb"(?:[a-z0-9-]+\t[^\t\n]+\n)+", listed.out), listed.out)
    page = t.run(["--help"])
    t.hold("--help: usage, an example, the commands",
           all(w in page.out for w in (b"usage: pila COMMAND", b"$ pila counter", b"  counter ")))
    t.judge("help is --help", t.run(["help"]), page.out)
    t.judge("help help is --help", t.run(["help", "help"]), page.out)
    about = t.counter(["--help"]).out
    for argv in (["--help", "counter"], ["help", "--color=never", "counter"],
                 ["--color=never", "help", "counter"], ["--color", "never", "counter", "--help"],
                 ["--", "counter", "--help"], ["help", "--", "counter"]):
        t.judge(" ".join(argv) + " is counter --help", t.run(argv), about)
    t.judge("the options of pila end at the command", t.run(["counter", "--list"]), b"", 2,
            "^pila counter: no option --list")
    t.judge("-- ends them for pila only", t.run(["--", "counter", "-wc1"], SMALL), b"3\tb\n")
    for name, argv, err in [
            ("no command", [], "^pila: no command given; 'pila --help' shows"),
            ("a misspelt command", ["conter"],
             r"^pila: no command 'conter'; did you mean 'counter'\?"),
            ("a short command", ["counte"], r"did you mean 'counter'\?"),
            ("no likeness", ["frobnicate"], r"no command 'frobnicate'; 'pila --list' shows them"),
            ("a misspelt --help", ["--hepl"], r"^pila: no option --hepl; did you mean --help\?"),
            ("a misspelt --version", ["--verison"], r"did you mean --version\?"),
            ("-h", ["-h"], r"^pila: no option -h; --help shows them"),
            ("-", ["-"], r"no command '-'"),
            ("an option of counter", ["--words"], r"^pila: no option --words; --help shows"),
            ("a misspelt help", ["hlep"], r"no command 'hlep'; did you mean 'help'\?"),
            ("a misspelt colour", ["--color=nevr", "--help"], r"did you mean never\?"),
            ("help for two", ["help", "counter", "counter"], r"^pila: help: one command at a"),
            ("--help for two", ["--help", "counter", "-w"], r"^pila: help: one command at a"),
            ("an empty command", [""], r"no command ''"),
            ("help for a misspelt command", ["help", "conter"], r"did you mean 'counter'\?"),
            ("help for no command", ["help", "frobnicate"], r"no command 'frobnicate'")]:
        t.judge(name, t.run(argv), b"", 2, err)
    for name in ("pila-counter", "elsewhere-pila"):
        os.symlink(t.pila, t.path(name))
    t.judge("pila-counter is pila counter",
            t.run(["-wc1"], SMALL, program=t.path("pila-counter")), b"3\tb\n")
    t.judge("pila-counter by PATH",
            t.run(["-c", "pila-counter -wc1"], SMALL, program="sh",
                  env={"PATH": t.path(".") + ":" + t.environment["PATH"]}), b"3\tb\n")
    t.judge("pila-counter names itself pila counter",
            t.run(["--bogus"], SMALL, program=t.path("pila-counter")), b"", 2,
            "^pila counter: no option")
    for name, err in [
            ("pila-nonsense", r"^pila: pila-nonsense: no command 'nonsense'; 'pila --list' shows"),
            ("pila-conter", r"^pila: pila-conter: no command 'conter'; did you mean 'counter'\?"),
            ("pila-", r"^pila: pila-: no command ''")]:
        os.symlink(t.pila, t.path(name))
        for argv in ([], ["counter"], ["--help"], ["in"]):
            t.judge(f"a link {name} {' '.join(argv)}", t.run(argv, program=t.path(name)), b"", 2,
                    err)
    for argv in (["--help"], ["--version"], ["--help-json"]):
        t.judge("pila-counter " + argv[0], t.run(argv, program=t.path("pila-counter")),
                t.counter(argv).out)
    t.judge("another name takes a command",
            t.run(["counter", "-wc1"], SMALL, program=t.path("elsewhere-pila")), b"3\tb\n")


def locales(t):
    data = "é e É z Z ä\nİ ı ß\n".encode() + b"\xe9 \xc4\n"
    t.write("in", data)
    for options in (["-w"], ["-wi"], ["--chars"], ["-w", "--partial", "--sorted"],
                    ["-w", "--out=jsonl"], ["--bogus"], ["gone"]):
        want = t.counter(options + ["in"])
        for name in ("C.UTF-8", "en_US.UTF-8", "tr_TR.UTF-8", "de_DE.ISO-8859-1", "nonsense", ""):
            r = t.counter(options + ["in"], env={"LC_ALL": name, "LANG": name, "LANGUAGE": "de"})
            t.hold(f"{options} do not depend on LC_ALL={name}",
                   (r.code, r.out, r.err) == (want.code, want.out, want.err), r.out)


def rows(t):
    spellings(t)
    wrong(t)
    about = help_json(t)
    if about:
        help_text(t, about)
        options_parse(t, about)
    near_and_far(t, help_json_of_all(t))
    top_level(t)
    locales(t)
