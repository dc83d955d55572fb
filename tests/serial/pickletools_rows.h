/* Made by pickletools_rows.py with CPython; not to be edited. */
/* clang-format off */
static const opcode_row opcode_rows[] = {
    {"INT", 73, 0, "", "int_or_bool "},
    {"BININT", 74, 1, "", "int "},
    {"BININT1", 75, 1, "", "int "},
    {"BININT2", 77, 1, "", "int "},
    {"LONG", 76, 0, "", "int "},
    {"LONG1", 138, 2, "", "int "},
    {"LONG4", 139, 2, "", "int "},
    {"STRING", 83, 0, "", "bytes_or_str "},
    {"BINSTRING", 84, 1, "", "bytes_or_str "},
    {"SHORT_BINSTRING", 85, 1, "", "bytes_or_str "},
    {"BINBYTES", 66, 3, "", "bytes "},
    {"SHORT_BINBYTES", 67, 3, "", "bytes "},
    {"BINBYTES8", 142, 4, "", "bytes "},
    {"BYTEARRAY8", 150, 5, "", "bytearray "},
    {"NEXT_BUFFER", 151, 5, "", "buffer "},
    {"READONLY_BUFFER", 152, 5, "buffer ", "buffer "},
    {"NONE", 78, 0, "", "None "},
    {"NEWTRUE", 136, 2, "", "bool "},
    {"NEWFALSE", 137, 2, "", "bool "},
    {"UNICODE", 86, 0, "", "str "},
    {"SHORT_BINUNICODE", 140, 4, "", "str "},
    {"BINUNICODE", 88, 1, "", "str "},
    {"BINUNICODE8", 141, 4, "", "str "},
    {"FLOAT", 70, 0, "", "float "},
    {"BINFLOAT", 71, 1, "", "float "},
    {"EMPTY_LIST", 93, 1, "", "list "},
    {"APPEND", 97, 0, "list any ", "list "},
    {"APPENDS", 101, 1, "list mark stackslice ", "list "},
    {"LIST", 108, 0, "mark stackslice ", "list "},
    {"EMPTY_TUPLE", 41, 1, "", "tuple "},
    {"TUPLE", 116, 0, "mark stackslice ", "tuple "},
    {"TUPLE1", 133, 2, "any ", "tuple "},
    {"TUPLE2", 134, 2, "any any ", "tuple "},
    {"TUPLE3", 135, 2, "any any any ", "tuple "},
    {"EMPTY_DICT", 125, 1, "", "dict "},
    {"DICT", 100, 0, "mark stackslice ", "dict "},
    {"SETITEM", 115, 0, "dict any any ", "dict "},
    {"SETITEMS", 117, 1, "dict mark stackslice ", "dict "},
    {"EMPTY_SET", 143, 4, "", "set "},
    {"ADDITEMS", 144, 4, "set mark stackslice ", "set "},
    {"FROZENSET", 145, 4, "mark stackslice ", "frozenset "},
    {"POP", 48, 0, "any ", ""},
    {"DUP", 50, 0, "any ", "any any "},
    {"MARK", 40, 0, "", "mark "},
    {"POP_MARK", 49, 1, "mark stackslice ", ""},
    {"GET", 103, 0, "", "any "},
    {"BINGET", 104, 1, "", "any "},
    {"LONG_BINGET", 106, 1, "", "any "},
    {"PUT", 112, 0, "", ""},
    {"BINPUT", 113, 1, "", ""},
    {"LONG_BINPUT", 114, 1, "", ""},
    {"MEMOIZE", 148, 4, "any ", "any "},
    {"EXT1", 130, 2, "", "any "},
    {"EXT2", 131, 2, "", "any "},
    {"EXT4", 132, 2, "", "any "},
    {"GLOBAL", 99, 0, "", "any "},
    {"STACK_GLOBAL", 147, 4, "str str ", "any "},
    {"REDUCE", 82, 0, "any any ", "any "},
    {"BUILD", 98, 0, "any any ", "any "},
    {"INST", 105, 0, "mark stackslice ", "any "},
    {"OBJ", 111, 1, "mark any stackslice ", "any "},
    {"NEWOBJ", 129, 2, "any any ", "any "},
    {"NEWOBJ_EX", 146, 4, "any any any ", "any "},
    {"PROTO", 128, 2, "", ""},
    {"STOP", 46, 0, "any ", ""},
    {"FRAME", 149, 4, "", ""},
    {"PERSID", 80, 0, "", "any "},
    {"BINPERSID", 81, 1, "any ", "any "},
};

static const row rows[] = {
    {"values, protocol 0",
     "(lp0\n(lp1\nI1\naF2.5\naVtext\np2\nac_codecs\nencode\np3\n(Vbytes\n"
     "p4\nVlatin1\np5\ntp6\nRp7\naNaI01\na(I1\nI2\nI3\ntp8\na(dp9\nVkey\n"
     "p10\n(lp11\n(lp12\nVshared\np13\naag12\nasac__builtin__\nset\np14\n"
     "((lp15\nI7\natp16\nRp17\naa(lp18\n(g18\ntp19\naa.", 212,
     {"2 0\n7 1\n10 1\n14 2.5\n20 'text'\n26 2\n30 '_codecs encode'\n46 3\n"
     "50 'bytes'\n57 4\n60 'latin1'\n68 5\n72 6\n76 7\n82 True\n88 1\n91 "
     "2\n94 3\n98 8\n104 9\n107 'key'\n112 10\n118 11\n124 12\n128 'share"
     "d'\n136 13\n142 12\n149 '__builtin__ set'\n166 14\n173 15\n177 7\n1"
     "82 16\n187 17\n195 18\n200 18\n205 19\n", 272,
      PILA_END, ""},
     {"    0: (    MARK\n    1: l      LIST       (MARK at 0)\n    2: p   "
     " PUT        0\n    5: (    MARK\n    6: l      LIST       (MARK at "
     "5)\n    7: p    PUT        1\n   10: I    INT        1\n   13: a   "
     " APPEND\n   14: F    FLOAT      2.5\n   19: a    APPEND\n   20: V  "
     "  UNICODE    'text'\n   26: p    PUT        2\n   29: a    APPEND\n"
     "   30: c    GLOBAL     '_codecs encode'\n   46: p    PUT        3\n"
     "   49: (    MARK\n   50: V      UNICODE    'bytes'\n   57: p      P"
     "UT        4\n   60: V      UNICODE    'latin1'\n   68: p      PUT  "
     "      5\n   71: t      TUPLE      (MARK at 49)\n   72: p    PUT    "
     "    6\n   75: R    REDUCE\n   76: p    PUT        7\n   79: a    AP"
     "PEND\n   80: N    NONE\n   81: a    APPEND\n   82: I    INT        "
     "True\n   86: a    APPEND\n   87: (    MARK\n   88: I      INT      "
     "  1\n   91: I      INT        2\n   94: I      INT        3\n   97:"
     " t      TUPLE      (MARK at 87)\n   98: p    PUT        8\n  101: a"
     "    APPEND\n  102: (    MARK\n  103: d      DICT       (MARK at 102"
     ")\n  104: p    PUT        9\n  107: V    UNICODE    'key'\n  112: p"
     "    PUT        10\n  116: (    MARK\n  117: l      LIST       (MARK"
     " at 116)\n  118: p    PUT        11\n  122: (    MARK\n  123: l    "
     "  LIST       (MARK at 122)\n  124: p    PUT        12\n  128: V    "
     "UNICODE    'shared'\n  136: p    PUT        13\n  140: a    APPEND\n"
     "  141: a    APPEND\n  142: g    GET        12\n  146: a    APPEND\n"
     "  147: s    SETITEM\n  148: a    APPEND\n  149: c    GLOBAL     '__"
     "builtin__ set'\n  166: p    PUT        14\n  170: (    MARK\n  171:"
     " (      MARK\n  172: l        LIST       (MARK at 171)\n  173: p   "
     "   PUT        15\n  177: I      INT        7\n  180: a      APPEND\n"
     "  181: t      TUPLE      (MARK at 170)\n  182: p    PUT        16\n"
     "  186: R    REDUCE\n  187: p    PUT        17\n  191: a    APPEND\n"
     "  192: a    APPEND\n  193: (    MARK\n  194: l      LIST       (MAR"
     "K at 193)\n  195: p    PUT        18\n  199: (    MARK\n  200: g   "
     "   GET        18\n  204: t      TUPLE      (MARK at 199)\n  205: p "
     "   PUT        19\n  209: a    APPEND\n  210: a    APPEND\n  211: . "
     "   STOP\nhighest protocol among opcodes = 0\n", 2044,
      PILA_OK, ""},
     {"(l(lI1\naF2.5\naVtext\nac_codecs\nencode\n(Vbytes\nVlatin1\ntRaNaI0"
     "1\na(I1\nI2\nI3\nta(dVkey\n(l(lp0\nVshared\naag0\nasac__builtin__\n"
     "set\n((lI7\natRaa(lp1\n(g1\ntaa.", 146,
      PILA_OK, ""},
    },
    {"values, protocol 2",
     "\200\002]q\000(]q\001(K\001G@\004\000\000\000\000\000\000X\004\000\000"
     "\000textq\002c_codecs\nencode\nq\003X\005\000\000\000bytesq\004X\006"
     "\000\000\000latin1q\005\206q\006Rq\007N\210K\001K\002K\003\207q\010"
     "}q\011X\003\000\000\000keyq\n]q\013(]q\014X\006\000\000\000sharedq\015"
     "ah\014esc__builtin__\nset\nq\016]q\017K\007a\205q\020Rq\021e]q\022h"
     "\022\205q\023ae.", 173,
     {"0 2\n3 0\n7 1\n10 1\n12 2.5\n21 'text'\n30 2\n32 '_codecs encode'\n"
     "48 3\n50 'bytes'\n60 4\n62 'latin1'\n73 5\n76 6\n79 7\n83 1\n85 2\n"
     "87 3\n90 8\n93 9\n95 'key'\n103 10\n106 11\n110 12\n112 'shared'\n1"
     "23 13\n126 12\n130 '__builtin__ set'\n147 14\n150 15\n152 7\n156 16"
     "\n159 17\n163 18\n165 18\n168 19\n", 266,
      PILA_END, ""},
     {"    0: \134x80 PROTO      2\n    2: ]    EMPTY_LIST\n    3: q    BI"
     "NPUT     0\n    5: (    MARK\n    6: ]      EMPTY_LIST\n    7: q   "
     "   BINPUT     1\n    9: (      MARK\n   10: K        BININT1    1\n"
     "   12: G        BINFLOAT   2.5\n   21: X        BINUNICODE 'text'\n"
     "   30: q        BINPUT     2\n   32: c        GLOBAL     '_codecs e"
     "ncode'\n   48: q        BINPUT     3\n   50: X        BINUNICODE 'b"
     "ytes'\n   60: q        BINPUT     4\n   62: X        BINUNICODE 'la"
     "tin1'\n   73: q        BINPUT     5\n   75: \134x86     TUPLE2\n   "
     "76: q        BINPUT     6\n   78: R        REDUCE\n   79: q        "
     "BINPUT     7\n   81: N        NONE\n   82: \134x88     NEWTRUE\n   "
     "83: K        BININT1    1\n   85: K        BININT1    2\n   87: K  "
     "      BININT1    3\n   89: \134x87     TUPLE3\n   90: q        BINP"
     "UT     8\n   92: }        EMPTY_DICT\n   93: q        BINPUT     9\n"
     "   95: X        BINUNICODE 'key'\n  103: q        BINPUT     10\n  "
     "105: ]        EMPTY_LIST\n  106: q        BINPUT     11\n  108: (  "
     "      MARK\n  109: ]          EMPTY_LIST\n  110: q          BINPUT "
     "    12\n  112: X          BINUNICODE 'shared'\n  123: q          BI"
     "NPUT     13\n  125: a          APPEND\n  126: h          BINGET    "
     " 12\n  128: e          APPENDS    (MARK at 108)\n  129: s        SE"
     "TITEM\n  130: c        GLOBAL     '__builtin__ set'\n  147: q      "
     "  BINPUT     14\n  149: ]        EMPTY_LIST\n  150: q        BINPUT"
     "     15\n  152: K        BININT1    7\n  154: a        APPEND\n  15"
     "5: \134x85     TUPLE1\n  156: q        BINPUT     16\n  158: R     "
     "   REDUCE\n  159: q        BINPUT     17\n  161: e        APPENDS  "
     "  (MARK at 9)\n  162: ]      EMPTY_LIST\n  163: q      BINPUT     1"
     "8\n  165: h      BINGET     18\n  167: \134x85   TUPLE1\n  168: q  "
     "    BINPUT     19\n  170: a      APPEND\n  171: e      APPENDS    ("
     "MARK at 5)\n  172: .    STOP\nhighest protocol among opcodes = 2\n", 1795,
      PILA_OK, ""},
     {"\200\002](](K\001G@\004\000\000\000\000\000\000X\004\000\000\000tex"
     "tc_codecs\nencode\nX\005\000\000\000bytesX\006\000\000\000latin1\206"
     "RN\210K\001K\002K\003\207}X\003\000\000\000key](]q\000X\006\000\000"
     "\000sharedah\000esc__builtin__\nset\n]K\007a\205Re]q\001h\001\205ae"
     ".", 137,
      PILA_OK, ""},
    },
    {"values, protocol 5",
     "\200\005\225U\000\000\000\000\000\000\000]\224(]\224(K\001G@\004\000"
     "\000\000\000\000\000\214\004text\224C\005bytes\224N\210K\001K\002K\003"
     "\207\224}\224\214\003key\224]\224(]\224\214\006shared\224ah\010es\217"
     "\224(K\007\220e]\224h\013\205\224ae.", 96,
     {"0 5\n2 85\n17 1\n19 2.5\n28 'text'\n35 b'bytes'\n45 1\n47 2\n49 3\n"
     "55 'key'\n66 'shared'\n76 8\n83 7\n89 11\n", 95,
      PILA_END, ""},
     {"    0: \134x80 PROTO      5\n    2: \134x95 FRAME      85\n   11: ]"
     "    EMPTY_LIST\n   12: \134x94 MEMOIZE    (as 0)\n   13: (    MARK\n"
     "   14: ]      EMPTY_LIST\n   15: \134x94   MEMOIZE    (as 1)\n   16"
     ": (      MARK\n   17: K        BININT1    1\n   19: G        BINFLO"
     "AT   2.5\n   28: \134x8c     SHORT_BINUNICODE 'text'\n   34: \134x9"
     "4     MEMOIZE    (as 2)\n   35: C        SHORT_BINBYTES b'bytes'\n "
     "  42: \134x94     MEMOIZE    (as 3)\n   43: N        NONE\n   44: \134"
     "x88     NEWTRUE\n   45: K        BININT1    1\n   47: K        BINI"
     "NT1    2\n   49: K        BININT1    3\n   51: \134x87     TUPLE3\n"
     "   52: \134x94     MEMOIZE    (as 4)\n   53: }        EMPTY_DICT\n "
     "  54: \134x94     MEMOIZE    (as 5)\n   55: \134x8c     SHORT_BINUN"
     "ICODE 'key'\n   60: \134x94     MEMOIZE    (as 6)\n   61: ]        "
     "EMPTY_LIST\n   62: \134x94     MEMOIZE    (as 7)\n   63: (        M"
     "ARK\n   64: ]          EMPTY_LIST\n   65: \134x94       MEMOIZE    "
     "(as 8)\n   66: \134x8c       SHORT_BINUNICODE 'shared'\n   74: \134"
     "x94       MEMOIZE    (as 9)\n   75: a          APPEND\n   76: h    "
     "      BINGET     8\n   78: e          APPENDS    (MARK at 63)\n   7"
     "9: s        SETITEM\n   80: \134x8f     EMPTY_SET\n   81: \134x94  "
     "   MEMOIZE    (as 10)\n   82: (        MARK\n   83: K          BINI"
     "NT1    7\n   85: \134x90       ADDITEMS   (MARK at 82)\n   86: e   "
     "     APPENDS    (MARK at 16)\n   87: ]      EMPTY_LIST\n   88: \134"
     "x94   MEMOIZE    (as 11)\n   89: h      BINGET     11\n   91: \134x"
     "85   TUPLE1\n   92: \134x94   MEMOIZE    (as 12)\n   93: a      APP"
     "END\n   94: e      APPENDS    (MARK at 13)\n   95: .    STOP\nhighe"
     "st protocol among opcodes = 4\n", 1523,
      PILA_OK, ""},
     {"\200\005\225J\000\000\000\000\000\000\000](](K\001G@\004\000\000\000"
     "\000\000\000\214\004textC\005bytesN\210K\001K\002K\003\207}\214\003"
     "key](]\224\214\006sharedah\000es\217(K\007\220e]\224h\001\205ae.", 85,
      PILA_OK, ""},
    },
    {"numbers, protocol 0",
     "(lp0\nI0\naI255\naI256\naI-1\naI65536\naL2147483648L\naL-1180591620"
     "717411303424L\na.", 76,
     {"2 0\n5 0\n9 255\n15 256\n21 -1\n26 65536\n34 2147483648\n48 -118059"
     "1620717411303424\n", 77,
      PILA_END, ""},
     {"    0: (    MARK\n    1: l      LIST       (MARK at 0)\n    2: p   "
     " PUT        0\n    5: I    INT        0\n    8: a    APPEND\n    9:"
     " I    INT        255\n   14: a    APPEND\n   15: I    INT        25"
     "6\n   20: a    APPEND\n   21: I    INT        -1\n   25: a    APPEN"
     "D\n   26: I    INT        65536\n   33: a    APPEND\n   34: L    LO"
     "NG       2147483648\n   47: a    APPEND\n   48: L    LONG       -11"
     "80591620717411303424\n   74: a    APPEND\n   75: .    STOP\nhighest"
     " protocol among opcodes = 0\n", 479,
      PILA_OK, ""},
     {"(lI0\naI255\naI256\naI-1\naI65536\naL2147483648L\naL-11805916207174"
     "11303424L\na.", 73,
      PILA_OK, ""},
    },
    {"numbers, protocol 2",
     "\200\002]q\000(K\000K\377M\000\001J\377\377\377\377J\000\000\001\000"
     "\212\005\000\000\000\200\000\212\011\000\000\000\000\000\000\000\000"
     "\300e.", 43,
     {"0 2\n3 0\n6 0\n8 255\n10 256\n13 -1\n18 65536\n23 2147483648\n30 -1"
     "180591620717411303424\n", 81,
      PILA_END, ""},
     {"    0: \134x80 PROTO      2\n    2: ]    EMPTY_LIST\n    3: q    BI"
     "NPUT     0\n    5: (    MARK\n    6: K      BININT1    0\n    8: K "
     "     BININT1    255\n   10: M      BININT2    256\n   13: J      BI"
     "NINT     -1\n   18: J      BININT     65536\n   23: \134x8a   LONG1"
     "      2147483648\n   30: \134x8a   LONG1      -11805916207174113034"
     "24\n   41: e      APPENDS    (MARK at 5)\n   42: .    STOP\nhighest"
     " protocol among opcodes = 2\n", 408,
      PILA_OK, ""},
     {"\200\002](K\000K\377M\000\001J\377\377\377\377J\000\000\001\000\212"
     "\005\000\000\000\200\000\212\011\000\000\000\000\000\000\000\000\300"
     "e.", 41,
      PILA_OK, ""},
    },
    {"an object, protocol 1",
     "c__builtin__\nlist\nq\000)Rq\001(K\001K\002eX\001\000\000\000kq\002"
     "K\002s}q\003X\005\000\000\000stateq\004K\001sb.", 61,
     {"0 '__builtin__ list'\n18 0\n22 1\n25 1\n27 2\n30 'k'\n36 2\n38 2\n4"
     "2 3\n44 'state'\n54 4\n56 1\n", 84,
      PILA_END, ""},
     {"    0: c    GLOBAL     '__builtin__ list'\n   18: q    BINPUT     0"
     "\n   20: )    EMPTY_TUPLE\n   21: R    REDUCE\n   22: q    BINPUT  "
     "   1\n   24: (    MARK\n   25: K      BININT1    1\n   27: K      B"
     "ININT1    2\n   29: e      APPENDS    (MARK at 24)\n   30: X    BIN"
     "UNICODE 'k'\n   36: q    BINPUT     2\n   38: K    BININT1    2\n  "
     " 40: s    SETITEM\n   41: }    EMPTY_DICT\n   42: q    BINPUT     3"
     "\n   44: X    BINUNICODE 'state'\n   54: q    BINPUT     4\n   56: "
     "K    BININT1    1\n   58: s    SETITEM\n   59: b    BUILD\n   60: ."
     "    STOP\nhighest protocol among opcodes = 1\n", 560,
      PILA_OK, ""},
     {"c__builtin__\nlist\n)R(K\001K\002eX\001\000\000\000kK\002s}X\005\000"
     "\000\000stateK\001sb.", 51,
      PILA_OK, ""},
    },
    {"an object, protocol 4",
     "\200\004\2253\000\000\000\000\000\000\000\214\010builtins\224\214\004"
     "list\224\223\224)R\224(K\001K\002e\214\001k\224K\002s}\224\214\005s"
     "tate\224K\001sb.", 62,
     {"0 4\n2 51\n11 'builtins'\n22 'list'\n35 1\n37 2\n40 'k'\n44 2\n49 '"
     "state'\n57 1\n", 71,
      PILA_END, ""},
     {"    0: \134x80 PROTO      4\n    2: \134x95 FRAME      51\n   11: \134"
     "x8c SHORT_BINUNICODE 'builtins'\n   21: \134x94 MEMOIZE    (as 0)\n"
     "   22: \134x8c SHORT_BINUNICODE 'list'\n   28: \134x94 MEMOIZE    ("
     "as 1)\n   29: \134x93 STACK_GLOBAL\n   30: \134x94 MEMOIZE    (as 2"
     ")\n   31: )    EMPTY_TUPLE\n   32: R    REDUCE\n   33: \134x94 MEMO"
     "IZE    (as 3)\n   34: (    MARK\n   35: K      BININT1    1\n   37:"
     " K      BININT1    2\n   39: e      APPENDS    (MARK at 34)\n   40:"
     " \134x8c SHORT_BINUNICODE 'k'\n   43: \134x94 MEMOIZE    (as 4)\n  "
     " 44: K    BININT1    2\n   46: s    SETITEM\n   47: }    EMPTY_DICT"
     "\n   48: \134x94 MEMOIZE    (as 5)\n   49: \134x8c SHORT_BINUNICODE"
     " 'state'\n   56: \134x94 MEMOIZE    (as 6)\n   57: K    BININT1    "
     "1\n   59: s    SETITEM\n   60: b    BUILD\n   61: .    STOP\nhighes"
     "t protocol among opcodes = 4\n", 767,
      PILA_OK, ""},
     {"\200\004\225,\000\000\000\000\000\000\000\214\010builtins\214\004li"
     "st\223)R(K\001K\002e\214\001kK\002s}\214\005stateK\001sb.", 55,
      PILA_OK, ""},
    },
    {"a bytearray and a frozenset",
     "\200\005\225\031\000\000\000\000\000\000\000]\224(\226\003\000\000\000"
     "\000\000\000\000a'\000\224(\214\001a\224\221\224e.", 36,
     {"0 5\n2 25\n14 bytearray(b\042a\134'\134x00\042)\n28 'a'\n", 41,
      PILA_END, ""},
     {"    0: \134x80 PROTO      5\n    2: \134x95 FRAME      25\n   11: ]"
     "    EMPTY_LIST\n   12: \134x94 MEMOIZE    (as 0)\n   13: (    MARK\n"
     "   14: \134x96   BYTEARRAY8 bytearray(b\042a\134'\134x00\042)\n   2"
     "6: \134x94   MEMOIZE    (as 1)\n   27: (      MARK\n   28: \134x8c "
     "    SHORT_BINUNICODE 'a'\n   31: \134x94     MEMOIZE    (as 2)\n   "
     "32: \134x91     FROZENSET  (MARK at 27)\n   33: \134x94   MEMOIZE  "
     "  (as 3)\n   34: e      APPENDS    (MARK at 13)\n   35: .    STOP\n"
     "highest protocol among opcodes = 5\n", 452,
      PILA_OK, ""},
     {"\200\005\225\025\000\000\000\000\000\000\000](\226\003\000\000\000\000"
     "\000\000\000a'\000(\214\001a\221e.", 32,
      PILA_OK, ""},
    },
    {"text that has to be escaped",
     "\200\004\225\015\000\000\000\000\000\000\000\214\011\011\n\015\134'"
     "\177\000 \042\224.", 24,
     {"0 4\n2 13\n11 '\134t\134n\134r\134\134\134'\134x7f\134x00 \042'\n", 35,
      PILA_END, ""},
     {"    0: \134x80 PROTO      4\n    2: \134x95 FRAME      13\n   11: \134"
     "x8c SHORT_BINUNICODE '\134t\134n\134r\134\134\134'\134x7f\134x00 \042"
     "'\n   22: \134x94 MEMOIZE    (as 0)\n   23: .    STOP\nhighest prot"
     "ocol among opcodes = 4\n", 185,
      PILA_OK, ""},
     {"\200\004\225\014\000\000\000\000\000\000\000\214\011\011\n\015\134'"
     "\177\000 \042.", 23,
      PILA_OK, ""},
    },
    {"one quote",
     "\200\004\225\010\000\000\000\000\000\000\000\214\004it's\224.", 19,
     {"0 4\n2 8\n11 \042it's\042\n", 18,
      PILA_END, ""},
     {"    0: \134x80 PROTO      4\n    2: \134x95 FRAME      8\n   11: \134"
     "x8c SHORT_BINUNICODE \042it's\042\n   17: \134x94 MEMOIZE    (as 0)"
     "\n   18: .    STOP\nhighest protocol among opcodes = 4\n", 168,
      PILA_OK, ""},
     {"\200\004\225\007\000\000\000\000\000\000\000\214\004it's.", 18,
      PILA_OK, ""},
    },
    {"characters of two, three and four bytes",
     "\200\004\225\015\000\000\000\000\000\000\000\214\011\303\251\342\202"
     "\254\360\237\230\200\224.", 24,
     {"0 4\n2 13\n11 '\303\251\342\202\254\360\237\230\200'\n", 24,
      PILA_END, ""},
     {"    0: \134x80 PROTO      4\n    2: \134x95 FRAME      13\n   11: \134"
     "x8c SHORT_BINUNICODE '\303\251\342\202\254\360\237\230\200'\n   22:"
     " \134x94 MEMOIZE    (as 0)\n   23: .    STOP\nhighest protocol amon"
     "g opcodes = 4\n", 174,
      PILA_OK, ""},
     {"\200\004\225\014\000\000\000\000\000\000\000\214\011\303\251\342\202"
     "\254\360\237\230\200.", 23,
      PILA_OK, ""},
    },
    {"a lone surrogate",
     "\200\004\225\011\000\000\000\000\000\000\000\214\005a\355\240\200b\224"
     ".", 20,
     {"0 4\n2 9\n11 'a\134ud800b'\n", 22,
      PILA_END, ""},
     {"    0: \134x80 PROTO      4\n    2: \134x95 FRAME      9\n   11: \134"
     "x8c SHORT_BINUNICODE 'a\134ud800b'\n   18: \134x94 MEMOIZE    (as 0"
     ")\n   19: .    STOP\nhighest protocol among opcodes = 4\n", 172,
      PILA_OK, ""},
     {"\200\004\225\010\000\000\000\000\000\000\000\214\005a\355\240\200b."
     "", 19,
      PILA_OK, ""},
    },
    {"STOP alone",
     ".", 1,
     {"", 0,
      PILA_END, ""},
     {"    0: .    STOP\n", 17,
      PILA_EVALUE, "tries to pop 1 items from stack with only 0 items"},
     {".", 1,
      PILA_OK, ""},
    },
    {"nothing",
     "", 0,
     {"", 0,
      PILA_EVALUE, "pickle exhausted before seeing STOP"},
     {"", 0,
      PILA_EVALUE, "pickle exhausted before seeing STOP"},
     {"", 0,
      PILA_EVALUE, "pickle exhausted before seeing STOP"},
    },
    {"no STOP",
     "N", 1,
     {"", 0,
      PILA_EVALUE, "pickle exhausted before seeing STOP"},
     {"    0: N    NONE\n", 17,
      PILA_EVALUE, "pickle exhausted before seeing STOP"},
     {"", 0,
      PILA_EVALUE, "pickle exhausted before seeing STOP"},
    },
    {"what follows STOP does not matter",
     "N.garbage", 9,
     {"", 0,
      PILA_END, ""},
     {"    0: N    NONE\n    1: .    STOP\nhighest protocol among opcodes "
     "= 0\n", 69,
      PILA_OK, ""},
     {"N.", 2,
      PILA_OK, ""},
    },
    {"an unknown opcode",
     "(N\377", 3,
     {"", 0,
      PILA_EVALUE, "at position 2, opcode b'\134xff' unknown"},
     {"    0: (    MARK\n    1: N      NONE\n", 36,
      PILA_EVALUE, "at position 2, opcode b'\134xff' unknown"},
     {"", 0,
      PILA_EVALUE, "at position 2, opcode b'\134xff' unknown"},
    },
    {"more than one thing is left",
     "NN.", 3,
     {"", 0,
      PILA_END, ""},
     {"    0: N    NONE\n    1: N    NONE\n    2: .    STOP\nhighest proto"
     "col among opcodes = 0\n", 86,
      PILA_EVALUE, "stack not empty after STOP: [None]"},
     {"NN.", 3,
      PILA_OK, ""},
    },
    {"marks are left",
     "((N.", 4,
     {"", 0,
      PILA_END, ""},
     {"    0: (    MARK\n    1: (      MARK\n    2: N        NONE\n    3: "
     ".        STOP\nhighest protocol among opcodes = 0\n", 113,
      PILA_EVALUE, "stack not empty after STOP: [mark, mark]"},
     {"((N.", 4,
      PILA_OK, ""},
    },
    {"a pop from nothing",
     "0.", 2,
     {"", 0,
      PILA_END, ""},
     {"    0: 0    POP\n", 16,
      PILA_EVALUE, "tries to pop 1 items from stack with only 0 items"},
     {"0.", 2,
      PILA_OK, ""},
    },
    {"too few for a pair",
     "N\206.", 3,
     {"", 0,
      PILA_END, ""},
     {"    0: N    NONE\n    1: \134x86 TUPLE2\n", 36,
      PILA_EVALUE, "tries to pop 2 items from stack with only 1 items"},
     {"N\206.", 3,
      PILA_OK, ""},
    },
    {"POP takes a mark",
     "N(0.", 4,
     {"", 0,
      PILA_END, ""},
     {"    0: N    NONE\n    1: (    MARK\n    2: 0      POP        (MARK "
     "at 1)\n    3: .    STOP\nhighest protocol among opcodes = 0\n", 123,
      PILA_OK, ""},
     {"N(0.", 4,
      PILA_OK, ""},
    },
    {"POP_MARK",
     "N(NN1.", 6,
     {"", 0,
      PILA_END, ""},
     {"    0: N    NONE\n    1: (    MARK\n    2: N      NONE\n    3: N   "
     "   NONE\n    4: 1      POP_MARK   (MARK at 1)\n    5: .    STOP\nhi"
     "ghest protocol among opcodes = 1\n", 161,
      PILA_OK, ""},
     {"N(NN1.", 6,
      PILA_OK, ""},
    },
    {"no mark to build upon",
     "Nt.", 3,
     {"", 0,
      PILA_END, ""},
     {"    0: N    NONE\n    1: t    TUPLE      no MARK exists on stack\n", 64,
      PILA_EVALUE, "no MARK exists on stack"},
     {"Nt.", 3,
      PILA_OK, ""},
    },
    {"a mark is taken by what takes none",
     "(\205t.", 4,
     {"", 0,
      PILA_END, ""},
     {"    0: (    MARK\n    1: \134x85   TUPLE1\n    2: ", 45,
      PILA_EINDEX, "list index out of range"},
     {"(\205t.", 4,
      PILA_OK, ""},
    },
    {"DUP",
     "N2\206.", 4,
     {"", 0,
      PILA_END, ""},
     {"    0: N    NONE\n    1: 2    DUP\n    2: \134x86 TUPLE2\n    3: . "
     "   STOP\nhighest protocol among opcodes = 2\n", 104,
      PILA_OK, ""},
     {"N2\206.", 4,
      PILA_OK, ""},
    },
    {"OBJ and INST",
     "(cm\nn\nNo(icls\nname\n\206.", 21,
     {"1 'm n'\n9 'cls name'\n", 21,
      PILA_END, ""},
     {"    0: (    MARK\n    1: c      GLOBAL     'm n'\n    6: N      NON"
     "E\n    7: o      OBJ        (MARK at 0)\n    8: (    MARK\n    9: i"
     "      INST       'cls name' (MARK at 8)\n   19: \134x86 TUPLE2\n   "
     "20: .    STOP\nhighest protocol among opcodes = 2\n", 240,
      PILA_OK, ""},
     {"(cm\nn\nNo(icls\nname\n\206.", 21,
      PILA_OK, ""},
    },
    {"SETITEMS, ADDITEMS and FROZENSET",
     "}(NNu0\217(N\2200(\221.", 14,
     {"", 0,
      PILA_END, ""},
     {"    0: }    EMPTY_DICT\n    1: (    MARK\n    2: N      NONE\n    3"
     ": N      NONE\n    4: u      SETITEMS   (MARK at 1)\n    5: 0    PO"
     "P\n    6: \134x8f EMPTY_SET\n    7: (    MARK\n    8: N      NONE\n"
     "    9: \134x90   ADDITEMS   (MARK at 7)\n   10: 0    POP\n   11: ( "
     "   MARK\n   12: \134x91   FROZENSET  (MARK at 11)\n   13: .    STOP"
     "\nhighest protocol among opcodes = 4\n", 349,
      PILA_OK, ""},
     {"}(NNu0\217(N\2200(\221.", 14,
      PILA_OK, ""},
    },
    {"extensions and persistent ids",
     "\202\001\203\001\000\204\377\377\377\377Pid\nQ\207\206.", 18,
     {"0 1\n2 1\n5 -1\n10 'id'\n", 21,
      PILA_END, ""},
     {"    0: \134x82 EXT1       1\n    2: \134x83 EXT2       1\n    5: \134"
     "x84 EXT4       -1\n   10: P    PERSID     'id'\n   14: Q    BINPERS"
     "ID\n   15: \134x87 TUPLE3\n   16: \134x86 TUPLE2\n   17: .    STOP\n"
     "highest protocol among opcodes = 2\n", 216,
      PILA_OK, ""},
     {"\202\001\203\001\000\204\377\377\377\377Pid\nQ\207\206.", 18,
      PILA_OK, ""},
    },
    {"buffers",
     "\227\230.", 3,
     {"", 0,
      PILA_END, ""},
     {"    0: \134x97 NEXT_BUFFER\n    1: \134x98 READONLY_BUFFER\n    2: "
     ".    STOP\nhighest protocol among opcodes = 5\n", 104,
      PILA_OK, ""},
     {"\227\230.", 3,
      PILA_OK, ""},
    },
    {"Python 2's strings",
     "S'a\134n\134x41\134101'\nU\002\351\377T\001\000\000\000a\207.", 27,
     {"0 'a\134nAA'\n15 '\303\251\303\277'\n19 'a'\n", 27,
      PILA_END, ""},
     {"    0: S    STRING     'a\134nAA'\n   15: U    SHORT_BINSTRING '\303"
     "\251\303\277'\n   19: T    BINSTRING  'a'\n   25: \134x87 TUPLE3\n "
     "  26: .    STOP\nhighest protocol among opcodes = 2\n", 164,
      PILA_OK, ""},
     {"S'a\134n\134x41\134101'\nU\002\351\377T\001\000\000\000a\207.", 27,
      PILA_OK, ""},
    },
    {"PUT twice",
     "Nq\000q\000.", 6,
     {"1 0\n3 0\n", 8,
      PILA_END, ""},
     {"    0: N    NONE\n    1: q    BINPUT     0\n    3: q    BINPUT     "
     "0\n", 67,
      PILA_EVALUE, "memo key 0 already defined"},
     {"N.", 2,
      PILA_OK, ""},
    },
    {"True is 1 to the memo",
     "Np01\nNp1\n.", 10,
     {"1 True\n6 1\n", 11,
      PILA_END, ""},
     {"    0: N    NONE\n    1: p    PUT        True\n    5: N    NONE\n  "
     "  6: p    PUT        1\n", 87,
      PILA_EVALUE, "memo key 1 already defined"},
     {"NN.", 3,
      PILA_OK, ""},
    },
    {"PUT of nothing",
     "q\000.", 3,
     {"0 0\n", 4,
      PILA_END, ""},
     {"    0: q    BINPUT     0\n", 25,
      PILA_EVALUE, "stack is empty -- can't store into memo"},
     {".", 1,
      PILA_OK, ""},
    },
    {"PUT of a mark",
     "(q\000.", 4,
     {"1 0\n", 4,
      PILA_END, ""},
     {"    0: (    MARK\n    1: q      BINPUT     0\n", 44,
      PILA_EVALUE, "can't store markobject in the memo"},
     {"(.", 2,
      PILA_OK, ""},
    },
    {"GET before PUT",
     "h\007.", 3,
     {"0 7\n", 4,
      PILA_END, ""},
     {"    0: h    BINGET     7\n", 25,
      PILA_EVALUE, "memo key 7 has never been stored into"},
     {"", 0,
      PILA_ETYPE, "'<' not supported between instances of 'NoneType' and 'int'"},
    },
    {"GET before PUT, in protocol 0",
     "g7\n.", 4,
     {"0 7\n", 4,
      PILA_END, ""},
     {"    0: g    GET        7\n", 25,
      PILA_EVALUE, "memo key 7 has never been stored into"},
     {"gNone\n.", 7,
      PILA_OK, ""},
    },
    {"a memo that is far apart",
     "Nr\377\377\377\377j\377\377\377\377\206.", 13,
     {"1 4294967295\n6 4294967295\n", 26,
      PILA_END, ""},
     {"    0: N    NONE\n    1: r    LONG_BINPUT 4294967295\n    6: j    L"
     "ONG_BINGET 4294967295\n   11: \134x86 TUPLE2\n   12: .    STOP\nhig"
     "hest protocol among opcodes = 2\n", 158,
      PILA_OK, ""},
     {"Nq\000h\000\206.", 7,
      PILA_OK, ""},
    },
    {"a number of the memo that is below 0",
     "Np-1\ng-1\n\206.", 11,
     {"1 -1\n5 -1\n", 10,
      PILA_END, ""},
     {"    0: N    NONE\n    1: p    PUT        -1\n    5: g    GET       "
     " -1\n    9: \134x86 TUPLE2\n   10: .    STOP\nhighest protocol amon"
     "g opcodes = 2\n", 140,
      PILA_OK, ""},
     {"Np0\ng0\n\206.", 9,
      PILA_OK, ""},
    },
    {"a number of the memo beyond all",
     "Np99999999999999999999\ng99999999999999999999\n\206.", 47,
     {"1 99999999999999999999\n23 99999999999999999999\n", 47,
      PILA_END, ""},
     {"    0: N    NONE\n    1: p    PUT        99999999999999999999\n   2"
     "3: g    GET        99999999999999999999\n   45: \134x86 TUPLE2\n   "
     "46: .    STOP\nhighest protocol among opcodes = 2\n", 176,
      PILA_OK, ""},
     {"Np0\ng0\n\206.", 9,
      PILA_OK, ""},
    },
    {"a long number of the memo, twice",
     "Np99999999999999999999999999999999999999999999999999999999999999999"
     "9999999999999999999999999999999999999999999999999999999999999999999"
     "9999999999999999999999999999999999999999999999999999999999999999999"
     "99999999999\nNp9999999999999999999999999999999999999999999999999999"
     "9999999999999999999999999999999999999999999999999999999999999999999"
     "9999999999999999999999999999999999999999999999999999999999999999999"
     "999999999999999999999999\n.", 427,
     {"1 99999999999999999999999999999999999999999999999999999999999999999"
     "9999999999999999999999999999999999999999999999999999999999999999999"
     "9999999999999999999999999999999999999999999999999999999999999999999"
     "99999999999\n214 99999999999999999999999999999999999999999999999999"
     "9999999999999999999999999999999999999999999999999999999999999999999"
     "9999999999999999999999999999999999999999999999999999999999999999999"
     "99999999999999999999999999\n", 428,
      PILA_END, ""},
     {"    0: N    NONE\n    1: p    PUT        99999999999999999999999999"
     "9999999999999999999999999999999999999999999999999999999999999999999"
     "9999999999999999999999999999999999999999999999999999999999999999999"
     "99999999999999999999999999999999999999999999999999\n  213: N    NON"
     "E\n  214: p    PUT        99999999999999999999999999999999999999999"
     "9999999999999999999999999999999999999999999999999999999999999999999"
     "9999999999999999999999999999999999999999999999999999999999999999999"
     "99999999999999999999999999999999999\n", 502,
      PILA_EVALUE, "memo key 9999999999999999999999999999999999999999999999999999999999"
     "9999999999999999999999999999999999999999999999999999999999999999999"
     "99999999999999999999999999999999999999999999999999999999999999999"},
     {"NN.", 3,
      PILA_OK, ""},
    },
    {"more is left than can be said",
     "NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN.", 51,
     {"", 0,
      PILA_END, ""},
     {"    0: N    NONE\n    1: N    NONE\n    2: N    NONE\n    3: N    N"
     "ONE\n    4: N    NONE\n    5: N    NONE\n    6: N    NONE\n    7: N"
     "    NONE\n    8: N    NONE\n    9: N    NONE\n   10: N    NONE\n   "
     "11: N    NONE\n   12: N    NONE\n   13: N    NONE\n   14: N    NONE"
     "\n   15: N    NONE\n   16: N    NONE\n   17: N    NONE\n   18: N   "
     " NONE\n   19: N    NONE\n   20: N    NONE\n   21: N    NONE\n   22:"
     " N    NONE\n   23: N    NONE\n   24: N    NONE\n   25: N    NONE\n "
     "  26: N    NONE\n   27: N    NONE\n   28: N    NONE\n   29: N    NO"
     "NE\n   30: N    NONE\n   31: N    NONE\n   32: N    NONE\n   33: N "
     "   NONE\n   34: N    NONE\n   35: N    NONE\n   36: N    NONE\n   3"
     "7: N    NONE\n   38: N    NONE\n   39: N    NONE\n   40: N    NONE\n"
     "   41: N    NONE\n   42: N    NONE\n   43: N    NONE\n   44: N    N"
     "ONE\n   45: N    NONE\n   46: N    NONE\n   47: N    NONE\n   48: N"
     "    NONE\n   49: N    NONE\n   50: .    STOP\nhighest protocol amon"
     "g opcodes = 0\n", 902,
      PILA_EVALUE, "stack not empty after STOP: [None, None, None, None, None, None, No"
     "ne, None, None, None, None, None, None, None, None, None, None, Non"
     "e, None, None, None, None, None, None, None, None, None, None, No"},
     {"NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN.", 51,
      PILA_OK, ""},
    },
    {"MEMOIZE after PUT of its number",
     "Nq\000\224q\002\224.", 8,
     {"1 0\n4 2\n", 8,
      PILA_END, ""},
     {"    0: N    NONE\n    1: q    BINPUT     0\n    3: \134x94 MEMOIZE "
     "   (as 1)\n    4: q    BINPUT     2\n    6: \134x94 MEMOIZE    (as "
     "3)\n    7: .    STOP\nhighest protocol among opcodes = 4\n", 179,
      PILA_OK, ""},
     {"N.", 2,
      PILA_OK, ""},
    },
    {"MEMOIZE after PUT of a later number",
     "Nq\001\224.", 5,
     {"1 1\n", 4,
      PILA_END, ""},
     {"    0: N    NONE\n    1: q    BINPUT     1\n    3: \134x94 MEMOIZE "
     "   (as 1)\n", 72,
      PILA_EVALUE, "memo key None already defined"},
     {"N.", 2,
      PILA_OK, ""},
    },
    {"MEMOIZE of nothing",
     "\224.", 2,
     {"", 0,
      PILA_END, ""},
     {"    0: \134x94 MEMOIZE    (as 0)\n", 30,
      PILA_EVALUE, "stack is empty -- can't store into memo"},
     {".", 1,
      PILA_OK, ""},
    },
    {"memo and protocol 4",
     "\200\004]\224]\224h\001\207.", 10,
     {"0 4\n6 1\n", 8,
      PILA_END, ""},
     {"    0: \134x80 PROTO      4\n    2: ]    EMPTY_LIST\n    3: \134x94"
     " MEMOIZE    (as 0)\n    4: ]    EMPTY_LIST\n    5: \134x94 MEMOIZE "
     "   (as 1)\n    6: h    BINGET     1\n    8: \134x87 TUPLE3\n    9: "
     ".    STOP\nhighest protocol among opcodes = 4\n", 227,
      PILA_OK, ""},
     {"\200\004\225\007\000\000\000\000\000\000\000]]\224h\000\207.", 18,
      PILA_OK, ""},
    },
    {"memo entries nobody gets",
     "\200\002]q\000]q\001h\001\207.", 12,
     {"0 2\n3 0\n6 1\n8 1\n", 16,
      PILA_END, ""},
     {"    0: \134x80 PROTO      2\n    2: ]    EMPTY_LIST\n    3: q    BI"
     "NPUT     0\n    5: ]    EMPTY_LIST\n    6: q    BINPUT     1\n    8"
     ": h    BINGET     1\n   10: \134x87 TUPLE3\n   11: .    STOP\nhighe"
     "st protocol among opcodes = 2\n", 217,
      PILA_OK, ""},
     {"\200\002]]q\000h\000\207.", 10,
      PILA_OK, ""},
    },
    {"an entry that is stored anew",
     "Nq\001h\0010Nq\002.", 10,
     {"1 1\n3 1\n7 2\n", 12,
      PILA_END, ""},
     {"    0: N    NONE\n    1: q    BINPUT     1\n    3: h    BINGET     "
     "1\n    5: 0    POP\n    6: N    NONE\n    7: q    BINPUT     2\n   "
     " 9: .    STOP\nhighest protocol among opcodes = 1\n", 177,
      PILA_EVALUE, "stack not empty after STOP: [None]"},
     {"Nq\000h\0000N.", 8,
      PILA_OK, ""},
    },
    {"a protocol that is none",
     "\200\006N.", 4,
     {"0 6\n", 4,
      PILA_END, ""},
     {"    0: \134x80 PROTO      6\n    2: N    NONE\n    3: .    STOP\nhi"
     "ghest protocol among opcodes = 2\n", 94,
      PILA_OK, ""},
     {"", 0,
      PILA_EVALUE, "pickle protocol must be <= 5"},
    },
    {"the highest protocol counts, wherever it is",
     "N\200\0020.", 5,
     {"1 2\n", 4,
      PILA_END, ""},
     {"    0: N    NONE\n    1: \134x80 PROTO      2\n    3: 0    POP\n   "
     " 4: .    STOP\n", 75,
      PILA_EVALUE, "tries to pop 1 items from stack with only 0 items"},
     {"N\200\0020.", 5,
      PILA_OK, ""},
    },
    {"PROTO twice",
     "\200\002\200\004N.", 6,
     {"0 2\n2 4\n", 8,
      PILA_END, ""},
     {"    0: \134x80 PROTO      2\n    2: \134x80 PROTO      4\n    4: N "
     "   NONE\n    5: .    STOP\nhighest protocol among opcodes = 2\n", 119,
      PILA_OK, ""},
     {"\200\002\225\004\000\000\000\000\000\000\000\200\004N.", 15,
      PILA_OK, ""},
    },
    {"an entry in protocol 0",
     "(p0\nNp1\ng1\nt.", 13,
     {"1 0\n5 1\n8 1\n", 12,
      PILA_END, ""},
     {"    0: (    MARK\n    1: p      PUT        0\n", 44,
      PILA_EVALUE, "can't store markobject in the memo"},
     {"(Np0\ng0\nt.", 10,
      PILA_OK, ""},
    },
    {"more than 255 entries",
     "\200\002(Nr\372\000\000\000j\372\000\000\000Nr\373\000\000\000j\373"
     "\000\000\000Nr\374\000\000\000j\374\000\000\000Nr\375\000\000\000j\375"
     "\000\000\000Nr\376\000\000\000j\376\000\000\000Nr\377\000\000\000j\377"
     "\000\000\000Nr\000\001\000\000j\000\001\000\000Nr\001\001\000\000j\001"
     "\001\000\000t.", 93,
     {"0 2\n4 250\n9 250\n15 251\n20 251\n26 252\n31 252\n37 253\n42 253\n"
     "48 254\n53 254\n59 255\n64 255\n70 256\n75 256\n81 257\n86 257\n", 114,
      PILA_END, ""},
     {"    0: \134x80 PROTO      2\n    2: (    MARK\n    3: N      NONE\n"
     "    4: r      LONG_BINPUT 250\n    9: j      LONG_BINGET 250\n   14"
     ": N      NONE\n   15: r      LONG_BINPUT 251\n   20: j      LONG_BI"
     "NGET 251\n   25: N      NONE\n   26: r      LONG_BINPUT 252\n   31:"
     " j      LONG_BINGET 252\n   36: N      NONE\n   37: r      LONG_BIN"
     "PUT 253\n   42: j      LONG_BINGET 253\n   47: N      NONE\n   48: "
     "r      LONG_BINPUT 254\n   53: j      LONG_BINGET 254\n   58: N    "
     "  NONE\n   59: r      LONG_BINPUT 255\n   64: j      LONG_BINGET 25"
     "5\n   69: N      NONE\n   70: r      LONG_BINPUT 256\n   75: j     "
     " LONG_BINGET 256\n   80: N      NONE\n   81: r      LONG_BINPUT 257"
     "\n   86: j      LONG_BINGET 257\n   91: t      TUPLE      (MARK at "
     "2)\n   92: .    STOP\nhighest protocol among opcodes = 2\n", 763,
      PILA_OK, ""},
     {"\200\002(Nq\000h\000Nq\001h\001Nq\002h\002Nq\003h\003Nq\004h\004Nq\005"
     "h\005Nq\006h\006Nq\007h\007t.", 45,
      PILA_OK, ""},
    },
    {"a frame that lies",
     "\225\377\377\377\377\377\377\377\377N.", 11,
     {"0 18446744073709551615\n", 23,
      PILA_END, ""},
     {"    0: \134x95 FRAME      18446744073709551615\n    9: N    NONE\n "
     "  10: .    STOP\nhighest protocol among opcodes = 4\n", 113,
      PILA_OK, ""},
     {"N.", 2,
      PILA_OK, ""},
    },
    {"floats as text",
     "F1.5\nF-inf\nF 1_0e1_0 \nFnan\n\207\206.", 30,
     {"0 1.5\n5 -inf\n11 100000000000.0\n22 nan\n", 38,
      PILA_END, ""},
     {"    0: F    FLOAT      1.5\n    5: F    FLOAT      -inf\n   11: F  "
     "  FLOAT      100000000000.0\n   22: F    FLOAT      nan\n   27: \134"
     "x87 TUPLE3\n   28: \134x86 TUPLE2\n   29: .    STOP\nhighest protoc"
     "ol among opcodes = 2\n", 210,
      PILA_OK, ""},
     {"F1.5\nF-inf\nF 1_0e1_0 \nFnan\n\207\206.", 30,
      PILA_OK, ""},
    },
    {"a float that is none",
     "F1.5x\n.", 7,
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'1.5x'"},
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'1.5x'"},
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'1.5x'"},
    },
    {"a float with a loose _",
     "F1_.5\n.", 7,
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'1_.5'"},
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'1_.5'"},
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'1_.5'"},
    },
    {"an empty float",
     "F\n.", 3,
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b''"},
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b''"},
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b''"},
    },
    {"a float without digits",
     "F.e5\n.", 6,
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'.e5'"},
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'.e5'"},
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'.e5'"},
    },
    {"integers as text",
     "I 0_0_7 \nI-12\nL+5L\n\207.", 21,
     {"0 7\n9 -12\n14 5\n", 15,
      PILA_END, ""},
     {"    0: I    INT        7\n    9: I    INT        -12\n   14: L    L"
     "ONG       5\n   19: \134x87 TUPLE3\n   20: .    STOP\nhighest proto"
     "col among opcodes = 2\n", 148,
      PILA_OK, ""},
     {"I 0_0_7 \nI-12\nL+5L\n\207.", 21,
      PILA_OK, ""},
    },
    {"bools as text",
     "I00\nI01\n\206.", 10,
     {"0 False\n4 True\n", 15,
      PILA_END, ""},
     {"    0: I    INT        False\n    4: I    INT        True\n    8: \134"
     "x86 TUPLE2\n    9: .    STOP\nhighest protocol among opcodes = 2\n", 128,
      PILA_OK, ""},
     {"I00\nI01\n\206.", 10,
      PILA_OK, ""},
    },
    {"00 of LONG is a number",
     "L00\n.", 5,
     {"0 0\n", 4,
      PILA_END, ""},
     {"    0: L    LONG       0\n    4: .    STOP\nhighest protocol among "
     "opcodes = 0\n", 77,
      PILA_OK, ""},
     {"L00\n.", 5,
      PILA_OK, ""},
    },
    {"a letter in an integer",
     "I12a\n.", 6,
     {"", 0,
      PILA_EVALUE, "invalid literal for int() with base 10: b'12a'"},
     {"", 0,
      PILA_EVALUE, "invalid literal for int() with base 10: b'12a'"},
     {"", 0,
      PILA_EVALUE, "invalid literal for int() with base 10: b'12a'"},
    },
    {"two _ in an integer",
     "I1__2\n.", 7,
     {"", 0,
      PILA_EVALUE, "invalid literal for int() with base 10: b'1__2'"},
     {"", 0,
      PILA_EVALUE, "invalid literal for int() with base 10: b'1__2'"},
     {"", 0,
      PILA_EVALUE, "invalid literal for int() with base 10: b'1__2'"},
    },
    {"an L where none may be",
     "I12L\n.", 6,
     {"", 0,
      PILA_EVALUE, "invalid literal for int() with base 10: b'12L'"},
     {"", 0,
      PILA_EVALUE, "invalid literal for int() with base 10: b'12L'"},
     {"", 0,
      PILA_EVALUE, "invalid literal for int() with base 10: b'12L'"},
    },
    {"an empty integer",
     "I\n.", 3,
     {"", 0,
      PILA_EVALUE, "invalid literal for int() with base 10: b''"},
     {"", 0,
      PILA_EVALUE, "invalid literal for int() with base 10: b''"},
     {"", 0,
      PILA_EVALUE, "invalid literal for int() with base 10: b''"},
    },
    {"a NUL in an integer",
     "I1\000\n.", 5,
     {"", 0,
      PILA_EVALUE, "invalid literal for int() with base 10: b'1\134x00'"},
     {"", 0,
      PILA_EVALUE, "invalid literal for int() with base 10: b'1\134x00'"},
     {"", 0,
      PILA_EVALUE, "invalid literal for int() with base 10: b'1\134x00'"},
    },
    {"two bytes of a number",
     "\212\002\377\177.", 5,
     {"0 32767\n", 8,
      PILA_END, ""},
     {"    0: \134x8a LONG1      32767\n    4: .    STOP\nhighest protocol"
     " among opcodes = 2\n", 81,
      PILA_OK, ""},
     {"\212\002\377\177.", 5,
      PILA_OK, ""},
    },
    {"a number of no bytes",
     "\212\000.", 3,
     {"0 0\n", 4,
      PILA_END, ""},
     {"    0: \134x8a LONG1      0\n    2: .    STOP\nhighest protocol amo"
     "ng opcodes = 2\n", 77,
      PILA_OK, ""},
     {"\212\000.", 3,
      PILA_OK, ""},
    },
    {"a line that does not end",
     "I12", 3,
     {"", 0,
      PILA_EVALUE, "no newline found when trying to read stringnl"},
     {"", 0,
      PILA_EVALUE, "no newline found when trying to read stringnl"},
     {"", 0,
      PILA_EVALUE, "no newline found when trying to read stringnl"},
    },
    {"unicode that does not end",
     "Vabc", 4,
     {"", 0,
      PILA_EVALUE, "no newline found when trying to read unicodestringnl"},
     {"", 0,
      PILA_EVALUE, "no newline found when trying to read unicodestringnl"},
     {"", 0,
      PILA_EVALUE, "no newline found when trying to read unicodestringnl"},
    },
    {"unicode escapes",
     "V\134u20ac\134U0001f600\134n\134\134u0041\351\n.", 29,
     {"0 '\342\202\254\360\237\230\200\134\134n\134\134\134\134u0041\303\251"
     "'\n", 26,
      PILA_END, ""},
     {"    0: V    UNICODE    '\342\202\254\360\237\230\200\134\134n\134\134"
     "\134\134u0041\303\251'\n   28: .    STOP\nhighest protocol among op"
     "codes = 0\n", 99,
      PILA_OK, ""},
     {"V\134u20ac\134U0001f600\134n\134\134u0041\351\n.", 29,
      PILA_OK, ""},
    },
    {"half a unicode escape",
     "Va\134u20\n.", 8,
     {"", 0,
      PILA_EVALUE, "'rawunicodeescape' codec can't decode bytes in position 1-4: trunca"
     "ted \134uXXXX escape"},
     {"", 0,
      PILA_EVALUE, "'rawunicodeescape' codec can't decode bytes in position 1-4: trunca"
     "ted \134uXXXX escape"},
     {"", 0,
      PILA_EVALUE, "'rawunicodeescape' codec can't decode bytes in position 1-4: trunca"
     "ted \134uXXXX escape"},
    },
    {"a unicode escape of one character",
     "V\134\n.", 4,
     {"0 '\134\134'\n", 7,
      PILA_END, ""},
     {"    0: V    UNICODE    '\134\134'\n    3: .    STOP\nhighest protoc"
     "ol among opcodes = 0\n", 80,
      PILA_OK, ""},
     {"V\134\n.", 4,
      PILA_OK, ""},
    },
    {"a character beyond Unicode",
     "V\134U00110000\n.", 13,
     {"", 0,
      PILA_EVALUE, "'rawunicodeescape' codec can't decode bytes in position 0-9: \134Ux"
     "xxxxxxx out of range"},
     {"", 0,
      PILA_EVALUE, "'rawunicodeescape' codec can't decode bytes in position 0-9: \134Ux"
     "xxxxxxx out of range"},
     {"", 0,
      PILA_EVALUE, "'rawunicodeescape' codec can't decode bytes in position 0-9: \134Ux"
     "xxxxxxx out of range"},
    },
    {"half a long unicode escape",
     "Va\134U0001f60G\n.", 14,
     {"", 0,
      PILA_EVALUE, "'rawunicodeescape' codec can't decode bytes in position 1-9: trunca"
     "ted \134UXXXXXXXX escape"},
     {"", 0,
      PILA_EVALUE, "'rawunicodeescape' codec can't decode bytes in position 1-9: trunca"
     "ted \134UXXXXXXXX escape"},
     {"", 0,
      PILA_EVALUE, "'rawunicodeescape' codec can't decode bytes in position 1-9: trunca"
     "ted \134UXXXXXXXX escape"},
    },
    {"hex digits, capital and small",
     "V\134u00eA\134u00Ae\nS'\134x4A\134x4a'\n\206.", 28,
     {"0 '\303\252\302\256'\n14 'JJ'\n", 17,
      PILA_END, ""},
     {"    0: V    UNICODE    '\303\252\302\256'\n   14: S    STRING     '"
     "JJ'\n   26: \134x86 TUPLE2\n   27: .    STOP\nhighest protocol amon"
     "g opcodes = 2\n", 129,
      PILA_OK, ""},
     {"V\134u00eA\134u00Ae\nS'\134x4A\134x4a'\n\206.", 28,
      PILA_OK, ""},
    },
    {"no quotes",
     "Sabc\n.", 6,
     {"", 0,
      PILA_EVALUE, "no string quotes around b'abc'"},
     {"", 0,
      PILA_EVALUE, "no string quotes around b'abc'"},
     {"", 0,
      PILA_EVALUE, "no string quotes around b'abc'"},
    },
    {"no string",
     "S\n.", 3,
     {"", 0,
      PILA_EVALUE, "no string quotes around b''"},
     {"", 0,
      PILA_EVALUE, "no string quotes around b''"},
     {"", 0,
      PILA_EVALUE, "no string quotes around b''"},
    },
    {"half a string",
     "S'abc", 5,
     {"", 0,
      PILA_EVALUE, "no newline found when trying to read stringnl"},
     {"", 0,
      PILA_EVALUE, "no newline found when trying to read stringnl"},
     {"", 0,
      PILA_EVALUE, "no newline found when trying to read stringnl"},
    },
    {"no line at all",
     "I", 1,
     {"", 0,
      PILA_EVALUE, "no newline found when trying to read stringnl"},
     {"", 0,
      PILA_EVALUE, "no newline found when trying to read stringnl"},
     {"", 0,
      PILA_EVALUE, "no newline found when trying to read stringnl"},
    },
    {"no length",
     "B\001", 2,
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read uint4"},
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read uint4"},
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read uint4"},
    },
    {"no module",
     "c", 1,
     {"", 0,
      PILA_EVALUE, "no newline found when trying to read stringnl"},
     {"", 0,
      PILA_EVALUE, "no newline found when trying to read stringnl"},
     {"", 0,
      PILA_EVALUE, "no newline found when trying to read stringnl"},
    },
    {"an escape without digits",
     "S'\134x'\n.", 7,
     {"", 0,
      PILA_EVALUE, "invalid \134x escape at position 0"},
     {"", 0,
      PILA_EVALUE, "invalid \134x escape at position 0"},
     {"", 0,
      PILA_EVALUE, "invalid \134x escape at position 0"},
    },
    {"half hex digits",
     "S'\134xg0'\n.", 9,
     {"", 0,
      PILA_EVALUE, "invalid \134x escape at position 0"},
     {"", 0,
      PILA_EVALUE, "invalid \134x escape at position 0"},
     {"", 0,
      PILA_EVALUE, "invalid \134x escape at position 0"},
    },
    {"a short octal number",
     "S'\1347a\13418'\n.", 11,
     {"0 '\134x07a\134x018'\n", 15,
      PILA_END, ""},
     {"    0: S    STRING     '\134x07a\134x018'\n   10: .    STOP\nhighes"
     "t protocol among opcodes = 0\n", 88,
      PILA_OK, ""},
     {"S'\1347a\13418'\n.", 11,
      PILA_OK, ""},
    },
    {"empty names",
     "c\n\n.", 4,
     {"0 ' '\n", 6,
      PILA_END, ""},
     {"    0: c    GLOBAL     ' '\n    3: .    STOP\nhighest protocol amon"
     "g opcodes = 0\n", 79,
      PILA_OK, ""},
     {"c\n\n.", 4,
      PILA_OK, ""},
    },
    {"a long float with _",
     "F1_0_0.5_0\n.", 12,
     {"0 100.5\n", 8,
      PILA_END, ""},
     {"    0: F    FLOAT      100.5\n   11: .    STOP\nhighest protocol am"
     "ong opcodes = 0\n", 81,
      PILA_OK, ""},
     {"F1_0_0.5_0\n.", 12,
      PILA_OK, ""},
    },
    {"_ behind a point",
     "F1._5\n.", 7,
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'1._5'"},
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'1._5'"},
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'1._5'"},
    },
    {"_ before anything",
     "F_1\n.", 5,
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'_1'"},
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'_1'"},
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'_1'"},
    },
    {"_ at the end",
     "F1_\n.", 5,
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'1_'"},
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'1_'"},
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'1_'"},
    },
    {"a sign alone",
     "F-\n.", 4,
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'-'"},
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'-'"},
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'-'"},
    },
    {"two signs",
     "F+-1\n.", 6,
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'+-1'"},
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'+-1'"},
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'+-1'"},
    },
    {"a plus",
     "F+1\nI+1\n\206.", 10,
     {"0 1.0\n4 1\n", 10,
      PILA_END, ""},
     {"    0: F    FLOAT      1.0\n    4: I    INT        1\n    8: \134x8"
     "6 TUPLE2\n    9: .    STOP\nhighest protocol among opcodes = 2\n", 123,
      PILA_OK, ""},
     {"F+1\nI+1\n\206.", 10,
      PILA_OK, ""},
    },
    {"infinity, in full",
     "FInfinity\nF+iNF\n\206.", 18,
     {"0 inf\n10 inf\n", 13,
      PILA_END, ""},
     {"    0: F    FLOAT      inf\n   10: F    FLOAT      inf\n   16: \134"
     "x86 TUPLE2\n   17: .    STOP\nhighest protocol among opcodes = 2\n", 125,
      PILA_OK, ""},
     {"FInfinity\nF+iNF\n\206.", 18,
      PILA_OK, ""},
    },
    {"infinite",
     "Finfinite\n.", 11,
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'infinite'"},
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'infinite'"},
     {"", 0,
      PILA_EVALUE, "could not convert string to float: b'infinite'"},
    },
    {"20 digits with _",
     "I-1_2345678901234567890\n.", 25,
     {"0 -12345678901234567890\n", 24,
      PILA_END, ""},
     {"    0: I    INT        -12345678901234567890\n   24: .    STOP\nhig"
     "hest protocol among opcodes = 0\n", 97,
      PILA_OK, ""},
     {"I-1_2345678901234567890\n.", 25,
      PILA_OK, ""},
    },
    {"characters of four bytes, the limits",
     "\214\010\360\220\200\200\364\217\277\277.", 11,
     {"0 '\360\220\200\200\134U0010ffff'\n", 19,
      PILA_END, ""},
     {"    0: \134x8c SHORT_BINUNICODE '\360\220\200\200\134U0010ffff'\n  "
     " 10: .    STOP\nhighest protocol among opcodes = 4\n", 98,
      PILA_OK, ""},
     {"\214\010\360\220\200\200\364\217\277\277.", 11,
      PILA_OK, ""},
    },
    {"an overlong one of three",
     "\214\003\340\200\200.", 6,
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode byte 0xe0 in position 0: invalid continu"
     "ation byte"},
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode byte 0xe0 in position 0: invalid continu"
     "ation byte"},
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode byte 0xe0 in position 0: invalid continu"
     "ation byte"},
    },
    {"an overlong one of four",
     "\214\004\360\200\200\200.", 7,
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode byte 0xf0 in position 0: invalid continu"
     "ation byte"},
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode byte 0xf0 in position 0: invalid continu"
     "ation byte"},
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode byte 0xf0 in position 0: invalid continu"
     "ation byte"},
    },
    {"an empty str, bytes and names",
     "\214\000C\000V\n\207.", 8,
     {"0 ''\n2 b''\n4 ''\n", 16,
      PILA_END, ""},
     {"    0: \134x8c SHORT_BINUNICODE ''\n    2: C    SHORT_BINBYTES b''\n"
     "    4: V    UNICODE    ''\n    6: \134x87 TUPLE3\n    7: .    STOP\n"
     "highest protocol among opcodes = 4\n", 160,
      PILA_OK, ""},
     {"\214\000C\000V\n\207.", 8,
      PILA_OK, ""},
    },
    {"one quote alone",
     "S'\n.", 4,
     {"0 ''\n", 5,
      PILA_END, ""},
     {"    0: S    STRING     ''\n    3: .    STOP\nhighest protocol among"
     " opcodes = 0\n", 78,
      PILA_OK, ""},
     {"S'\n.", 4,
      PILA_OK, ""},
    },
    {"different quotes",
     "S'abc\042\n.", 8,
     {"", 0,
      PILA_EVALUE, "strinq quote b\042'\042 not found at both ends of b'\134'abc\042'"},
     {"", 0,
      PILA_EVALUE, "strinq quote b\042'\042 not found at both ends of b'\134'abc\042'"},
     {"", 0,
      PILA_EVALUE, "strinq quote b\042'\042 not found at both ends of b'\134'abc\042'"},
    },
    {"different quotes, the other way",
     "S\042it's\n.", 8,
     {"", 0,
      PILA_EVALUE, "strinq quote b'\042' not found at both ends of b'\042it\134's'"},
     {"", 0,
      PILA_EVALUE, "strinq quote b'\042' not found at both ends of b'\042it\134's'"},
     {"", 0,
      PILA_EVALUE, "strinq quote b'\042' not found at both ends of b'\042it\134's'"},
    },
    {"a backslash at the end",
     "S'a\134'\n.", 7,
     {"", 0,
      PILA_EVALUE, "Trailing \134 in string"},
     {"", 0,
      PILA_EVALUE, "Trailing \134 in string"},
     {"", 0,
      PILA_EVALUE, "Trailing \134 in string"},
    },
    {"half an escape",
     "S'ab\134x4'\n.", 10,
     {"", 0,
      PILA_EVALUE, "invalid \134x escape at position 2"},
     {"", 0,
      PILA_EVALUE, "invalid \134x escape at position 2"},
     {"", 0,
      PILA_EVALUE, "invalid \134x escape at position 2"},
    },
    {"beyond ASCII by an escape",
     "S'\134xff'\n.", 9,
     {"", 0,
      PILA_EVALUE, "'ascii' codec can't decode byte 0xff in position 0: ordinal not in "
     "range(128)"},
     {"", 0,
      PILA_EVALUE, "'ascii' codec can't decode byte 0xff in position 0: ordinal not in "
     "range(128)"},
     {"", 0,
      PILA_EVALUE, "'ascii' codec can't decode byte 0xff in position 0: ordinal not in "
     "range(128)"},
    },
    {"an octal number beyond a byte",
     "S'\134501'\n.", 9,
     {"0 'A'\n", 6,
      PILA_END, ""},
     {"    0: S    STRING     'A'\n    8: .    STOP\nhighest protocol amon"
     "g opcodes = 0\n", 79,
      PILA_OK, ""},
     {"S'\134501'\n.", 9,
      PILA_OK, ""},
    },
    {"an escape that is none",
     "S'\134q'\n.", 7,
     {"0 '\134\134q'\n", 8,
      PILA_END, ""},
     {"    0: S    STRING     '\134\134q'\n    6: .    STOP\nhighest proto"
     "col among opcodes = 0\n", 81,
      PILA_OK, ""},
     {"S'\134q'\n.", 7,
      PILA_OK, ""},
    },
    {"names with escapes",
     "cm\134x6fd\nname\n.", 14,
     {"0 'mod name'\n", 13,
      PILA_END, ""},
     {"    0: c    GLOBAL     'mod name'\n   13: .    STOP\nhighest protoc"
     "ol among opcodes = 0\n", 86,
      PILA_OK, ""},
     {"cm\134x6fd\nname\n.", 14,
      PILA_OK, ""},
    },
    {"a name beyond ASCII",
     "cm\377\nname\n.", 10,
     {"", 0,
      PILA_EVALUE, "'ascii' codec can't decode byte 0xff in position 1: ordinal not in "
     "range(128)"},
     {"", 0,
      PILA_EVALUE, "'ascii' codec can't decode byte 0xff in position 1: ordinal not in "
     "range(128)"},
     {"", 0,
      PILA_EVALUE, "'ascii' codec can't decode byte 0xff in position 1: ordinal not in "
     "range(128)"},
    },
    {"half a name",
     "cmod\nname", 9,
     {"", 0,
      PILA_EVALUE, "no newline found when trying to read stringnl"},
     {"", 0,
      PILA_EVALUE, "no newline found when trying to read stringnl"},
     {"", 0,
      PILA_EVALUE, "no newline found when trying to read stringnl"},
    },
    {"no uint1",
     "K", 1,
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read uint1"},
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read uint1"},
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read uint1"},
    },
    {"no uint2",
     "M\000", 2,
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read uint2"},
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read uint2"},
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read uint2"},
    },
    {"no int4",
     "J\000\000\000", 4,
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read int4"},
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read int4"},
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read int4"},
    },
    {"no uint4",
     "r\000", 2,
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read uint4"},
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read uint4"},
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read uint4"},
    },
    {"no uint8",
     "\225\000", 2,
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read uint8"},
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read uint8"},
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read uint8"},
    },
    {"no float8",
     "G\000", 2,
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read float8"},
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read float8"},
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read float8"},
    },
    {"no string1",
     "U\005ab", 4,
     {"", 0,
      PILA_EVALUE, "expected 5 bytes in a string1, but only 2 remain"},
     {"", 0,
      PILA_EVALUE, "expected 5 bytes in a string1, but only 2 remain"},
     {"", 0,
      PILA_EVALUE, "expected 5 bytes in a string1, but only 2 remain"},
    },
    {"no string4",
     "T\005\000\000\000ab", 7,
     {"", 0,
      PILA_EVALUE, "expected 5 bytes in a string4, but only 2 remain"},
     {"", 0,
      PILA_EVALUE, "expected 5 bytes in a string4, but only 2 remain"},
     {"", 0,
      PILA_EVALUE, "expected 5 bytes in a string4, but only 2 remain"},
    },
    {"a string below 0",
     "T\377\377\377\377", 5,
     {"", 0,
      PILA_EVALUE, "string4 byte count < 0: -1"},
     {"", 0,
      PILA_EVALUE, "string4 byte count < 0: -1"},
     {"", 0,
      PILA_EVALUE, "string4 byte count < 0: -1"},
    },
    {"no bytes1",
     "C\001", 2,
     {"", 0,
      PILA_EVALUE, "expected 1 bytes in a bytes1, but only 0 remain"},
     {"", 0,
      PILA_EVALUE, "expected 1 bytes in a bytes1, but only 0 remain"},
     {"", 0,
      PILA_EVALUE, "expected 1 bytes in a bytes1, but only 0 remain"},
    },
    {"no bytes4",
     "B\377\377\377\377ab", 7,
     {"", 0,
      PILA_EVALUE, "expected 4294967295 bytes in a bytes4, but only 2 remain"},
     {"", 0,
      PILA_EVALUE, "expected 4294967295 bytes in a bytes4, but only 2 remain"},
     {"", 0,
      PILA_EVALUE, "expected 4294967295 bytes in a bytes4, but only 2 remain"},
    },
    {"no bytes8",
     "\216\005\005\005\005\005\005\005\000.", 10,
     {"", 0,
      PILA_EVALUE, "expected 1412894000743685 bytes in a bytes8, but only 1 remain"},
     {"", 0,
      PILA_EVALUE, "expected 1412894000743685 bytes in a bytes8, but only 1 remain"},
     {"", 0,
      PILA_EVALUE, "expected 1412894000743685 bytes in a bytes8, but only 1 remain"},
    },
    {"bytes beyond all",
     "\216\377\377\377\377\377\377\377\377", 9,
     {"", 0,
      PILA_EVALUE, "bytes8 byte count > sys.maxsize: 18446744073709551615"},
     {"", 0,
      PILA_EVALUE, "bytes8 byte count > sys.maxsize: 18446744073709551615"},
     {"", 0,
      PILA_EVALUE, "bytes8 byte count > sys.maxsize: 18446744073709551615"},
    },
    {"no bytearray8",
     "\226\377\377\377\377\377\377\377\000", 9,
     {"", 0,
      PILA_EVALUE, "expected 72057594037927935 bytes in a bytearray8, but only 0 remain"
     ""},
     {"", 0,
      PILA_EVALUE, "expected 72057594037927935 bytes in a bytearray8, but only 0 remain"
     ""},
     {"", 0,
      PILA_EVALUE, "expected 72057594037927935 bytes in a bytearray8, but only 0 remain"
     ""},
    },
    {"a bytearray beyond all",
     "\226\377\377\377\377\377\377\377\377", 9,
     {"", 0,
      PILA_EVALUE, "bytearray8 byte count > sys.maxsize: 18446744073709551615"},
     {"", 0,
      PILA_EVALUE, "bytearray8 byte count > sys.maxsize: 18446744073709551615"},
     {"", 0,
      PILA_EVALUE, "bytearray8 byte count > sys.maxsize: 18446744073709551615"},
    },
    {"no unicodestring1",
     "\214\005ab", 4,
     {"", 0,
      PILA_EVALUE, "expected 5 bytes in a unicodestring1, but only 2 remain"},
     {"", 0,
      PILA_EVALUE, "expected 5 bytes in a unicodestring1, but only 2 remain"},
     {"", 0,
      PILA_EVALUE, "expected 5 bytes in a unicodestring1, but only 2 remain"},
    },
    {"no unicodestring4",
     "X\005\000\000\000ab", 7,
     {"", 0,
      PILA_EVALUE, "expected 5 bytes in a unicodestring4, but only 2 remain"},
     {"", 0,
      PILA_EVALUE, "expected 5 bytes in a unicodestring4, but only 2 remain"},
     {"", 0,
      PILA_EVALUE, "expected 5 bytes in a unicodestring4, but only 2 remain"},
    },
    {"no unicodestring8",
     "\215\005\000\000\000\000\000\000@ab", 11,
     {"", 0,
      PILA_EVALUE, "expected 4611686018427387909 bytes in a unicodestring8, but only 2 "
     "remain"},
     {"", 0,
      PILA_EVALUE, "expected 4611686018427387909 bytes in a unicodestring8, but only 2 "
     "remain"},
     {"", 0,
      PILA_EVALUE, "expected 4611686018427387909 bytes in a unicodestring8, but only 2 "
     "remain"},
    },
    {"a str beyond all",
     "\215\377\377\377\377\377\377\377\377", 9,
     {"", 0,
      PILA_EVALUE, "unicodestring8 byte count > sys.maxsize: 18446744073709551615"},
     {"", 0,
      PILA_EVALUE, "unicodestring8 byte count > sys.maxsize: 18446744073709551615"},
     {"", 0,
      PILA_EVALUE, "unicodestring8 byte count > sys.maxsize: 18446744073709551615"},
    },
    {"no long1",
     "\212\005ab", 4,
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read long1"},
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read long1"},
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read long1"},
    },
    {"no long4",
     "\213\005\000\000\000ab", 7,
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read long4"},
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read long4"},
     {"", 0,
      PILA_EVALUE, "not enough data in stream to read long4"},
    },
    {"a long below 0",
     "\213\377\377\377\377", 5,
     {"", 0,
      PILA_EVALUE, "long4 byte count < 0: -1"},
     {"", 0,
      PILA_EVALUE, "long4 byte count < 0: -1"},
     {"", 0,
      PILA_EVALUE, "long4 byte count < 0: -1"},
    },
    {"a byte that starts nothing",
     "\214\002a\200.", 5,
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode byte 0x80 in position 1: invalid start b"
     "yte"},
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode byte 0x80 in position 1: invalid start b"
     "yte"},
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode byte 0x80 in position 1: invalid start b"
     "yte"},
    },
    {"an overlong character",
     "\214\002\300\200.", 5,
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode byte 0xc0 in position 0: invalid start b"
     "yte"},
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode byte 0xc0 in position 0: invalid start b"
     "yte"},
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode byte 0xc0 in position 0: invalid start b"
     "yte"},
    },
    {"a character that is cut",
     "\214\003a\342\202.", 6,
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode bytes in position 1-2: unexpected end of"
     " data"},
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode bytes in position 1-2: unexpected end of"
     " data"},
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode bytes in position 1-2: unexpected end of"
     " data"},
    },
    {"a character that is broken",
     "\214\004\360\237\230a.", 7,
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode bytes in position 0-2: invalid continuat"
     "ion byte"},
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode bytes in position 0-2: invalid continuat"
     "ion byte"},
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode bytes in position 0-2: invalid continuat"
     "ion byte"},
    },
    {"half a surrogate",
     "\214\002\355\240.", 5,
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode byte 0xed in position 0: invalid continu"
     "ation byte"},
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode byte 0xed in position 0: invalid continu"
     "ation byte"},
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode byte 0xed in position 0: invalid continu"
     "ation byte"},
    },
    {"half a surrogate, broken",
     "\214\003\355\240a.", 6,
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode byte 0xed in position 0: invalid continu"
     "ation byte"},
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode byte 0xed in position 0: invalid continu"
     "ation byte"},
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode byte 0xed in position 0: invalid continu"
     "ation byte"},
    },
    {"beyond Unicode in UTF-8",
     "\214\004\364\220\200\200.", 7,
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode byte 0xf4 in position 0: invalid continu"
     "ation byte"},
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode byte 0xf4 in position 0: invalid continu"
     "ation byte"},
     {"", 0,
      PILA_EVALUE, "'utf-8' codec can't decode byte 0xf4 in position 0: invalid continu"
     "ation byte"},
    },
};
/* clang-format on */
