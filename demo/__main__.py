"""`python -m demo`."""

import sys

from demo.product import start_product
from demo.run import main
from demo.story import main_story

sys.exit(main(sys.argv[1:], start_product, main_story))
