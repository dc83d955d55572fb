#!/usr/bin/python3
"""Turns a header's plain comments into Doxygen's: the declarations that users see, each
below its contract.

A contract is a comment in the form that CONTRIBUTING.md fixes: `name - what.`, paragraphs,
rows of parameters, and the labels Fails, Cost, Python and Source, in that order. What
breaks the form is a fault, with its file and line. Left out are bodies, attributes, and
every name with a double underscore. What stands right below a declaration, without an
empty line, shares its comment.

usage: filter.py HEADER      (Doxygen's INPUT_FILTER: writes to stdout)
"""
import re
import sys

LABELS = ["Fails", "Cost", "Python", "Source"]
OWNERS = ["borrowed", "given", "taken"]
# Macros that are about compiling a header, not about using it.
MACHINERY = re.compile(r"PILA__|PILA_\w+_H$|PILA_(API|MUST|INLINE|FACE|BEGIN_C|END_C|RESTRICT"
                       r"|LIKELY|UNLIKELY|STATUS_ENUM|KIND_OF_SIZE)$")
CONTRACT = re.compile(r"((?:pila_|PILA_)\w+(?:, pila_\w+)*)(?:\([^)]*\))? - ")
TOKEN = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|[{};()]|[^/"\'{};()]+|.',
                   re.S)


class Fault(Exception):
    pass


# ---- a header as a list of items ----


class Item:
    """kind: section, function, type, object, macro. comment: its lines, without stars."""

    def __init__(self, kind, name, code, comment, line):
        self.kind, self.name, self.code = kind, name, code
        self.comment, self.line = comment, line
        self.shares = None  # the item whose comment it shares


def plain(comment):
    """The lines of a comment, without its marks."""
    lines = comment[2:-2].split("\n")
    return [re.sub(r"^ *\* ?", "", line).rstrip() if k else line[1:].rstrip()
            for k, line in enumerate(lines)]


def for_c(text):
    """The header as a C compiler sees it: no branch for C++, no line that is none."""
    lines, kept, skipping = text.split("\n"), [], 0
    for line in lines:
        if skipping:
            if re.match(r"#\s*if", line):
                skipping += 1
            elif re.match(r"#\s*endif", line):
                skipping -= 1
            elif skipping == 1 and re.match(r"#\s*else", line):
                skipping = 0
            kept.append("")
        elif re.match(r"#if defined\(__cplusplus\)", line):
            skipping = 1
            kept.append("")
        else:
            kept.append(line)
    return "\n".join(kept)


def rows_written_out(text):
    """An enum whose names are a table's rows, #define TABLE(X) X(name, "a", "b"), with them."""
    for table in re.findall(r"#define (\w+)\(X\)", text):
        whole = re.search(rf"#define {table}\(X\)(?:[^\n]*\\\n)*[^\n]*", text).group()
        rows_ = re.findall(r'X\((\w+), *"([^"]*)", *"([^"]*)"\)', whole)
        names = "\n".join(f"    {name}, /* {a}{': ' if a else ''}{b} */" for name, a, b in rows_)
        text = re.sub(rf"^ *{table}\(\w+\)$", lambda _: names.replace("\n", " "), text,
                      flags=re.M)
    return text


def pieces(text):
    """(line, kind, text) of each comment, directive and declaration at file scope."""
    at, depth, start = 0, 0, None
    while at < len(text):
        directive = re.compile(r"#(?:[^\n]*\\\n)*[^\n]*").match(text, at)
        if directive and (at == 0 or text[at - 1] == "\n"):
            if start is None:
                yield text.count("\n", 0, at), "directive", directive.group()
            at = directive.end()
            continue
        if start is None and text[at] in " \n":
            at += 1
            continue
        if start is None and (line := re.compile(r"PILA_(BEGIN|END)_C\b").match(text, at)):
            yield text.count("\n", 0, at), "gap", ""
            at = line.end()
            continue
        token = TOKEN.match(text, at).group()
        if start is None and token.startswith("/*"):
            yield text.count("\n", 0, at), "comment", token
            at += len(token)
            continue
        if start is None:
            start = at
        if token[0] not in "/\"'{};()":
            # stop at the end of a line: a directive may come
            token = token[:token.index("\n") + 1] if "\n" in token else token
        at += len(token)
        depth += (token in ("{", "(")) - (token in ("}", ")"))
        code = text[start:at]
        body = token == "}" and not re.match(r"typedef|struct|enum|static const|union", code)
        if depth == 0 and (token == ";" or body):
            yield text.count("\n", 0, start), "code", code
            start = None
    if start is not None:
        raise Fault(f"{text.count(chr(10), 0, start) + 1}: no end of a declaration")


def public(name):
    return bool(name) and not MACHINERY.match(name) and not name.startswith("pila__")


def named(code):
    """(kind, name) of a declaration."""
    bare = re.sub(r"/\*.*?\*/", " ", code, flags=re.S)
    bare = re.sub(r"__attribute__\s*\(\(.*?\)\)\s*", "", bare, flags=re.S)
    if found := re.match(r"typedef\s+(?:struct|enum|union)\s+\w+\s*\{.*\}\s*(\w+);$", bare, re.S):
        return "type", found.group(1)
    if found := re.match(r"typedef\s+(?:struct|union)\s+\w+\s+(\w+);", bare):
        return "forward", found.group(1)
    if found := re.match(r"(?:struct|union)\s+(\w+)\s*[{;]", bare):
        return "type" if "{" in bare else "forward", found.group(1)
    if found := re.match(r"typedef\s[^(]*?(\w+)\s*\(", bare):
        return "type", found.group(1)
    if found := re.match(r"enum\s*\{\s*(\w+)", bare):
        return "constants", found.group(1)
    if found := re.match(r"PILA_(?:_READY|PAIR)\((\w+)", bare):
        return "object", found.group(1)
    if found := re.match(r"(?:PILA_API\s+extern|static)\s+const\s+[^({]*?(\w+)\s*(?:=|;)", bare):
        return "object", found.group(1)
    if found := re.match(r"[^({=]*?\b(\w+)\s*\(", bare):
        return "function", found.group(1)
    return "other", None


def items(text):
    """The items of a header that users see, and its first comment as lines."""
    text = rows_written_out(for_c(text))
    about, found, waiting, last = None, [], None, (-9, None)
    for line, kind, code in pieces(text):
        end = line + code.count("\n")
        if kind == "comment":
            lines = plain(code)
            if about is None:
                about = lines
                continue
            waiting = (end, lines)
            if title := re.match(r"---- (.*?)(?: ----)?$", lines[0]):
                title = title.group(1)
                rest = lines[1:]
                while rest and (rest[0] == "" or rest[0].strip(" -") == ""):
                    rest = rest[1:]
                found.append(Item("section", title, "", rest, line + 1))
                waiting = (end, rest) if rest else None
        elif kind == "gap":
            last = (-9, None)
        else:
            if kind == "directive":
                name = re.match(r"#define (\w+)", code)
                kind, name = "macro", name and name.group(1)
            else:
                kind, name = named(code)
            comment = waiting[1] if waiting and waiting[0] + 1 == line else None
            if comment and found and found[-1].comment is comment:
                found[-1].comment = []  # the section's text is this one's contract
            waiting = None
            near = last[0] + 1 == line
            if public(name) and kind not in ("forward", "other"):
                item = Item(kind, name, code, comment, line + 1)
                above = last[1]
                if not comment and above and (near or kind == "macro" and
                                              re.search(rf"\b{name}\b", "\n".join(above.comment))):
                    item.shares = above
                found.append(item)
                last = (end, item.shares or (item if item.comment else None))
    # a section of internals alone is none
    return about or [], [item for k, item in enumerate(found) if item.kind != "section"
                         or (k + 1 < len(found) and found[k + 1].kind != "section")]


# ---- a contract ----


class Contract:
    """names, brief: text. paragraphs: texts. params: (names, text, owner) each.
    labels: {label: [lines]}."""

    def __init__(self, lines, where):
        self.names, self.params, self.labels, self.paragraphs = [], [], {}, []
        blocks = blocks_of(lines)
        if not blocks:
            raise Fault(f"{where}: an empty comment")
        first = " ".join(line.strip() for line in blocks[0])
        if found := CONTRACT.match(first):
            self.names = found.group(1).split(", ")
            first = first[found.end():]
        self.brief = first
        for block in blocks[1:]:
            label = re.match(r"([A-Z][a-z]+):(?:\s|$)", block[0])
            if label and label.group(1) in LABELS:
                self.read_labels(block, where)
            elif self.labels:
                raise Fault(f"{where}: text below the labels: {block[0].strip()}")
            elif label and self.names and len(label.group(1)) < 8:
                raise Fault(f"{where}: no label '{label.group(1)}:'")
            elif block[0].startswith("  ") and self.names:
                self.read_params(block, where)
            elif block[0].startswith("    "):
                self.paragraphs.append(block)
            else:
                self.paragraphs.append(" ".join(line.strip() for line in block))

    def read_params(self, block, where):
        for line in block:
            found = re.match(r"  ?(\w+(?:, \w+)*)\s\s+(\S.*)$", line)
            if found and re.match(r"  ?\S", line):
                self.params.append([found.group(1).split(", "), found.group(2)])
            elif self.params:
                self.params[-1][1] += " " + line.strip()
            else:
                raise Fault(f"{where}: not a row of a parameter: {line.strip()}")
        for row in self.params:
            if len(row) == 3:
                continue
            # two spaces before it, or one where the line was full
            found = re.match(rf"(.*?)\s*\b({'|'.join(OWNERS)})$", row[1])
            alone = found and (found.group(1) == "" or
                               re.search(rf"\s{{2,}}{found.group(2)}$|strings taken$", row[1]))
            row[1:] = [found.group(1), found.group(2)] if alone else [row[1], None]
            row[1] = re.sub(r"\s+", " ", row[1])

    def read_labels(self, block, where):
        label = None
        for line in block:
            found = re.match(r"([A-Z][a-z]+):\s*(.*)", line)
            if found and found.group(1) not in LABELS:
                raise Fault(f"{where}: no label '{found.group(1)}:'")
            if found:
                label = found.group(1)
                if label in self.labels:
                    raise Fault(f"{where}: '{label}:' twice")
                if self.labels and LABELS.index(label) < LABELS.index(list(self.labels)[-1]):
                    raise Fault(f"{where}: '{label}:' comes before "
                                f"'{list(self.labels)[-1]}:'")
                if not found.group(2):
                    raise Fault(f"{where}: '{label}:' says nothing")
                self.labels[label] = [found.group(2)]
            else:
                self.labels[label].append(line[9:] if line.startswith(" " * 9)
                                          else "  " + line.strip())


def blocks_of(lines):
    """Runs of lines that are not empty."""
    blocks = []
    fresh = True
    for line in lines:
        if not line.strip():
            fresh = True
            continue
        if fresh:
            blocks.append([])
        fresh = False
        blocks[-1].append(line)
    return blocks


def rows(lines):
    """Of a label: (key, text) each; key None for a sentence."""
    found = []
    for line in lines:
        row = re.match(r"((?:PILA_\w+|any|NULL|0)(?:, (?:PILA_\w+|any))*)\s\s+(\S.*)$", line)
        if row:
            found.append([row.group(1), row.group(2)])
        elif found:
            found[-1][1] += " " + line.strip()
        else:
            found.append([None, line.strip()])
    return found


# ---- Doxygen's commands ----


known = set()  # functions of any header, which a mention is linked to


def safe(text):
    """Text in which nothing is a command, nor Markdown."""
    text = re.sub(r"\s+", " ", text.strip())
    text = re.sub(r"([\\@&$#<>%\"~])", r"\\\1", text)
    text = text.replace("::", "\\::").replace("--", "\\--")
    text = re.sub(r"`([^`]*)`", r"<tt>\1</tt>", text)
    return re.sub(r"\bpila_\w+\b(?=[\s,;.]|$)", lambda found: f"\\ref {found.group()}"
                  if found.group() in known else found.group(), text)


def parameters(item):
    """The parameters' names of a function or a macro; None where there is no list."""
    code = re.sub(r"/\*.*?\*/", " ", item.code, flags=re.S)
    code = re.sub(r"__attribute__\s*\(\(.*?\)\)", "", code, flags=re.S)
    if item.kind == "macro":
        found = re.match(r"#define \w+\(([^)]*)\)", code)
        return re.findall(r"\w+", found.group(1)) if found else None
    found = re.search(re.escape(item.name) + r"\s*\((.*?)\)\s*[;{]", code, re.S)
    if not found:
        return None
    return [re.findall(r"\w+", re.sub(r"\[.*?\]", "", part))[-1]
            for part in found.group(1).split(",")]


def declaration(item):
    """What Doxygen is shown of it."""
    if item.kind == "macro":
        whole = re.match(r"#define \w+(\([^)]*\))?", item.code).group()
        value = item.code[len(whole):].strip()
        return whole if "(" in whole or "\n" in value else f"{whole} {value}"
    if item.kind == "object":
        if item.code.startswith("PILA__READY"):
            return f"extern const pila_type {item.name};"
        if item.code.startswith("PILA_PAIR"):
            return f"extern const pila_pair {item.name};"
        return re.sub(r"PILA_API\s+|\s*__attribute__.*|\s*=.*", "", item.code.rstrip(";"),
                      flags=re.S) + ";"
    if item.kind == "function":
        code = item.code[:item.code.index("{")] if "{" in item.code else item.code[:-1]
        code = re.sub(r"\b(PILA_API|PILA_MUST|PILA_INLINE|static inline)\b"
                      r"|__attribute__\s*\(\(.*?\)\)", "", code, flags=re.S)
        return " ".join(code.split()) + ";"
    code = re.sub(r"^#.*\n", "", item.code, flags=re.M).replace("PILA_RESTRICT", "restrict")
    code = re.sub(r"[ \t]*/\*(.*?)\*/", members_comment, code, flags=re.S)
    return re.sub(r"^\s*(const )?pila__\w+ [^;]*;.*\n", "", code, flags=re.M)


def members_comment(found):
    """A member's comment; of the line before it where it stands alone."""
    text = " ".join(" ".join(plain("/*" + found.group(1) + "*/")).split())
    line = found.string[:found.start()].rsplit("\n", 1)[-1]
    mark = "/**" if not line.strip() else "/**<"
    if line.rstrip().endswith("{"):
        mark = "/*"  # the type's own; it is in its description
    return f" {mark} {safe(text)} */"


def own_remark(item):
    """What a type says of itself behind its opening brace, and a descriptor by its C type."""
    if ready := re.match(r'PILA__READY\(\w+, \w+, (.*), "(.*)"\)', item.code):
        return f"The descriptor of `{ready.group(1)}`, in Python {ready.group(2)}."
    found = re.search(r"\{ */\*(.*?)\*/", item.code, re.S)
    line = found and item.code[:found.start()].count("\n") == 0
    return " ".join(" ".join(plain("/*" + found.group(1) + "*/")).split()) if line else None


def documented(item, where):
    """The comment of an item as Doxygen's."""
    if item.shares:
        return f"/** As <tt>{item.shares.name}</tt>. */\n"
    lines = item.comment
    if not lines:
        remark = own_remark(item)
        return f"/** {safe(remark)} */\n" if remark else "/** */\n"
    contract = Contract(lines, where)
    if contract.names and item.name not in contract.names:
        if item.kind != "macro" or not item.name.startswith(contract.names[0]):
            raise Fault(f"{where}: the contract of {contract.names[0]} stands at {item.name}")
    out = [safe(contract.brief), ""]
    for paragraph in contract.paragraphs:
        if isinstance(paragraph, list):
            out += ["\\verbatim", *paragraph, "\\endverbatim", ""]
        else:
            out += [safe(paragraph), ""]
    known = parameters(item)
    for names, text, owner in contract.params:
        unknown = [name for name in names if name not in (known or names)]
        if unknown and len(contract.names) == 1:
            raise Fault(f"{where}: {item.name} has no parameter {unknown[0]}")
        names = [name for name in names if name in (known or names)]
        owner = f"\\e {owner}{': ' if text else ''}" if owner else ""
        for name in names:
            out += [f"\\param {name} {owner}{safe(text)}"]
    for label, lines in contract.labels.items():
        out += ["", f"\\par {label}"]
        table = rows(lines)
        for key, text in table:
            if key is None:
                out += [safe(text)]
            else:
                out += [f"- <tt>{safe(key)}</tt>: {safe(text)}"]
    return "/**\n" + "\n".join(out) + "\n*/\n"


def check(item, where):
    """What the API promises has a contract."""
    if item.kind == "function" and "PILA_API" in item.code and not (item.comment
                                                                     or item.shares):
        raise Fault(f"{where}: {item.name} has no contract")


def doxygen(text, name, functions=()):
    """The header `name` as Doxygen is to read it; mentions of the functions are links."""
    known.update(functions)
    about, found = items(text)
    out = [f"/** \\file */\n"]
    for item in found:
        where = f"{name}:{item.line}"
        if item.kind == "section":
            continue
        check(item, where)
        out.append(documented(item, where) + declaration(item) + "\n")
    return "\n".join(out)


if __name__ == "__main__":
    try:
        with open(sys.argv[1]) as header:
            sys.stdout.write(doxygen(header.read(), sys.argv[1]))
    except Fault as fault:
        sys.exit(str(fault))
