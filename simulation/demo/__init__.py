# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run demo`: the whole system for five weeks on ape's in-process chain, checked exactly.

`schedule` holds what happens, as data; `scheduler` runs it day by day on a `system` of
contracts, which records its `events`; `replay` drives the reference model through the same events;
`tables` and `chart` show both.
"""
