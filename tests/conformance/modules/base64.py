"""base64: bytes as text and back, by every codec and option."""
import base64
import string

from oracle import Said
from values import ValueSubject, encoded

B64 = (string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/").encode()
B32 = (string.ascii_uppercase + "234567").encode()
B32HEX = (string.digits + string.ascii_uppercase[:22]).encode()
B85 = (string.digits + string.ascii_letters[26:] + string.ascii_letters[:26] +
       "!#$%&()*+-;<=>?@^_`{|}~").encode()
Z85 = (string.digits + string.ascii_letters + ".-:+=^!/*?&<>()[]{}@%$#").encode()


# ---- what CPython 3.11 has not ----


def z85encode(data, pad=False):
    return base64.b85encode(data, pad).translate(bytes.maketrans(B85, Z85))


def z85decode(text):
    """By base85, of which every other character is a blank."""
    try:
        return base64.b85decode(bytes(B85[Z85.index(c)] if c in Z85 else 32 for c in text))
    except ValueError as e:
        raise ValueError(str(e).replace("base85", "z85"))


# codec -> encoder, decoder, its digits, characters a group
CODECS = {
    "b64": (base64.b64encode, base64.b64decode, B64, 4),
    "standard_b64": (base64.standard_b64encode, base64.standard_b64decode, B64, 4),
    "urlsafe_b64": (base64.urlsafe_b64encode, base64.urlsafe_b64decode, B64[:-2] + b"-_", 4),
    "bytes": (base64.encodebytes, base64.decodebytes, B64, 4),
    "b32": (base64.b32encode, base64.b32decode, B32, 8),
    "b32hex": (base64.b32hexencode, base64.b32hexdecode, B32HEX, 8),
    "b16": (base64.b16encode, base64.b16decode, b"0123456789ABCDEF", 2),
    "a85": (base64.a85encode, base64.a85decode, bytes(range(33, 118)), 5),
    "b85": (base64.b85encode, base64.b85decode, B85, 5),
    "z85": (z85encode, z85decode, Z85, 5),
}
NEW = ("alphabet", "unpadded", "wrapcol", "wrap_exactly")


def lines(text, width):
    return b"\n".join(text[k:k + width] for k in range(0, len(text), width))


def encode(codec, data, options):
    """By CPython, and then what 3.15 can be asked for."""
    encoder, digits, group = CODECS[codec][0], *CODECS[codec][2:]
    old = {key: x for key, x in options.items() if key not in NEW or
           codec == "a85" and key == "wrapcol"}
    text = encoder(data, **old)
    if codec == "a85":
        return text
    if "alphabet" in options:
        text = text.translate(bytes.maketrans(digits, options["alphabet"]))
    if options.get("unpadded"):
        text = text.rstrip(b"=")
    width = options.get("wrapcol", 0)
    if width and not options.get("wrap_exactly"):
        width = max(width // group, 1) * group
    return lines(text, width) if width else text


def decode_strictly(codec, text, options):
    """The bytes whose text this is; None: of none. What is to be ignored is taken out."""
    decoder, digits, group = CODECS[codec][1:]
    ignored = options.get("ignorechars", b"\r\n" if codec == "bytes" else b"")
    text = bytes(c for c in text if c not in ignored)
    if options.get("casefold"):
        text = text.upper()
    plain = text
    if "alphabet" in options:
        if not set(text) <= set(options["alphabet"] + b"="):
            return None
        plain = text.translate(bytes.maketrans(options["alphabet"], digits))
    if options.get("unpadded"):
        plain += b"=" * (-len(plain) % group)
    try:
        data = decoder(plain, **{key: x for key, x in options.items()
                                 if key in ("altchars", "foldspaces", "adobe")})
    except ValueError:
        return None
    how = {key: x for key, x in options.items() if key not in ("ignorechars", "casefold")}
    return data if text == encode("b64" if codec == "bytes" else codec, data, how) else None


def decode_laxly(codec, text):
    """The bytes of a text with blanks, or without its padding; None: of none."""
    decoder, digits, group = CODECS[codec][1:]
    plain = bytes(c for c in text if c not in b" \t\n\r\v\f")
    body = plain if "85" in codec else plain.rstrip(b"=")
    pads, missing = len(plain) - len(body), -len(body) % group
    if "85" in codec:
        lonely, missing = len(body.replace(b"z", b"") if codec == "a85" else body) % 5 == 1, 0
    else:
        lonely = pads not in (0, missing) or codec == "b16" and pads
    if lonely or not set(body) <= set(digits + b"z" * (codec == "a85")):
        return None
    try:
        return decoder(body + b"=" * missing)
    except ValueError:
        return None


class Module(ValueSubject):
    ERRORS = (ValueError,)

    def operate(self, op):
        try:
            return super().operate(op)
        except AssertionError:  # altchars are not two
            return Said({"err": "ValueError"})

    def op_encode(self, codec, data, options, sizes=None):
        return encode(codec, data, options)

    def op_decode(self, codec, text, options):
        """As CPython's function: PILA_BASE64_PYTHON."""
        return CODECS[codec][1](text, **options)

    def op_decode_pieces(self, codec, text, options, sizes):
        """A fault is told alone: of several another may be the first."""
        try:
            return self.op_decode(codec, text, options)
        except ValueError:
            return None

    def op_strict(self, codec, text, options):
        return decode_strictly(codec, text, options)

    def op_lax(self, codec, text, options):
        return decode_laxly(codec, text)

    op_encode_pieces = op_encode


# ---- for random cases ----

# what damages a text, and the middle of what it means
HARM = {"b64": b"=-_+/ \n\0\xff:", "b32": b"=018a \nO\xff", "b16": b"=gGa:@/` \xff",
        "a85": b"zyu~<>! \n\v\f\x7f\xff", "b85": b"~|0\" \n',\xff", "z85": b"~|_;`# \n\xff"}
ALTCHARS = [b"-_", b"-_", b"+/", b"/+", b"ab", b"--", b"*&", b"A/", b"=_", b"_=", b"-", b"-_."]
SANE = ALTCHARS[:3] + [b"*&", b"._"]


def harm_of(codec):
    return HARM.get(codec) or HARM["b32" if codec == "b32hex" else "b64"]


def some_bytes(rng):
    n = rng.choice([rng.randint(0, 12), rng.randint(0, 12), rng.randint(0, 40),
                    rng.choice([47, 48, 57, 58, 63, 64, 96, 97, 130])])
    few = rng.choice([rng.randbytes(4), b"\0\0\0a", b"   a", b"\xff\xfb\xf0"])
    data = bytes(rng.choice(few) for _ in range(n))
    return data if rng.random() < 0.8 else data[:4] * (n // 4)


def encode_options(rng, codec):
    options = {}
    if codec == "b64" and rng.random() < 0.3:
        options["altchars"] = rng.choice(ALTCHARS)
    if codec in ("a85", "b85", "z85") and rng.random() < 0.3:
        options["pad"] = rng.choice([True, True, False])
    if codec == "a85":
        for key, x in (("foldspaces", True), ("adobe", True),
                       ("wrapcol", rng.choice([1, 2, 3, 5, 7, 20, 76]))):
            if rng.random() < 0.3:
                options[key] = x
    return options


def new_options(rng, codec):
    """What 3.15 has, and pila."""
    options = {}
    if codec in ("bytes", "a85"):
        return options
    if codec == "b64" and rng.random() < 0.3:
        options["altchars"] = rng.choice(SANE)
    elif codec in ("b64", "b32", "b32hex", "b85", "z85") and rng.random() < 0.3:
        digits = CODECS[codec][2]
        options["alphabet"] = rng.choice([digits[::-1], digits[7:] + digits[:7]])
    if ("64" in codec or "32" in codec) and rng.random() < 0.3:
        options["unpadded"] = True
    if rng.random() < 0.4:
        options["wrapcol"] = rng.choice([1, 3, 4, 7, 8, 10, 20, 60, 64, 76, 1000])
        if rng.random() < 0.3:
            options["wrap_exactly"] = True
    return options


def decode_options(rng, codec, made):
    """Mostly what undoes the options that the text was made by."""
    options = {key: made[key] for key in ("altchars", "foldspaces", "adobe") if key in made}
    if codec == "b64" and rng.random() < 0.4:
        options["validate"] = rng.choice([True, True, False])
    if codec == "b64" and rng.random() < 0.05:
        options["altchars"] = rng.choice(ALTCHARS)
    if codec in ("b32", "b32hex", "b16") and rng.random() < 0.4:
        options["casefold"] = rng.choice([True, True, False])
    if codec == "b32" and rng.random() < 0.4:
        options["map01"] = rng.choice([b"L", b"I", b"l", b"X"])
    if codec == "a85":
        if rng.random() < 0.3:
            options["ignorechars"] = rng.choice([b"", b" \n", b"~", b"!u", b"\xff\0z", b"y"])
        for key in ("foldspaces", "adobe"):
            if rng.random() < 0.15:
                options[key] = rng.choice([True, False])
        if options.get("adobe") and options.get("ignorechars") == b"~":
            del options["ignorechars"]
    return options


def damaged(rng, text, chars):
    for _ in range(rng.choice([0, 1, 1, 2, 3])):
        at = rng.choice([rng.randint(0, len(text)), max(0, len(text) - rng.randint(0, 4))])
        put = bytes([rng.choice(chars)])
        text = rng.choice([text[:at], text[:at] + put + text[at:], text[at:], text[:at] +
                           put + text[at + 1:], text[:at] + text[at + 1:]])
    return text


def text_of(rng, codec, made):
    text = encode(codec, some_bytes(rng), made)
    kind = rng.random()
    if kind < 0.05:
        text += encode(codec, some_bytes(rng)[:5], made)
    elif kind < 0.1 and codec != "a85":
        text = lines(text, rng.randint(1, 9))
    if codec in ("b32", "b16") and rng.random() < 0.2:
        text = text.lower()
    return text if kind > 0.6 else damaged(rng, text, harm_of(codec))


def sizes_of(rng):
    return [rng.choice([1, 1, 2, 3, 4, 5, 7, 8, 16, 33, 64]) for _ in range(rng.randint(1, 3))]


def encode_op(rng, codec):
    new = rng.random() < 0.35
    options = (new_options if new else encode_options)(rng, codec)
    data = encoded(some_bytes(rng))
    if rng.random() < 0.3:
        return ["encode_pieces", codec, data, encoded(options), sizes_of(rng)]
    return ["encode", codec, data, encoded(options)]


def decode_op(rng, codec):
    made = encode_options(rng, codec)
    if len(made.get("altchars", b"xx")) != 2:
        made = {}
    text = encoded(text_of(rng, codec, made))
    options = encoded(decode_options(rng, codec, made))
    if rng.random() < 0.25:
        return ["decode_pieces", codec, text, options, sizes_of(rng)]
    return ["decode", codec, text, options]


def strict_op(rng, codec):
    made = new_options(rng, codec)
    if codec == "a85":
        made = {key: True for key in ("foldspaces", "adobe") if rng.random() < 0.3}
    text = text_of(rng, codec, made)
    options = {key: x for key, x in made.items() if not key.startswith("wrap")}
    if codec in ("b32", "b32hex", "b16") and "alphabet" not in made and rng.random() < 0.3:
        options["casefold"] = True
    if "wrapcol" in made or rng.random() < 0.2:
        options["ignorechars"] = rng.choice([b"\n", b"\r\n ", b"\0\n"])
    return ["strict", codec, encoded(text), encoded(options)]


def lax_op(rng, codec):
    text = text_of(rng, codec, {})
    text = text.rstrip(b"=") if rng.random() < 0.4 else text
    at = rng.randint(0, len(text))
    return ["lax", codec, encoded(text[:at] + rng.choice([b" ", b"\n", b"\r\n\t", b"\v\f"]) +
                                  text[at:]), {"d": []}]


def random_case(rng):
    ops = []
    for _ in range(rng.choice([1, 1, 2])):
        codec = rng.choice([*CODECS, "b64", "b64", "b32", "a85"])
        ops.append(rng.choice([encode_op, encode_op, decode_op, decode_op, decode_op,
                               strict_op, lax_op])(rng, codec))
    return {"m": "base64", "ops": ops}


def decoded(codec, texts, *options):
    return {"ops": [[what, codec, encoded(text), encoded(options)]
                    for options in (options or ({},)) for text in texts
                    for what in (("decode", "strict", "lax") if not options else ("decode",))]}


PADS = [b"", b"=", b"==", b"===", b"a", b"a=", b"a==", b"a===", b"ab", b"ab=", b"ab==",
        b"abc", b"abc=", b"abcd", b"abcd=", b"abcd==", b"ab==a", b"ab===", b"ab==:", b"abc=a",
        b"abc=:", b"ab==\n", b"\nab==", b"a\nb==", b"a\0b==", b"ab:(){:|:&};:==", b"ab=c=",
        b"ab=ab==", b"abcdef=", b"a=b=", b"a\nb=", b"A\tB\nC ??DE", b"aaaaa", b"ab=\n=",
        b"\xff", b"=abc", b"YQ==", b"YR==", b"YWI=", b"YWJ=", b"YQ==YQ==", b"-_+/", b"a=bc",
        b"ab=:c"]
PADS32 = [b"", b"=", b"========", b"A=======", b"ME======", b"MF======", b"MFR=====",
          b"MFRA====", b"MFRGG===", b"MFRGGZ==", b"MFRGGZA=", b"MFRGGZDF", b"ME", b"ME=====",
          b"ME=======", b"M=E=====", b"me======", b"ME01=L18", b"M1023456",
          b"MFRGGZDFM1======",
          b"MLO23456", b"AAAAAAA1", b"========ME======", b"ME======ME======", b"MFRG GZD",
          b"99999999", b"\xff2345678", b"AAAAAAAB", b"AB======", b"ABC=====", b"7======="]
TEXTS85 = [b"", b"!", b"!!", b"!!!!!", b"z", b"zz", b"!z", b"y", b"!y", b"s8W-!", b"s8W-\"",
           b"uuuuu", b"s8W*", b"u", b"~", b"~~~~~", b"|NsC0", b"|NsC1", b"|NsC", b"|", b"0",
           b"00000", b"0" * 9 + b" ", b"\xff", b"%nSc0", b"%nSc1", b"###", b"a\nb", b"+<VdL",
           b"\v\t", b"\f", b"vv", b"+9", b"!!*-'\"9eu"]
ADOBE = [b"", b"<~", b"~>", b"<~~>", b"<~!!~>", b"!!~>", b"<~z~>", b"<~!!", b"<~ !! ~>",
         b"<~!!~> ", b" <~!!~>", b"<~!!~>~>", b"<~<~!!~>", b"~>~>", b"<~>", b"<~!~!~>"]
LONG = bytes(k * 197 + k // 256 * 31 & 255 for k in range(3600))  # what tables are made for


def long_edges():
    """By each kernel: whole, in lines, and with a fault in the first or last part."""
    for codec in CODECS:
        text = encode(codec, LONG, {})
        bad = {"a85": b"uuuuu", "b85": b"~~~~~", "z85": b"#####"}.get(codec, b"\xff")
        yield {"ops": [["encode_pieces", codec, encoded(LONG), {"d": []}, sizes]
                       for sizes in ([10000], [2700, 7])]}
        for changed in (text, lines(text, 1000), text[:4000] + bad + text[4000:],
                        text[:-90] + bad + text[-90:], bad + text):
            yield {"ops": [["decode", codec, encoded(changed), {"d": []}],
                           ["decode_pieces", codec, encoded(changed), {"d": []}, [9000, 5]]]}


LENGTHS = [bytes(range(n)) for n in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 56, 57, 58, 114, 115)]
EDGES = [
    *({"ops": [["encode", codec, encoded(data), {"d": []}] for data in
               [*LENGTHS, b"\0" * 4, b"\0" * 5, b" " * 4, b"\xff" * 9]]} for codec in CODECS),
    *({"ops": [[what, codec, encoded(bytes(reversed(range(256))) * 2), {"d": []}, [64, 3]]
               for what in ("encode_pieces", "encode")]} for codec in CODECS),
    *long_edges(),
    *(decoded(codec, PADS) for codec in ("b64", "urlsafe_b64", "bytes")),
    decoded("b64", PADS, {"validate": True}, {"altchars": b"-_"},
            {"altchars": b"-_", "validate": True}, {"altchars": b"=a"}, {"altchars": b"-"}),
    *(decoded(codec, PADS32) for codec in ("b32", "b32hex")),
    decoded("b32", PADS32, {"casefold": True}, {"map01": b"L"}, {"map01": b"I"},
            {"map01": b"l", "casefold": True}, {"map01": b"l"}),
    decoded("b16", [b"", b"0", b"00", b"0A", b"0a", b"aBcD", b"0G", b"G", b"GG0", b" 00",
                    b"0A0"]),
    decoded("b16", [b"0a", b"aBcDeF", b"0g", b"a"], {"casefold": True}),
    *(decoded(codec, TEXTS85) for codec in ("a85", "b85", "z85")),
    decoded("a85", TEXTS85, {"foldspaces": True}, {"ignorechars": b""},
            {"ignorechars": b"z!"}),
    decoded("a85", ADOBE, {"adobe": True}, {}, {"adobe": True, "ignorechars": b" "}),
    {"ops": [["strict", "a85", encoded(text), encoded(options)] for text in ADOBE
             for options in ({"adobe": True}, {"adobe": True, "ignorechars": b" "})]},
    *({"ops": [["encode", "a85", encoded(data), encoded({"adobe": adobe, "wrapcol": n})]
               for data in (b"", b"a", b"abcd", b"\0\0\0\0", b"abcdefg")]}
      for adobe in (False, True) for n in (0, 1, 2, 3, 4, 5, 7, 9)),
    *({"ops": [["encode", codec, encoded(data), encoded({"pad": True})]
               for data in (b"", b"a", b"\0", b"\0\0", b"    ", b"abcde")]}
      for codec in ("a85", "b85", "z85")),
    {"ops": [["encode", "b64", encoded(b"\xfb\xef\xbe\xff"), encoded({"altchars": chars})]
             for chars in ALTCHARS]},
]

DIFFERS = [
    ("`altchars` that are not two, `map01` that is no letter", "ValueError in pila; "
     "AssertionError, or a digit of no codec, in CPython 3.11"),
    ("Ascii85 of Adobe where `ignorechars` has ~", "the first ~ ends it in pila; CPython "
     "looks for the end first"),
    ("text fed in pieces", "the first fault in it, where CPython may look for another one "
     "before; the cases tell that there is one"),
    ("z85, `alphabet`, `padded`, `wrapcol`, `ignorechars`, strict and lax decoding", "of 3.13 and "
     "3.15, or pila's own: the cases make it of what 3.11 has"),
]
