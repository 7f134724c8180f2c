"""`python -m compliance VERB …`"""

import sys

from compliance.cli import main

sys.exit(main())
