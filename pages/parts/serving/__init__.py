"""The edge of the server: what a request passes before Streamlit sees it.

From outside to inside: `watching` counts and logs it, `heading` gives its answer the headers and
the language, `guarding` turns away what comes from elsewhere. `answering` has the two addresses of
our own: whether the desk is well, and numbers for Prometheus.
"""
