#!/usr/bin/env python3
"""Writes src/Sosia/People/Names/canonical-forms.txt: what the canonical composition of Unicode (NFC) needs, from Python's own tables.

.NET's string.Normalize does nothing where a program runs without ICU, as Sosia does. One line each, code points in hexadecimal:
  c POINT CLASS            a combining mark, and its combining class
  d POINT POINT [POINT]    a point, and what it is decomposed into (one step); Hangul syllables apart, which are computed
  x POINT                  the same, but what is decomposed is never composed again
"""
import sys
import unicodedata

out = open(sys.argv[1], "w", encoding="ascii", newline="\n")
for point in range(sys.maxunicode + 1):
    letter = chr(point)
    if (order := unicodedata.combining(letter)):
        out.write(f"c {point:X} {order}\n")
    step = unicodedata.decomposition(letter)
    if step and not step.startswith("<"):
        composes = unicodedata.normalize("NFC", letter) == letter
        out.write(f"{'d' if composes else 'x'} {point:X} {' '.join(f'{int(p, 16):X}' for p in step.split())}\n")
