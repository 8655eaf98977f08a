from sandbox.payby.codes import CODES, NAMES, Rejected


def test_a_number_names_its_first_name():
    assert NAMES["62001"] == "ORDER_PAID"
    assert NAMES["400"] == "INVALID_PARAMETER"


def test_a_refusal_speaks_its_name_and_what_to_do():
    rejected = Rejected("ORDER_PAID")
    assert (rejected.code, rejected.msg) == ("62001", "ORDER_PAID")
    detailed = Rejected("INVALID_PARAMETER", "subject: too long")
    assert detailed.msg == "INVALID_PARAMETER: subject: too long"


def test_only_the_envelope_s_three_names_share_a_number():
    shared = [name for name, number in CODES.items() if number == "400"]
    assert len(shared) == 3
    assert len(set(CODES.values())) == len(CODES) - 2
