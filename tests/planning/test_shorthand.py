"""What people type in a hurry, written out; letters that are units, tests and names stay."""

import pytest

from rag.planning.shorthand import in_full


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("can u pls tell ppl abt it thx", "can you please tell people about it thanks"),
        ("there r two", "there are two"),
        ("pt has hx of gout", "patient has history of gout"),
        ("i dont know, im new b4 clinic", "i do not know, I am new before clinic"),
        ("hes on warfarin, how many hrs", "he is on warfarin, how many hours"),
        ("hes had gout", "he has had gout"),
        # as they are
        ("given im or iv", "given im or iv"),
        ("hes against saline, hrs, a lad stent", "hes against saline, hrs, a lad stent"),
        ("how r-chop is given, which r/r lymphoma", "how r-chop is given, which r/r lymphoma"),
        ("which accept a pt of 16 seconds", "which accept a pt of 16 seconds"),
        ("prolonged pt or ptt", "prolonged pt or ptt"),
        ("ALT above 90 u/l", "ALT above 90 u/l"),
        ("pt/inr of 1.8, pt > 15 s", "pt/inr of 1.8, pt > 15 s"),
        ("PT and U", "PT and U"),
        ("arm r or arm s, R0 resection", "arm r or arm s, R0 resection"),
        ("5 u of insulin", "5 u of insulin"),
        ("the id of a trial", "the id of a trial"),
    ],
)
def test_shorthand_is_written_out(typed: str, full: str) -> None:
    assert in_full(typed) == full
