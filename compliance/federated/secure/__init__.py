"""Sums over sites of which the server sees the total and nothing else.

    each Site ──advertise──▶ Advertised ──share──▶ Parcel ──mask──▶ Masked ──answer──▶ Answer
                    │                       │                  │                   │
    one Server ──introduce──────────────deliver────────────question───────────────total──▶ IntArray

Any two sites agree on a mask that one adds and the other takes away, so the masks cancel in the
sum; each site adds one more of its own. A site that drops out leaves masks behind that no longer
cancel: the others hold shares of its keys, and enough of them together can take its masks off.
They answer for each site with shares of one kind only, of its own mask's seed or of its key, so
whatever the server does within the protocol, one layer stays on everybody's numbers.

`masked_sum` runs one round of it in this process, with exactly the parts that machines would run.

**Promised:** an honest but curious server, even with `threshold` − 1 sites on its side, learns
the sum over the other sites that sent their numbers, and nothing else about them. The sum is
exact, bit for bit.

**Not promised:** that the sum itself says nothing about a person (noise does that), or about a
site whose fellows are all on the server's side; that a site sends its true numbers; anything
against a server that lies about who takes part or hands out keys of its own.

Source: Bonawitz et al. 2017, doi:10.1145/3133956.3133982, figure 4, without the steps against
active servers.
"""

from compliance.federated.secure.nouns import MOST_SITES, SecureSum, Seen, Terms
from compliance.federated.secure.server import Server
from compliance.federated.secure.site import Site
from compliance.federated.secure.summing import masked_sum
from compliance.federated.secure.whole import from_whole, to_whole

__all__ = [
    "MOST_SITES",
    "SecureSum",
    "Seen",
    "Server",
    "Site",
    "Terms",
    "from_whole",
    "masked_sum",
    "to_whole",
]
