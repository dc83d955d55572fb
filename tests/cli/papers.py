"""Man pages and completions, as people meet them: rendered, typed, completed.

usage: papers.py PILA FOLDER SCRATCH

PILA is the program (links to it are beside it), FOLDER holds what tools/dev/papers.py
made, SCRATCH is a folder to work in. What a row expects comes from --help-json, so that
a new command is tested as it is added; rows of counter stand for the kinds of word there
are. Shells really complete: bash with the words that readline would give it, and bash
and zsh on a terminal; zsh with what it hands to compadd; fish with complete -C. A shell
or a formatter that is not installed is SKIPPED.
"""
import argparse
import json
import os
import pathlib
import pty
import re
import select
import shlex
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True

from harness import Tests  # noqa: E402

GENERATOR = pathlib.Path(__file__).resolve().parents[2] / "tools" / "dev" / "papers.py"
SECONDS = 20  # what no answer of a shell may take
FILES = ["one", "other", "my file", "--odd", "sub"]  # in the folder where they complete


class Papers:
    """The program's own account of itself, and the files made from it."""

    def __init__(self, t, folder):
        self.t, self.folder = t, folder
        self.top = json.loads(t.run(["--help-json"]).out)
        self.commands = {c["command"]: c for c in self.top["commands"]}
        self.words = sorted(list(self.commands) + ["help"])
        self.pages = {"pila": self.top}
        self.pages.update({"pila-" + name: c for name, c in self.commands.items()})

    def path(self, name):
        return str(self.folder / name)

    def text(self, name):
        return (self.folder / name).read_text()


def spelt(about):
    """All spellings of all options of a command."""
    return [s for o in about["options"]
            for s in (["-" + o["letter"]] if o["letter"] else []) + ["--" + o["name"]]]


def starting(words, prefix):
    return sorted(w for w in words if w.startswith(prefix))


# ---- man pages ----

def complaints(t, path):
    """What formatters say of a page; {} when each is content."""
    commands = {"man": ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", path],
                "groff": ["groff", "-ww", "-man", "-Tutf8", path],
                "mandoc": ["mandoc", "-T", "lint", path]}
    said = {}
    for name, command in commands.items():
        if not t.tool(name):
            continue
        ran = subprocess.run(command, capture_output=True, env=t.environment)
        text = ran.stderr.decode() + (ran.stdout.decode() if name == "mandoc" else "")
        if ran.returncode or text:
            said[name] = text
    return said


def plain(text):
    """Words of a rendered page, without the hyphens of broken words."""
    return " ".join(re.sub("‐\n *", "", text).split())


def man_pages(t, papers):
    there = sorted(p.name for p in papers.folder.glob("*.1"))
    t.hold("a page for pila and one for each command, and no other",
           there == sorted(name + ".1" for name in papers.pages), there)
    for name in ("man", "groff", "mandoc"):
        if not t.tool(name):
            t.skip("pages are clean", "no " + name)
    for name, about in papers.pages.items():
        path = papers.path(name + ".1")
        said = complaints(t, path)
        t.hold(f"{name}(1) is clean", not said, said)
        parts = re.findall(r"^\.SH (.*)$", papers.text(name + ".1"), re.M)
        want = (["NAME", "SYNOPSIS", "DESCRIPTION"] + ["COMMANDS"] * (name == "pila")
                + ["OPTIONS", "EXAMPLES"] + ["IN PYTHON"] * bool(about["python"])
                + ["MEMORY"] * bool(about["memory"]) + ["EXIT STATUS"]
                + ["ENVIRONMENT"] * bool(about["environment"]) + ["SEE ALSO"])
        t.hold(f"{name}(1) has its parts, in order", parts == want, parts)
        t.hold(f"{name}(1) says what the command is in Python and what memory it takes",
               name == "pila" or (about["python"] and about["memory"]))
        if t.tool("groff"):
            rendered(t, papers, name, about)


def rendered(t, papers, name, about):
    r = subprocess.run(["groff", "-man", "-Tutf8", "-P-c", "-P-b", "-P-o", "-P-u",
                        papers.path(name + ".1")], capture_output=True)
    lines = r.stdout.decode()
    text = plain(lines).lower()
    t.hold(f"{name}(1): name and summary",
           f"name {name} - {about['summary'].lower()} synopsis" in text, text[:300])
    for o in about["options"]:
        head = ("-" + o["letter"] + ", " if o["letter"] else "") + "--" + o["name"]
        head += " " + o["arg"] if o["arg"] else ""
        t.hold(f"{name}(1) shows {head}", re.search(
            r"^ {7}" + re.escape(head) + r"($| +\S)", lines, re.M), lines)
        t.hold(f"{name}(1) says what --{o['name']} does", plain(o["help"]).lower() in text)
    parts = [about["description"] or about["summary"]]
    for part in parts + [row["text"] for row in about["sections"]]:
        t.hold(f"{name}(1): " + part[:40], plain(part).lower() in text, text)
    for line in (about["examples"] + (about["python"] or "")).split("\n"):
        t.hold(f"{name}(1) has as it is typed: {line}", line.strip() in lines, lines)
    for k, exit_means in enumerate(about["exits"]):
        t.hold(f"{name}(1): exit {k}", f" {k} {exit_means.lower()}." in text, text)


def made_again(t, papers):
    """The generator: the same pages for the same date, and the same commands as its caller."""
    env = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    known = list(papers.commands)

    def make(folder, commands):
        return subprocess.run([sys.executable, str(GENERATOR), t.pila, t.path(folder)] + commands,
                              env=env, capture_output=True, text=True)

    first, second = make("first", known), make("second", known[::-1])
    t.hold("papers are made", (first.returncode, first.stderr) == (0, ""), first.stderr)
    names = sorted(os.listdir(t.path("first")))
    t.hold("one of each", names == sorted(["pila", "_pila", "pila.fish"]
                                          + [page + ".1" for page in papers.pages]), names)
    t.hold("twice the same", second.returncode == 0 and all(
        t.read("first/" + n) == t.read("second/" + n) for n in names))
    t.hold("SOURCE_DATE_EPOCH is their date", b'.TH PILA 1 "2023-11-14"' in t.read("first/pila.1"))
    for name in names:
        date = r'" "\d{4}-\d\d-\d\d"|1 "\d{4}-\d\d-\d\d"'
        same = (re.sub(date, "", t.read("first/" + name).decode())
                == re.sub(date, "", papers.text(name)))
        t.hold(f"{name} is what the program says now", same)
    for commands in (known + ["nonsense"], known[1:] + ["nonsense"]):
        ran = make("third", commands)
        t.hold("a command that pila has not is an error",
               ran.returncode == 1 and "papers.py: told of" in ran.stderr, ran.stderr)


def planted_faults(t, papers):
    """A check that can't fail is a defect."""
    page = papers.text("pila.1")
    for name, damaged in [("an unknown macro", page.replace(".SH NAME", ".XYZ\n.SH NAME")),
                          ("an unknown character", page.replace(".SH NAME", ".SH \\[nope]")),
                          ("no title", page.replace(".TH", ".\\\" "))]:
        t.write("damaged.1", damaged.encode())
        if t.tool("mandoc") or t.tool("groff"):
            t.hold(name + " in a page is caught", complaints(t, t.path("damaged.1")))


# ---- the rows that every shell must answer ----

def table(papers):
    """(what is typed, what is offered). "FILES" stands for the files of the folder."""
    formats = ["lines", "nul", "jsonl", "csv", "tsv"]
    rows = [
        ("pila ", papers.words),
        ("pila cou", starting(papers.words, "cou")),
        ("pila frob", []),
        ("pila he", starting(papers.words, "he")),
        ("pila help ", list(papers.commands)),
        ("pila help cou", starting(papers.commands, "cou")),
        ("pila help counter ", []),
        ("pila --color ", ["auto", "always", "never"]),
        ("pila --color=a", ["auto", "always"]),
        ("pila --color always cou", starting(papers.words, "cou")),
        ("pila --color=always help cou", starting(papers.commands, "cou")),
        ("pila counter --most", ["--most-common"]),
        ("pila counter --zebra", []),
        ("pila counter --in ", formats),
        ("pila counter --in=", formats),
        ("pila counter --in=j", ["jsonl"]),
        ("pila counter --in j", ["jsonl"]),
        ("pila counter --in=x", []),
        ("pila counter one --in=c", ["csv"]),
        ("pila counter --in csv --out t", ["tsv"]),
        ("pila counter --in=csv --out=t", ["tsv"]),
        ("pila counter --errors re", ["report"]),
        ("pila counter -c ", []),
        ("pila counter --most-common ", []),
        ("pila counter --most-common=", []),
        ("pila counter --field ", []),
        ("pila counter -wc ", []),
        ("pila counter -f 1 --dist", ["--distinct"]),
        ("pila counter -f --dist --dist", ["--distinct"]),
        ("pila counter ", "FILES"),
        ("pila counter o", "FILES"),
        ("pila counter one ", "FILES"),
        ("pila counter -w ", "FILES"),
        ("pila counter -c 3 ", "FILES"),
        ("pila counter -c3 ", "FILES"),
        ("pila counter -wc 3 ", "FILES"),
        ("pila counter --in csv ", "FILES"),
        ("pila counter --in=csv ", "FILES"),
        ("pila counter -o ", "FILES"),
        ("pila counter -wo ", "FILES"),
        ("pila counter --output ", "FILES"),
        ("pila counter --output=", "FILES"),
        ("pila counter --output=o", "FILES"),
        ("pila counter --add o", "FILES"),
        ("pila counter --add one --subtract ", "FILES"),
        ("pila counter -- ", "FILES"),
        ("pila counter -- --in ", "FILES"),
        ("pila counter one -- o", "FILES"),
        ("pila-counter --dist", ["--distinct"]),
        ("pila-counter --in=j", ["jsonl"]),
        ("pila-counter ", "FILES"),
    ]
    for about in papers.pages.values():
        typed = about["command"] if about is papers.top else "pila " + about["command"]
        rows.append((typed + " --", [s for s in spelt(about) if s.startswith("--")]))
        for o in about["options"]:
            if o["choices"]:
                rows += [(f"{typed} --{o['name']} ", o["choices"]),
                         (f"{typed} --{o['name']}=", o["choices"])]
            elif o["kind"] in ("file", "files"):
                rows += [(f"{typed} --{o['name']} ", "FILES"), (f"{typed} --{o['name']}=", "FILES")]
                rows += [(f"{typed} -{o['letter']} ", "FILES")] * bool(o["letter"])
            elif o["arg"]:
                rows.append((f"{typed} --{o['name']} ", []))
    return rows


def files_for(line):
    """The files that complete the last word; those that look like options behind -- only."""
    word = re.split(r"[ =]", line)[-1]
    ended = " -- " in line
    return [f for f in FILES if f.startswith(word) and (ended or word or f[0] != "-")]


def answers(t, shell, rows, ask):
    """ask: lines to lists of offers, in order."""
    offers = ask([line for line, _ in rows])
    t.hold(f"{shell} answers each line", len(offers) == len(rows), len(offers))
    for (line, want), got in zip(rows, offers):
        got = [offer.rstrip("/") for offer in got]
        if line.endswith(" --") and want and line not in ("pila --", "pila help --"):
            got = [offer for offer in got if offer != "--odd"]  # a FILE, to zsh and fish
        t.hold(f"{shell}: '{line}' and TAB", judge(line, want, got), f"  want {want}\n  got  {got}")


def judge(line, want, got):
    if want == "FILES":
        return got == ["FILES"] or set(files_for(line)) <= set(got) <= set(FILES)
    return sorted(got) == sorted(want)


def up_to_dots(text):
    """Answers: lines, each answer ended by a dot."""
    offers, answer = [], []
    for line in text.split("\n"):
        if line == ".":
            offers.append(answer)
            answer = []
        elif line:
            answer.append(line)
    return offers


# ---- bash ----

BASH_ASK = r'''
. "$1"
files=
compopt() { [[ "$*" == "-o default" ]] && files=FILES; }  # the real one wants readline
ask() # LINE WORD...
{
    COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=("${@:2}") COMP_CWORD=$(($# - 2)) files=
    COMPREPLY=(stale)
    _pila "$2" "${COMP_WORDS[COMP_CWORD]}" ''
    printf '%s\n' $files "${COMPREPLY[@]}" .
}
'''


def as_readline_cuts(line, breaks):
    """The words of a line without quotes; a word break stands alone, or in a run of them."""
    return re.findall(rf"[{breaks}]+|[^\s{breaks}]+", line) + [""] * line.endswith(" ")


def bash_asker(t, script, breaks="=:"):
    def ask(lines):
        text = BASH_ASK
        if "=" not in breaks:
            text += "COMP_WORDBREAKS=${COMP_WORDBREAKS//=}\n"
        for line in lines:
            text += " ".join(["ask"] + [shlex.quote(w) for w in
                                        [line] + as_readline_cuts(line, breaks)]) + "\n"
        ran = subprocess.run([t.tool("bash"), "--norc", "-s", script], input=text.encode(),
                             cwd=t.path("files"), env=t.environment, capture_output=True)
        t.hold("bash says nothing on stderr", ran.stderr == b"", ran.stderr)
        return up_to_dots(ran.stdout.decode())
    return ask


def whole_words(rows):
    """What is offered when bash does not cut at =: the option is part of each word."""
    for line, want in rows:
        option = re.search(r"(?:^| )(--[\w-]+=)[^ ]*$", line)
        if option and want != "FILES":
            want = [option.group(1) + w for w in want]
        elif option:
            want = [option.group(1) + f for f in files_for(line)]
            want += [option.group(1) + "--odd"] * line.endswith("=")
        yield line, want


def bash_rows(t, papers):
    if not t.tool("bash"):
        t.skip("bash completes", "no bash")
        return
    script = papers.path("pila")
    rows = table(papers) + [
        ("pila --frob=", []), ("pila counter --words=", []), ("pila counter >o", "FILES"),
        ("pila counter 2> o", "FILES"), ("pila -- cou", starting(papers.words, "cou")),
        ("pila -- counter --dist", ["--distinct"]), ("pila frob ", []), ("pila frob --", []),
        ("pila counter -d: --dist", ["--distinct"]), ("pila counter -", spelt(papers.commands["counter"])),
        ("/usr/bin/pila counter --dist", ["--distinct"]),
        ("./pila-counter --dist", ["--distinct"]), ("pila-frob ", []), ("pila counter - ", "FILES")]
    answers(t, "bash", rows, bash_asker(t, script))
    answers(t, "bash that does not cut at =", list(whole_words(table(papers))), bash_asker(t, script, ":"))
    damaged = papers.text("pila").replace("jsonl", "jsnl")
    t.write("damaged", damaged.encode())
    got = bash_asker(t, t.path("damaged"))(["pila counter --in=j"])
    t.hold("a wrong word in the script is caught",
           not judge("pila counter --in=j", ["jsonl"], got[0]), got)


# ---- on a terminal ----

class Typist:
    """A shell on a pty."""

    def __init__(self, t, argv, env):
        self.outer, inner = pty.openpty()
        full = {**t.environment, "TERM": "xterm", "HOME": t.path("."), "COLUMNS": "200", **env}
        self.run = subprocess.Popen(argv, stdin=inner, stdout=inner, stderr=inner, env=full,
                                    cwd=t.path("files"), start_new_session=True)
        os.close(inner)
        self.seen = ""

    def type(self, text):
        os.write(self.outer, text.encode())

    def until(self, pattern):
        """What was shown up to the pattern, or None."""
        end = time.monotonic() + SECONDS
        while not (found := re.search(pattern, self.seen)):
            if time.monotonic() > end or not select.select([self.outer], [], [], SECONDS)[0]:
                return None
            try:
                self.seen += os.read(self.outer, 65536).decode(errors="replace")
            except OSError:
                return None
        shown, self.seen = self.seen[:found.end()], self.seen[found.end():]
        return shown

    def close(self):
        self.run.kill()
        self.run.wait()
        os.close(self.outer)


TYPED = [
    # what is typed, what the command line then is; zsh writes = behind an option, and
    # takes back the / of a folder
    ("pila counte\t", ["counter"]),
    ("pila help counte\t", ["help", "counter"]),
    ("pila counter --most\t3", ["counter", "--most-common", "3"]),
    ("pila counter --in js\t", ["counter", "--in", "jsonl"]),
    ("pila counter --in=js\t", ["counter", "--in=jsonl"]),
    ("pila counter --in=jsonl --out=t\ton\t", ["counter", "--in=jsonl", "--out=tsv", "one"]),
    ("pila counter my\t", ["counter", "my file"]),
    ("pila counter on\tot\t", ["counter", "one", "other"]),
    ("pila counter --output=my\t", ["counter", "--output=my file"]),
    ("pila counter -wo ot\t", ["counter", "-wo", "other"]),
    ("pila counter su\t", ["counter", "sub"]),
    ("pila counter -- --o\t", ["counter", "--", "--odd"]),
    ("pila-counter --dist\t", ["--distinct"]),
]


def typed_rows(t, shell, typist):
    """Each line typed, with TABs, and entered; pila is a function that shows its words."""
    for text, want in TYPED:
        typist.type(text + "\r")
        shown = typist.until(r"\{\{.*?\}\}")
        got = shown and re.findall(r"<([^<>]*)>", re.search(r"\{\{(.*?)\}\}", shown).group(1))
        said = "\t".join(got or []).replace("--most-common=3", "--most-common\t3").rstrip("/")
        t.hold(f"{shell} on a terminal: {text!r}", said == "\t".join(want),
               f"  want {want}\n  got  {shown!r}")


SHOW = "pila() { printf '{''{'; printf '<%s>' \"$@\"; printf '}''}\\n'; }"


def bash_typed(t, papers):
    if not t.tool("bash"):
        return
    shell = Typist(t, [t.tool("bash"), "--norc", "--noprofile", "-i"], {"PS1": "$ "})
    shell.type(f". {shlex.quote(papers.path('pila'))}; {SHOW}; pila-counter() {{ pila \"$@\"; }};"
               " bind 'set bell-style none'; echo rea''dy\n")
    t.hold("bash starts on a terminal", shell.until("ready"), shell.seen)
    typed_rows(t, "bash", shell)
    shell.close()


def bash_loads(t, papers):
    """bash-completion finds the file by the name of the command, and of a link."""
    library = "/usr/share/bash-completion/bash_completion"
    if not t.tool("bash") or not os.path.exists(library):
        t.skip("bash-completion loads it", "no bash-completion")
        return
    folder = t.path("share/bash-completion/completions")
    os.makedirs(folder)
    shutil.copy(papers.path("pila"), folder)
    os.symlink("pila", folder + "/pila-counter")
    for name in ("pila", "pila-counter"):
        ran = subprocess.run([t.tool("bash"), "--norc", "-c", f". {library}; "
                              f"__load_completion {name}; complete -p {name}"],
                             env={**t.environment, "XDG_DATA_DIRS": t.path("share")},
                             capture_output=True)
        t.hold("bash-completion loads it for " + name,
               ran.stdout == f"complete -F _pila {name}\n".encode(), (ran.stdout, ran.stderr))


# ---- zsh ----

ZSH_ASK = r'''
PS1='%% ' RPS1=
unsetopt prompt_cr prompt_sp
fpath=($FOLDER $fpath)
autoload -Uz compinit && compinit -u -D
compadd() { # what is offered goes to a file too
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
        builtin compadd "$@"
        return
    fi
    local -a hits
    builtin compadd -A hits "$@"
    (( $#hits )) && print -rl -- $hits >>$OFFERS
    builtin compadd "$@"
}
offer() {
    _main_complete
    print -r -- . >>$OFFERS
}
zle -C offer list-choices offer
bindkey '^T' offer
bindkey '^U' kill-whole-line
bindkey '^I' expand-or-complete
pila() { printf '{''{'; printf '<%s>' "$@"; printf '}''}\n' }
pila-counter() { pila "$@" }
echo rea''dy
'''


def zsh_rows(t, papers):
    if not t.tool("zsh"):
        t.skip("zsh completes", "no zsh")
        return
    t.write("ask.zsh", ZSH_ASK.encode())
    t.write("offers", b"")
    shell = Typist(t, [t.tool("zsh"), "-f", "-i"],
                   {"FOLDER": str(papers.folder), "OFFERS": t.path("offers")})
    shell.type(f"source {shlex.quote(t.path('ask.zsh'))}\n")
    t.hold("zsh starts on a terminal", shell.until("ready"), shell.seen)

    def ask(lines):
        offers = []
        for line in lines:
            t.write("offers", b"")
            shell.type("\x15" + line + "\x14")
            end = time.monotonic() + SECONDS
            while not (text := t.read("offers")).endswith(b".\n") and time.monotonic() < end:
                select.select([shell.outer], [], [], 0.01)
                if select.select([shell.outer], [], [], 0)[0]:
                    os.read(shell.outer, 65536)
            offered = {w.replace("\\", "") for w in text.decode().split("\n")[:-2]}
            offers.append(sorted(offered))
        shell.type("\x15")
        return offers

    answers(t, "zsh", table(papers), ask)
    typed_rows(t, "zsh", shell)
    shell.close()


# ---- fish ----

def fish_rows(t, papers):
    if not t.tool("fish"):
        t.skip("fish completes", "no fish")
        return

    def ask(lines):
        script = f"source {shlex.quote(papers.path('pila.fish'))}\n"
        for line in lines:
            script += f"complete -C {shlex.quote(line)}\necho .\n"
        ran = subprocess.run([t.tool("fish"), "--no-config", "-c", script], cwd=t.path("files"),
                             env=t.environment, capture_output=True)
        t.hold("fish says nothing on stderr", ran.stderr == b"", ran.stderr)
        return [[re.sub(r"^--[\w-]+=", "", offer.split("\t")[0]) for offer in answer]
                for answer in up_to_dots(ran.stdout.decode())]

    # In a cluster of letters fish does not ask of which command an option is: that of
    # `pila gzip -c`, which takes no argument, is as good to it as that of counter.
    answers(t, "fish", [row for row in table(papers) if row[0] != "pila counter -wc "], ask)
    folder = t.path("share/fish/vendor_completions.d")
    os.makedirs(folder)
    shutil.copy(papers.path("pila.fish"), folder)
    os.symlink("pila.fish", folder + "/pila-counter.fish")
    os.mkdir(t.path("bin"))
    for name in ("pila", "pila-counter"):  # fish completes what can be run
        os.symlink(t.pila, t.path("bin/" + name))
    for name, line in (("pila", "pila counter --dist"), ("a link", "pila-counter --dist")):
        ran = subprocess.run([t.tool("fish"), "-c", f"complete -C '{line}'"], cwd=t.path("files"),
                             env={**t.environment, "XDG_DATA_DIRS": t.path("share") + ":/usr/share",
                                  "PATH": t.path("bin") + ":" + t.environment["PATH"]},
                             capture_output=True)
        t.hold("fish loads it for " + name, ran.stdout.startswith(b"--distinct\t"),
               (ran.stdout, ran.stderr))


# ---- links ----

def links(t, papers):
    beside = pathlib.Path(t.pila).parent
    for name in papers.commands:
        link = beside / ("pila-" + name)
        t.hold(f"pila-{name} is a link to pila", link.is_symlink()
               and os.readlink(link) == "pila", link)
        t.judge(f"pila-{name} --help is pila {name} --help",
                t.run(["--help"], program=str(link)), t.run([name, "--help"]).out)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pila", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("scratch", type=pathlib.Path)
    parser.add_argument("--list", action="store_true", help="name every row as it is run")
    args = parser.parse_args()
    scratch = args.scratch.resolve()
    shutil.rmtree(scratch, ignore_errors=True)
    (scratch / "files" / "sub").mkdir(parents=True)
    for name in FILES[:-1]:
        (scratch / "files" / name).write_bytes(b"b a\nb\na b\n")
    t = Tests(args.pila.resolve(), scratch, None, args.list)
    t.begin("papers", scratch)
    papers = Papers(t, args.folder.resolve())
    tables = [man_pages, made_again, planted_faults, bash_rows, bash_loads, fish_rows, links]
    try:
        for end in pty.openpty():
            os.close(end)
        tables += [bash_typed, zsh_rows]
    except OSError as e:
        t.skip("what is typed", f"no terminal can be made: {e}")
    for rows in tables:
        start, before = time.monotonic(), t.passed
        rows(t, papers)
        print(f"{rows.__name__}: {t.passed - before} passed in {time.monotonic() - start:.1f} s",
              flush=True)
    shutil.rmtree(scratch, ignore_errors=True)
    for why, names in t.skipped.items():
        print(f"SKIPPED ({why}): {', '.join(names)}")
    print(f"{t.passed} passed, {t.failed} failed")
    return 1 if t.failed or not t.passed else 0


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
