"""Print secrets_rows.h: what CPython makes of known bytes, for test_secrets.c.

    python3 secrets_rows.py > secrets_rows.h

The bytes are 7, 38, 69 ... (31 k + 7, below 256), in place of random ones.
"""
import secrets

DATA = bytes((31 * k + 7) & 255 for k in range(5000))
secrets.token_bytes = lambda n: DATA[:n]

print("/* Made by secrets_rows.py: what CPython says. */")
print("/* clang-format off */")
print("static const token_row token_rows[] = {")
for n in [*range(13), 32, 100]:
    print(f'    {{{n}, "{secrets.token_hex(n)}", "{secrets.token_urlsafe(n)}"}},')
print("};")
