"""A federated run across processes and machines: Flower carries parcels, the desk decides.

    desk ──Ask──▶ relay ──Flower, TLS, node keys──▶ executor at each site ──▶ at_site
         ◀─Told──       ◀──────────────────────────

`relay`, `superlink` and `control` run in Flower's environment beside the desk; `supernode`,
`executor` (started by `workspace.executor`), `keys` and `rows` run in it at the sites. Everything
else knows nothing of Flower, which is pinned to libraries that the desk must not be held to.
"""
