"""Writes what belongs to the command pila beside the program: man pages, completions.

All of it is made from what `pila --help-json` says, and so from the one table of options
that the program parses with. Nothing here knows a command or an option.

usage: papers.py PILA FOLDER [COMMAND...]

    FOLDER/pila.1, pila-COMMAND.1   man pages, for man1
    FOLDER/pila                     for bash-completion/completions
    FOLDER/_pila                    for zsh/site-functions
    FOLDER/pila.fish                for fish/vendor_completions.d

The COMMANDs are those that the caller knows of; when pila has others, that is an error.
The date of the pages is SOURCE_DATE_EPOCH's, or today.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import textwrap
import time

FILE, ANY = "FILE", "any"  # what an argument may be, beside a list of words


class Option:
    def __init__(self, about):
        self.name, self.letter = about["name"], about["letter"]
        self.help, self.arg = about["help"], about["arg"]
        self.group, self.common = about["group"], about["common"]
        self.repeats = about["kind"] in ("files", "texts")
        kind = about["kind"]
        self.takes = (None if kind == "flag" else FILE if kind in ("file", "files")
                      else about["choices"] or ANY)
        self.spellings = (["-" + self.letter] if self.letter else []) + ["--" + self.name]


class Command:
    def __init__(self, about):
        self.about, self.name = about, about["command"]
        self.summary = about["summary"]
        self.options = [Option(o) for o in about["options"]]
        self.own = [o for o in self.options if not o.common]
        self.common = [o for o in self.options if o.common]


class Pila(Command):
    def __init__(self, about):
        super().__init__(about)
        self.version = about["version"]
        self.commands = [Command(c) for c in about["commands"]]
        self.topics = {c.name: c.summary for c in self.commands}
        self.words = {**self.topics, "help": "show how a command is used"}
        self.links = ["pila-" + c.name for c in self.commands]
        shared = [c.common for c in self.commands if c.common]
        names = {tuple(o.name for o in common) for common in shared}
        if len(names) > 1:
            raise ValueError("commands share different options: " + str(names))
        self.common = shared[0] if shared else []


# ---- man pages: the macros of man(7), and no other troff but fonts and characters ----

TROFF = {"\\": r"\e", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti",
         '"': r"\(dq"}


def troff(text):
    """Characters as they are, in running text or in an argument of a macro."""
    return "".join(TROFF.get(c, c) for c in text)


def guarded(line):
    """A line that troff does not take for a request."""
    return r"\&" + line if line.startswith((".", "'")) else line


def prose(text):
    """One paragraph, options in bold, each sentence from a line of its own."""
    lines = []
    for one in re.split(r"(?<=\.) (?=[A-Z-])", text):
        for line in textwrap.wrap(one, 60, break_on_hyphens=False, break_long_words=False):
            parts = re.split(r"(?<![\w/|-])(--?[A-Za-z0-9][A-Za-z0-9-]*)", line)
            lines.append(guarded("".join(bold(p) if k % 2 else troff(p)
                                         for k, p in enumerate(parts))))
    return "\n".join(lines)


def bold(text):
    return rf"\fB{troff(text)}\fR"


def italic(text):
    return rf"\fI{troff(text)}\fR"


def sentence(text):
    """A phrase of the help as a sentence."""
    text = text[0].upper() + text[1:] if re.match(r"[a-z]+([ ,;:]|$)", text) else text
    return text if text.endswith((".", "?")) else text + "."


def block(lines):
    """Lines as they are, without the indentation that all of them have."""
    lines = lines.rstrip("\n").split("\n")
    indent = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    return [".RS 4", ".nf"] + [guarded(troff(line[indent:])) for line in lines] + [".fi", ".RE"]


def synopsis(name, usage):
    """What is typed as it stands in bold; what stands for something in italics."""
    lines = []
    for k, way in enumerate(usage.split("\n")):
        parts = re.split(r"([A-Z]+|[a-z-]+)", way)
        shown = "".join(italic(p) if p.isupper() else bold(p) if i % 2 else troff(p)
                        for i, p in enumerate(parts))
        lines += [".br"] * (k > 0) + [f"{bold(name)} {shown}"]
    return lines


def option_entry(o):
    names = ", ".join(bold(s) for s in o.spellings)
    if isinstance(o.takes, list):
        names += " " + "|".join(bold(choice) for choice in o.takes)
    elif o.takes:
        names += " " + italic(o.arg)
    return [".TP", names, prose(sentence(o.help))]


def options_part(command):
    lines, group = [".SH OPTIONS"], None
    for o in command.options:
        if o.group != group:
            group = o.group
            lines.append(".SS " + troff(group))
        lines += option_entry(o)
    return lines


def rows(title, entries):
    lines = [".SH " + title]
    for name, text in entries:
        lines += [".TP", bold(name), prose(sentence(text))]
    return lines


def man_page(pila, command, date):
    about, top = command.about, command is pila
    page = "pila" if top else "pila-" + command.name
    name = "pila" if top else "pila " + command.name
    lines = [r'.\" Made from pila --help-json by papers.py.',
             f'.TH {troff(page.upper())} 1 "{date}" "pila {pila.version}" "User Commands"',
             ".SH NAME", rf"{troff(page)} \- {troff(command.summary)}", ".SH SYNOPSIS"]
    lines += synopsis(name, about["usage"])
    lines += [".SH DESCRIPTION", prose(about["description"] or sentence(command.summary))]
    for section in about["sections"]:
        lines += [".SS " + troff(section["name"]), prose(section["text"])]
    if top:
        lines += rows("COMMANDS", pila.words.items())
    lines += options_part(command)
    lines += [".SH EXAMPLES"] + block(about["examples"])
    if about["python"]:
        lines += [".SH IN PYTHON"] + block(about["python"])
    if about["memory"]:
        lines += [".SH MEMORY", prose(about["memory"])]
    lines += rows("EXIT STATUS", [(str(k), text) for k, text in enumerate(about["exits"])])
    if about["environment"]:
        lines += rows("ENVIRONMENT", [(e["name"], e["text"]) for e in about["environment"]])
    others = ["pila"] * (not top) + (pila.links if top else [])
    lines += [".SH SEE ALSO"] + [rf".BR {troff(other)} (1){',' if other != others[-1] else ''}"
                                 for other in others]
    return "\n".join(lines) + "\n"


# ---- bash ----

BASH = r'''# pila for bash: commands, options, their values, files. -*- shell-script -*-
# Made from pila --help-json by papers.py.

# What the argument of an option is, in $takes: words, FILE, or any. False: it has none.
_pila_takes() # COMMAND OPTION
{
    case "$1 $2" in
@TAKES@
    *) return 1 ;;
    esac
}

_pila_options() # COMMAND
{
    local common='@COMMON@'

    case $1 in
@OPTIONS@
    esac
}

_pila_choose() # PREFIX WORD...
{
    local prefix=$1 word
    shift
    for word; do
        [[ $prefix$word == "$cur"* ]] && COMPREPLY+=("$prefix$word")
    done
}

# Readline completes files best: it knows quotes, ~ and folders. It can't when a prefix
# that is no part of the name stands before it.
_pila_files() # PREFIX
{
    local file IFS=$'\n'

    [[ ! $1 ]] && compopt -o default 2>/dev/null && return
    for file in $(compgen -f -- "${cur#"$1"}"); do COMPREPLY+=("$1$file"); done
}

# The words up to the cursor, in $words: bash cuts --in=lines at = into three.
_pila_words()
{
    local k word last=0 line=${COMP_LINE:0:COMP_POINT}

    words=("${COMP_WORDS[0]##*/}")
    for ((k = 1; k <= COMP_CWORD; k++)); do
        word=${COMP_WORDS[k]}
        if [[ ${words[last]} == --?* && ($word == =* || ${words[last]} == *=) ]] &&
            [[ $word || $line != *[[:space:]] ]]; then
            words[last]+=$word
        else
            words[++last]=$word
        fi
    done
    cur=${words[last]}
    unset "words[last]"
}

# One word before the cursor: an option, its argument, or an operand.
_pila_pass() # WORD
{
    local k

    if [[ $takes ]]; then
        takes=
    elif [[ $1 == [\<\>]* || $1 == [0-9\&][\<\>]* ]]; then
        takes=FILE
    elif [[ $ended || $1 != -?* ]]; then
        if [[ $command ]]; then
            topic=$1
        else
            command=$1 ended=
        fi
    elif [[ $1 == -- ]]; then
        ended=1
    elif [[ $1 == --* ]]; then
        [[ $1 == *=* ]] || _pila_takes "$command" "$1"
    else
        for ((k = 1; k < ${#1}; k++)); do
            _pila_takes "$command" "-${1:k:1}" || continue
            ((k + 1 < ${#1})) && takes=
            break
        done
    fi
}

_pila()
{
    local cur word prefix='' takes='' ended='' command='' topic='' IFS=$' \t\n'
    local -a words

    COMPREPLY=()
    _pila_words
    [[ ${words[0]} == pila-* ]] && command=${words[0]#pila-}
    for word in "${words[@]:1}"; do _pila_pass "$word"; done
    if [[ ! $takes && ! $ended && $cur == --*=* ]]; then
        _pila_takes "$command" "${cur%%=*}" || return 0
        if [[ $COMP_WORDBREAKS == *=* ]]; then
            cur=${cur#*=}
        else
            prefix=${cur%%=*}=
        fi
    fi
    if [[ $takes == FILE ]]; then
        _pila_files "$prefix"
    elif [[ $takes ]]; then
        [[ $takes == any ]] || _pila_choose "$prefix" $takes
    elif [[ ! $ended && $cur == -* ]]; then
        _pila_choose '' $(_pila_options "$command")
    elif [[ ! $command ]]; then
        _pila_choose '' @WORDS@
    elif [[ $command == help ]]; then
        [[ $topic ]] || _pila_choose '' @TOPICS@
    elif [[ $(_pila_options "$command") ]]; then
        _pila_files ''
    fi
    return 0
}

complete -F _pila pila @LINKS@
'''


def spellings(options):
    return " ".join(s for o in options for s in o.spellings)


def bash_takes(owner, options):
    """Cases for the options that take something; owner is a pattern for the command, with
    a quote that is open at its end."""
    lines = []
    for o in options:
        if o.takes:
            names = " | ".join(f"{owner} {s}'" for s in o.spellings)
            words = " ".join(o.takes) if isinstance(o.takes, list) else o.takes
            lines.append(f"    {names}) takes='{words}' ;;")
    return lines


def bash(pila):
    takes = bash_takes("'", pila.own) + bash_takes("'help", pila.own)
    options = [f"    '' | help) echo '{spellings(pila.own)}' ;;"]
    for c in pila.commands:
        takes += bash_takes("'" + c.name, c.own)
        common = ' "$common"' if c.common else ""
        options.append(f"    {c.name}) echo '{spellings(c.own)}'{common} ;;")
    takes += bash_takes("?*'", pila.common)
    return fill(BASH, TAKES="\n".join(takes), COMMON=spellings(pila.common),
                OPTIONS="\n".join(options), WORDS=" ".join(pila.words),
                TOPICS=" ".join(pila.topics), LINKS=" ".join(pila.links))


def fill(template, **parts):
    return re.sub("@([A-Z]+)@", lambda m: parts[m.group(1)], template)


# ---- zsh ----

ZSH = r'''#compdef pila @LINKS@
# pila for zsh: commands, options, their values, files.
# Made from pila --help-json by papers.py.

_pila_commands() {
    local -a commands=(
@COMMANDS@
    )
    _describe -t commands command commands
}

_pila_topics() {
    local -a commands=(
@TOPICS@
    )
    _describe -t commands command commands
}

_pila_command() { # NAME
    local -a common=(
@COMMON@
    )

    case $1 in
@CASES@
    help)
        _arguments -s -S \
@OWNHELP@
            '1:command:_pila_topics' '*: : ' ;;
    esac
}

_pila() {
    local curcontext=$curcontext state line
    typeset -A opt_args

    if [[ $service == pila-* ]]; then
        _pila_command ${service#pila-}
        return
    fi
    _arguments -C -s -S -A '-*' \
@OWN@
        '1:command:_pila_commands' \
        '*::argument:->rest' && return
    [[ $state == rest ]] && _pila_command $words[1]
}

if [[ $funcstack[1] == _pila ]]; then
    _pila "$@"
else
    compdef _pila pila @LINKS@
fi
'''


def quoted(text):
    """In single quotes, for a shell of Bourne's."""
    return "'" + text.replace("'", "'\\''") + "'"


def zsh_spec(o):
    """One of _arguments' specifications, which may be several words."""
    about = "[" + re.sub(r"([\\\[\]:])", r"\\\1", o.help) + "]"
    action = ""
    if o.takes:
        way = (f"({' '.join(o.takes)})" if isinstance(o.takes, list)
               else "_files" if o.takes == FILE else " ")
        action = f":{o.arg if way[0] != '(' else o.name}:{way}"
    long_name = "--" + o.name + ("=" if o.takes else "")
    if o.repeats:
        return quoted("*" + long_name + about + action)
    if not o.letter:
        return quoted(long_name + about + action)
    short = "-" + o.letter + ("+" if o.takes else "")
    return (quoted(f"(-{o.letter} --{o.name})") + "{" + short + "," + long_name + "}"
            + quoted(about + action))


def zsh(pila):
    def specs(options, indent, end=""):
        return "\n".join(" " * indent + zsh_spec(o) + end for o in options)

    def described(words):
        return "\n".join(" " * 8 + quoted(name + ":" + about.replace(":", "\\:"))
                         for name, about in words.items())

    cases = []
    for c in pila.commands:
        common = "            $common \\\n" if c.common else ""
        cases.append(f"    {c.name})\n        _arguments -s -S \\\n{common}"
                        + specs(c.own, 12, " \\") + "\n            '*:FILE:_files' ;;")
    return fill(ZSH, LINKS=" ".join(pila.links), COMMON=specs(pila.common, 8),
                TOPICS=described(pila.topics), COMMANDS=described(pila.words),
                CASES="\n".join(cases), OWN=specs(pila.own, 8, " \\"),
                OWNHELP=specs(pila.own, 12, " \\"))


# ---- fish ----

FISH = r'''# pila for fish: commands, options, their values, files.
# Made from pila --help-json by papers.py.

# The command on the line and what is behind it.
function __pila_rest
    set -l tokens (commandline -opc)
    set -e tokens[1]
    while set -q tokens[1]
        switch $tokens[1]
            case @TAKING@
                set -e tokens[1]
            case '-*'
            case '*'
                break
        end
        set -e tokens[1]
    end
    string join \n -- $tokens
end

# True: no command yet, or one of these.
function __pila_none
    test (count (__pila_rest)) -eq 0
end

function __pila_is
    contains -- (__pila_rest)[1] $argv
end

function __pila_asks
    test "$(__pila_rest)" = help
end

# True: it shares the common options; it takes FILEs.
function __pila_shares
    __pila_is @SHARING@
end

function __pila_files
    __pila_is @FILES@
end

complete -c pila -f
@COMMANDS@
@OPTIONS@
@LINKS@
'''


def fish_quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_options(condition, options):
    lines = []
    for o in options:
        line = f"complete -c pila -n {fish_quoted(condition)}"
        line += f" -s {o.letter}" if o.letter else ""
        line += f" -l {o.name}"
        if o.takes == FILE:
            line += " -rF"
        elif o.takes:
            line += " -x"
        if isinstance(o.takes, list):
            line += f" -a {fish_quoted(' '.join(o.takes))}"
        lines.append(f"{line} -d {fish_quoted(o.help)}")
    return lines


def fish(pila):
    def names(condition, words):
        return [f"complete -c pila -n {condition} -a {name} -d {fish_quoted(about)}"
                for name, about in words.items()]

    taking = " ".join(s for o in pila.own if o.takes for s in o.spellings) or "''"
    options = fish_options("__pila_none; or __pila_is help", pila.own)
    options += fish_options("__pila_shares", pila.common)
    for c in pila.commands:
        options += fish_options("__pila_is " + c.name, c.own)
    options.append("complete -c pila -n __pila_files -F")
    return fill(FISH, SHARING=" ".join(c.name for c in pila.commands if c.common),
                FILES=" ".join(pila.topics), TAKING=taking, OPTIONS="\n".join(options),
                COMMANDS="\n".join(names("__pila_none", pila.words)
                                   + names("__pila_asks", pila.topics)),
                LINKS="\n".join(f"complete -c {link} -w 'pila {link[5:]}'"
                                for link in pila.links))


# ---- all of it ----

def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    said = subprocess.run([program, "--help-json"], stdout=subprocess.PIPE, check=True)
    pila = Pila(json.loads(said.stdout))
    known = sys.argv[3:]
    if known and sorted(known) != sorted(pila.topics):
        sys.exit(f"papers.py: told of {sorted(known)}, but pila has {sorted(pila.topics)}")
    now = int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
    date = time.strftime("%Y-%m-%d", time.gmtime(now))
    made = {"pila": bash(pila), "_pila": zsh(pila), "pila.fish": fish(pila),
            "pila.1": man_page(pila, pila, date)}
    for command in pila.commands:
        made[f"pila-{command.name}.1"] = man_page(pila, command, date)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
