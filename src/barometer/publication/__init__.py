"""Publication: a release and an edition's words, as a site and files that anyone can read and keep.

Doors: `publish(release, edition) -> files`, `check_claims(release, edition) -> problems` and
`compare(release, figures, contradicted) -> comparisons` with what was published before.
Everything is made from the protected release; nothing here has seen an answer.
"""

from barometer.publication._claims import check_claims
from barometer.publication._comparison import Comparison, compare
from barometer.publication._site import publish

__all__ = ["Comparison", "check_claims", "compare", "publish"]
