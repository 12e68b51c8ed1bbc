"""Starts a command as the foreground job of a session of its own, so that the system's stops from a keyboard work:
processes of an orphaned group are not stopped.

    python session.py COMMAND...

prints the command's process id, then whatever the command prints, and waits for it.
"""

import os
import sys

if __name__ == "__main__":
    if os.getpid() != os.getsid(0):
        os.setsid()
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        os.write(1, f"{os.getpid()}\n".encode())
        os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
    os.waitpid(child, 0)
