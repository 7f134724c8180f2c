"""Privacy Desk: find personal data, protect it, and prove it.

The flow, one noun and one verb per room:

    files ──add──▶ Dataset ──discover──▶ Labels ──preview──▶ Preview  (no noise, nothing spent)
                                          │  └──release──▶ Release  (OpenDP noise, exact budget)
                                          └─────train────▶ Run      (federated; rows stay home)
    everything ──assess──▶ Verdicts ──build──▶ Report;  every change ──record──▶ Entry in the trail

Each verb is a function from frozen values to a frozen value: no disk, no clock, no global
randomness. `Workspace` (in `compliance.workspace`) is the only object that writes: it stores
result, lineage edge and trail entry in one transaction. The pages and the command line ask it.
"""

__version__ = "0.1.0"
