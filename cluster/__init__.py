"""The proof of Komek beyond one machine: a cluster of test hosts, its faults, and what they may not cost.

Each host is a set of kernel namespaces on this machine: its own network card on a bridge, its own processes, which die
together when its power is cut. On them run three PostgreSQL servers under Patroni and etcd, two application nodes, a
proxy, a store of files and the residents. `python -m cluster` builds all that, breaks it under load, and compares what
clients were told with what the database holds. The configuration files are those of `docs/howto/scale/`.
"""
