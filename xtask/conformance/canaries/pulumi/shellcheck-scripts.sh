#!/bin/sh
# expect: SC2086
rm -r $1
