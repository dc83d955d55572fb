#!/bin/sh
# run.sh PROGRAM INPUT OUTPUT - what the program makes of the input must be the output.
"$1" <"$2" | diff "$3" -
