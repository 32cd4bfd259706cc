"""Every card, in every language and state, as Microsoft's renderer draws it on a desktop and on a phone."""

from __future__ import annotations

import pytest

from contract.people import Language
from demo.pictures import DESKTOP, PHONE, Pictures
from tests.cards.samples import MakeCard, samples

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("name, make", [pytest.param(name, make, id=name) for name, make in sorted(samples().items())])
async def test_a_card_is_drawn_without_faults(pictures: Pictures, name: str, make: MakeCard) -> None:
    """Nothing is unknown to the renderer, nothing sticks out, every field has a label; also where a card unfolds."""
    faults = {}
    for language in Language:
        card = make(language).json
        for width in (DESKTOP, PHONE):
            faults[language, width] = (await pictures.render(card, width, picture=False, opened=True)).faults
    assert {where: found for where, found in faults.items() if found} == {}
