#!/bin/sh
# expect: SyntaxError
send <<'END'
{ "a": }
END
