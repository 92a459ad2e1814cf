"""The workflow engine: rows that move from state to state by actions that some may take.

`transitions` is low: use-cases call it. `specification` is high: pages, the API and jobs read it.
"""
