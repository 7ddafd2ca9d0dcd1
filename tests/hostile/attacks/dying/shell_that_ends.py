"""Ends the session through IPython: %%bash exit, %reset, ask_exit, the kernel's shutdown, a closed history."""
# from: solved
# shows: raised Ran: asked to end
# tried: process
# stopped by: roles

# %% first
%reset -f out
%xdel -n
%killbgscripts
!exit 1
!kill -9 $PPID
%config InteractiveShell.xmode = "Nothing"

# %% first
%%bash
kill -9 $PPID; exit 1

# %% last
shell = get_ipython()
asked = [
    attempt(lambda: shell.ask_exit()),
    attempt(lambda: shell.kernel.do_shutdown(True)),
    attempt(lambda: shell.ev("quit()")),
    attempt(lambda: shell.history_manager.end_session()),
]
say(f"asked to end {len(asked)} times")
