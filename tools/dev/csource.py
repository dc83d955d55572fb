"""Enough of C to look at sources by machine: comments, file-scope items, contracts.

It reads the C of this project, not any C: formatted by clang-format, no K&R heads, no
digraphs. Line numbers are those of the file; what is left out becomes blanks.
"""
import dataclasses
import re

TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.M)
LABELS = ["Fails", "Cost", "Python", "Source"]
OWNERS = ("borrowed", "given", "taken")


def blanks(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    """Comments blank, strings as they are."""
    return TOKEN.sub(lambda m: blanks(m[0]) if m[0][0] == "/" else m[0], text)


def bare(text):
    """Comments and what is inside quotes blank."""
    def quiet(m):
        word = m[0]
        return blanks(word) if word[0] == "/" else word[0] + blanks(word[1:-1]) + word[-1]
    return TOKEN.sub(quiet, text)


def line_of(text, at):
    return text.count("\n", 0, at) + 1


@dataclasses.dataclass
class Item:
    """What ends with ; or a body, at file scope."""
    start: int  # where its text begins in the file
    head: str  # up to the ; or the {, in one line
    body: tuple  # from the { to the }, or None
    braces: bool  # it has a pair of them: an initializer, members, a body

    def name(self):
        """Of a function or what is declared like one, else None."""
        head = re.sub(r"__attribute__\s*\(\(.*?\)\)", " ", self.head)
        found = re.match(r"(?!typedef\b)[^=(]*?\b(\w+)\s*\(", head)
        return found[1] if found and "(*" not in head[:found.end() + 1] else None


def items(text):
    """The items of a file, in order. Directives are none of them."""
    code = DIRECTIVE.sub(lambda m: blanks(m[0]), bare(text))
    code = re.sub(r'\bPILA_(?:BEGIN|END)_C\b|extern "[ C+]*" *\{',
                  lambda m: blanks(m[0]), code)
    # A macro call on a line of its own, without a semicolon, is none either.
    code = re.sub(r"^[A-Z][A-Z0-9_]+\([^\n;]*\)$", lambda m: blanks(m[0]), code, flags=re.M)
    found, start, depth, opened = [], 0, 0, None

    def close(at, body):
        nonlocal start, opened
        lead = len(code[start:at]) - len(code[start:at].lstrip())
        end = opened if opened is not None else at
        head = " ".join(code[start + lead:end].split())
        head = re.sub(r"^__attribute__ ?\(\(.*?\)\) ", "", head)
        if head:
            found.append(Item(start + lead, head, body, opened is not None))
        start, opened = at + 1, None

    for m in re.finditer(r"[{};]", code):
        at, mark = m.start(), m[0]
        if mark == "{":
            if depth == 0 and opened is None:
                opened = at
            depth += 1
        elif mark == "}":
            if depth == 0:  # of an extern "C"
                start = at + 1
                continue
            depth -= 1
            head = code[start:opened].rstrip() if opened is not None else ""
            if depth == 0 and re.search(r"\)$", head) and not re.match(
                    r"\s*typedef\b|[^()]*=", head):
                close(at, (opened, at + 1))
        elif depth == 0:
            close(at, None)
    return found


@dataclasses.dataclass
class Function:
    """What a header gives its users: a prototype or an inline function."""
    name: str
    line: int
    result: str  # its type
    parameters: dict  # name -> its text
    comment: str  # directly above, or ""
    comment_line: int
    inline: bool


def comment_above(text, at):
    """The comment that ends directly above `at`, and its line."""
    before = text[:at].rstrip()
    if not before.endswith("*/") or "\n\n" in text[len(before):at]:
        return "", 0
    begin = before.rfind("/*")
    if before[:begin].split("\n")[-1].strip():  # it ends a line of something else
        return "", 0
    return before[begin:], line_of(text, begin)


def parameters(head):
    """name -> text, of a prototype in one line."""
    inside, depth, parts = head[head.index("(") + 1:head.rindex(")")], 0, [""]
    for c in inside:
        depth += (c == "(") - (c == ")")
        if c == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    found = {}
    for part in parts:
        name = re.search(r"\(\*(\w+)\)|(\w+)(?:\[\w*\])?$", part.strip())
        if name and part.strip() != "void":
            found[name[1] or name[2]] = part.strip()
    return found


def functions(text):
    """What a header declares with PILA_API or defines with PILA_INLINE, in order."""
    found = []
    for item in items(text):
        mark = re.match(r"(?:PILA_API|PILA_INLINE)\b(?! extern)", item.head)
        name = item.name() if mark else None
        if not name:
            continue
        result = item.head[mark.end():item.head.index(name + "(")]
        comment, line = comment_above(text, item.start)
        found.append(Function(name, line_of(text, item.start),
                              " ".join(result.replace("PILA_MUST", "").split()),
                              parameters(item.head), comment, line,
                              item.head.startswith("PILA_INLINE")))
    return found


def is_public(name):
    return name.startswith("pila_") and not name.startswith("pila__")


def labels(comment):
    """label -> its text, of a contract, in its order; a label is a word and a colon at
    the begin of a line."""
    found, last = {}, None
    for line in comment.rstrip("*/ \n").split("\n")[1:]:
        label = re.match(r" \* ([A-Z]\w*):(?: |$)(.*)", line)
        if label:
            last = label[1]
            found[last] = label[2].strip()
        elif last and line.startswith(" *  "):
            found[last] += "\n" + line[2:].strip()
        else:
            last = None
    return found


def rows(comment):
    """The rows of a contract's parameter block: (line in the comment, names, text)."""
    found = []
    lines = re.split(r"\n \* [A-Z]\w*:(?: |\n)", comment)[0].split("\n")
    for k, line in enumerate(lines):
        row = re.match(r" \*   (\w+(?:, \w+)*)(?:  +(.*))?$", line)
        if row:
            found.append([k, row[1].split(", "), row[2] or ""])
        elif found and re.match(r" \*     +\S", line):
            found[-1][2] += " " + line[2:].strip()
    return found
