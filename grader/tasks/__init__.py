"""What the questions ask: a folder for each subject, a file for each topic, whole.

A topic's file has the right answers, the hidden cases, the small inputs and the wrong ideas of its functions; see `task`.
`catalogue` has all of them by name. An assignment may bring topics of its own, which stay outside: see `own_topics`.
"""
