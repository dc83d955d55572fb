/* opcodes.h - the 68 opcodes of pickle, as a list.
 *
 * Needs: nothing
 * Use:
 *     printf("%d %c\n", PILA__OPCODES, PILA_OP_STOP);   // prints: 68 .
 *
 * For the reader, the writer and the disassembler of pickles. The arguments are named
 * after their form: a name that ends in NL is a line of text, and the number in the
 * others is how many bytes the number itself, or the length before the bytes, takes.
 */
#ifndef PILA_OPCODES_H
#define PILA_OPCODES_H

typedef enum pila_opcode_arg {
    PILA_ARG_NONE,
    PILA_ARG_UINT1,
    PILA_ARG_UINT2,
    PILA_ARG_INT4, /* numbers are little-endian */
    PILA_ARG_UINT4,
    PILA_ARG_UINT8,
    PILA_ARG_FLOAT8,    /* but this one: big-endian */
    PILA_ARG_INTNL,     /* decimal; of INT, 00 and 01 are False and True */
    PILA_ARG_LONGNL,    /* decimal, and an L or none */
    PILA_ARG_FLOATNL,   /* repr(float) */
    PILA_ARG_STRINGNL,  /* repr(str) of Python 2, in quotes */
    PILA_ARG_NAMENL,    /* text as it is */
    PILA_ARG_NAMENL2,   /* two lines of it: module, name */
    PILA_ARG_UNICODENL, /* raw-unicode-escape */
    PILA_ARG_LONG1,     /* two's complement after its length, little-endian */
    PILA_ARG_LONG4,     /* the length is signed */
    PILA_ARG_STRING1,   /* str of Python 2 */
    PILA_ARG_STRING4,   /* the length is signed */
    PILA_ARG_BYTES1,
    PILA_ARG_BYTES4,
    PILA_ARG_BYTES8,
    PILA_ARG_BYTEARRAY8,
    PILA_ARG_UNICODE1, /* UTF-8, surrogates as three bytes */
    PILA_ARG_UNICODE4,
    PILA_ARG_UNICODE8
} pila_opcode_arg;

/* clang-format off */
/*    name             code  argument   since protocol */
#define PILA_OPCODES(X)                                                                \
    X(MARK,            0x28, NONE,      0)                                             \
    X(EMPTY_TUPLE,     0x29, NONE,      1)                                             \
    X(STOP,            0x2e, NONE,      0)                                             \
    X(POP,             0x30, NONE,      0)                                             \
    X(POP_MARK,        0x31, NONE,      1)                                             \
    X(DUP,             0x32, NONE,      0)                                             \
    X(BINBYTES,        0x42, BYTES4,    3)                                             \
    X(SHORT_BINBYTES,  0x43, BYTES1,    3)                                             \
    X(FLOAT,           0x46, FLOATNL,   0)                                             \
    X(BINFLOAT,        0x47, FLOAT8,    1)                                             \
    X(INT,             0x49, INTNL,     0)                                             \
    X(BININT,          0x4a, INT4,      1)                                             \
    X(BININT1,         0x4b, UINT1,     1)                                             \
    X(LONG,            0x4c, LONGNL,    0)                                             \
    X(BININT2,         0x4d, UINT2,     1)                                             \
    X(NONE,            0x4e, NONE,      0)                                             \
    X(PERSID,          0x50, NAMENL,    0)                                             \
    X(BINPERSID,       0x51, NONE,      1)                                             \
    X(REDUCE,          0x52, NONE,      0)                                             \
    X(STRING,          0x53, STRINGNL,  0)                                             \
    X(BINSTRING,       0x54, STRING4,   1)                                             \
    X(SHORT_BINSTRING, 0x55, STRING1,   1)                                             \
    X(UNICODE,         0x56, UNICODENL, 0)                                             \
    X(BINUNICODE,      0x58, UNICODE4,  1)                                             \
    X(EMPTY_LIST,      0x5d, NONE,      1)                                             \
    X(APPEND,          0x61, NONE,      0)                                             \
    X(BUILD,           0x62, NONE,      0)                                             \
    X(GLOBAL,          0x63, NAMENL2,   0)                                             \
    X(DICT,            0x64, NONE,      0)                                             \
    X(APPENDS,         0x65, NONE,      1)                                             \
    X(GET,             0x67, INTNL,     0)                                             \
    X(BINGET,          0x68, UINT1,     1)                                             \
    X(INST,            0x69, NAMENL2,   0)                                             \
    X(LONG_BINGET,     0x6a, UINT4,     1)                                             \
    X(LIST,            0x6c, NONE,      0)                                             \
    X(OBJ,             0x6f, NONE,      1)                                             \
    X(PUT,             0x70, INTNL,     0)                                             \
    X(BINPUT,          0x71, UINT1,     1)                                             \
    X(LONG_BINPUT,     0x72, UINT4,     1)                                             \
    X(SETITEM,         0x73, NONE,      0)                                             \
    X(TUPLE,           0x74, NONE,      0)                                             \
    X(SETITEMS,        0x75, NONE,      1)                                             \
    X(EMPTY_DICT,      0x7d, NONE,      1)                                             \
    X(PROTO,           0x80, UINT1,     2)                                             \
    X(NEWOBJ,          0x81, NONE,      2)                                             \
    X(EXT1,            0x82, UINT1,     2)                                             \
    X(EXT2,            0x83, UINT2,     2)                                             \
    X(EXT4,            0x84, INT4,      2)                                             \
    X(TUPLE1,          0x85, NONE,      2)                                             \
    X(TUPLE2,          0x86, NONE,      2)                                             \
    X(TUPLE3,          0x87, NONE,      2)                                             \
    X(NEWTRUE,         0x88, NONE,      2)                                             \
    X(NEWFALSE,        0x89, NONE,      2)                                             \
    X(LONG1,           0x8a, LONG1,     2)                                             \
    X(LONG4,           0x8b, LONG4,     2)                                             \
    X(SHORT_BINUNICODE,0x8c, UNICODE1,  4)                                             \
    X(BINUNICODE8,     0x8d, UNICODE8,  4)                                             \
    X(BINBYTES8,       0x8e, BYTES8,    4)                                             \
    X(EMPTY_SET,       0x8f, NONE,      4)                                             \
    X(ADDITEMS,        0x90, NONE,      4)                                             \
    X(FROZENSET,       0x91, NONE,      4)                                             \
    X(NEWOBJ_EX,       0x92, NONE,      4)                                             \
    X(STACK_GLOBAL,    0x93, NONE,      4)                                             \
    X(MEMOIZE,         0x94, NONE,      4)                                             \
    X(FRAME,           0x95, UINT8,     4)                                             \
    X(BYTEARRAY8,      0x96, BYTEARRAY8,5)                                             \
    X(NEXT_BUFFER,     0x97, NONE,      5)                                             \
    X(READONLY_BUFFER, 0x98, NONE,      5)

typedef enum pila_opcode {
#define PILA__OPCODE_ENUM(name, code, arg, protocol) PILA_OP_##name = code,
    PILA_OPCODES(PILA__OPCODE_ENUM)
#undef PILA__OPCODE_ENUM
    PILA__OPCODES = 68
} pila_opcode;
/* clang-format on */

#endif
