#!/bin/sh
# Chromium ($CHROMIUM) at nice $NICE, as a session that gives way to the PBX, like the programs of
# ivr/precedence.py: a page that draws costs nobody a word. The kernel takes ten such wishes a second; where
# it knows no autogroups, nothing of it.
for try in 1 2 3 4 5 6 7 8 9 10; do
    (echo "$NICE" >/proc/self/autogroup) 2>/dev/null && break
    [ -w /proc/self/autogroup ] || break
    sleep 0.1
done
exec "$CHROMIUM" "$@"
