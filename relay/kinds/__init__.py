# SPDX-License-Identifier: AGPL-3.0-only
"""What can be listed: each kind with document, terms and check of its own; `registry` names all."""
