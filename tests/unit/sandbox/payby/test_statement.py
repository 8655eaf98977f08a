import io
import zipfile

from sandbox.payby.statement import Form, all_rows, gulf_day, written
from tests.unit.sandbox.payby.conftest import Books

GULF_MIDNIGHT = 1_799_956_800_000  # 2027-01-15 00:00 in Dubai, 20:00 the day before UTC


def test_the_business_day_begins_at_midnight_in_dubai():
    assert f"{gulf_day(GULF_MIDNIGHT)}" == "2027-01-15"
    assert f"{gulf_day(GULF_MIDNIGHT - 1)}" == "2027-01-14"


def test_a_file_holds_at_most_50000_lines(books: Books):
    orders = [books.paid_order()] * 50_001
    day = gulf_day(books.clock.now)
    packed = written(Form(mid="200000000888", day=day), all_rows(orders, []))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        lines = {
            name: len(archive.read(name).splitlines()) for name in archive.namelist()
        }
    assert lines == {
        f"Purchase_Statement_{day:%d%m%Y}_001.csv": 50_002,
        f"Purchase_Statement_{day:%d%m%Y}_002.csv": 3,
        f"Purchase_Settle_Statement_{day:%d%m%Y}_001.csv": 2,
    }
