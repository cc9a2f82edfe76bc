"""PDFs made to crash, stall or fill memory. Each function gives a whole file."""

import zlib


class Pdf:
    """Objects put in any order, ended by one table or another."""

    def __init__(self):
        self.out = bytearray(b"%PDF-1.7\n")
        self.at = {}
        self.prev = None

    def put(self, number, value, generation=0):
        self.at[number] = (len(self.out), generation)
        self.out += b"%d %d obj\n%s\nendobj\n" % (number, generation, value)

    def stream(self, number, data, entries=b""):
        self.put(number, b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data))

    def close(self, more=b""):
        """A table of what was put since the last one, trailer, startxref."""
        table = len(self.out)
        self.out += b"xref\n"
        for number, (at, generation) in sorted(self.at.items()):
            self.out += b"%d 1\n%010d %05d n \n" % (number, at, generation)
        prev = b"" if self.prev is None else b"/Prev %d" % self.prev
        self.out += b"trailer\n<</Size %d/Root %d 0 R%s%s>>\nstartxref\n%d\n%%%%EOF\n" % (
            max(self.at, default=0) + 1, 1, prev, more, table)
        self.prev, self.at = table, {}

    def end(self, more=b""):
        self.close(more)
        return bytes(self.out)


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
EMPTY_TREE = b"<</Type/Pages/Kids[]/Count 0>>"


def small(value=b"null", catalog=CATALOG):
    """A catalog, a page tree and one more object."""
    pdf = Pdf()
    pdf.put(1, catalog)
    pdf.put(2, EMPTY_TREE)
    pdf.put(3, value)
    return pdf


def nothing():
    return b""


def length_of_2_gb():
    return small(b"<</Length 2147483648>>\nstream\nabc\nendstream").end()


def length_that_overflows():
    return small(b"<</Length 9223372036854775807>>\nstream\nabc\nendstream").end()


def startxref_at_2_gb():
    return small().end().replace(b"startxref\n", b"startxref\n2147483648 %")


def tables_in_a_circle():
    pdf = small()
    first = len(pdf.out)
    pdf.prev = first + 400
    pdf.close()
    pdf.out += b" " * (first + 400 - len(pdf.out))
    pdf.prev = first
    return pdf.end()


def hybrid_tables_in_a_circle():
    pdf = small()
    here = len(pdf.out)
    return pdf.end(b"/XRefStm %d/Prev %d" % (here, here))


def page_tree_in_a_circle():
    pdf = Pdf()
    pdf.put(1, CATALOG)
    pdf.put(2, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>")
    return pdf.end()


def page_tree_shared(levels=40, fan=10):
    """fan ** levels pages in levels objects."""
    pdf = Pdf()
    pdf.put(1, CATALOG)
    for i in range(levels):
        pdf.put(2 + i, b"<</Type/Pages/Kids[%s]>>" % (b"%d 0 R " % (3 + i) * fan))
    pdf.put(2 + levels, b"<</Type/Page>>")
    return pdf.end()


def page_tree_of_a_million():
    pdf = Pdf()
    pdf.put(1, CATALOG)
    pdf.put(2, b"<</Type/Pages/Kids[%s]>>" % (b"3 0 R " * 400_000))
    pdf.put(3, b"<</Type/Pages/Kids[%s]>>" % (b"2 0 R " * 400_000))
    return pdf.end()


def revisions(count=10_000):
    pdf = small()
    pdf.close()
    for i in range(count - 1):
        pdf.put(3, b"(%d)" % i)
        pdf.close()
    return bytes(pdf.out)


def revisions_signed(count=10_000):
    """A field signed in the first of them, so that every later one is judged."""
    pdf = Pdf()
    pdf.put(1, b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[3 0 R]>>>>")
    pdf.put(2, EMPTY_TREE)
    pdf.put(3, b"<</FT/Sig/T(S)/V 4 0 R>>")
    at = len(pdf.out)
    pdf.put(4, b"<</Type/Sig/SubFilter/ETSI.CAdES.detached"
            b"/ByteRange[0 0000000000 0000000000 0000000000]/Contents<3000>>>")
    pdf.put(5, b"null")
    pdf.close()
    gap = pdf.out.index(b"<3000>", at)
    for place, number in ((0, gap), (1, gap + 6), (2, len(pdf.out) - gap - 6)):
        start = pdf.out.index(b"[0 ", at) + 3 + 11 * place
        pdf.out[start:start + 10] = b"%010d" % number
    for i in range(count - 1):
        pdf.put(5, b"(%d)" % i)
        pdf.close()
    return bytes(pdf.out)


def revisions_too_many():
    return revisions(30_000)


def arrays_deep(depth=1000):
    return small(b"[" * depth + b"]" * depth).end()


def arrays_very_deep():
    return arrays_deep(65_535)


def catalog_nested_deep():
    return small(catalog=b"<</Type/Catalog/X " * 1000 + b"1" + b">>" * 1000).end()


def dictionary_of_a_million_keys():
    return small(b"<<%s>>" % b"".join(b"/K%d 1" % i for i in range(1_000_000))).end()


def dictionary_of_many_keys_backwards():
    """Signed, and written again in another order."""
    keys = [b"/K%d 1" % i for i in range(200_000)]
    pdf = Pdf()
    pdf.out = bytearray(revisions_signed(1))
    pdf.prev = pdf.out.rindex(b"xref\n", 0, pdf.out.rindex(b"startxref"))
    pdf.put(5, b"<<%s>>" % b"".join(keys))
    pdf.close()
    pdf.put(5, b"<<%s>>" % b"".join(reversed(keys)))
    return pdf.end()


def unpacks_to_4_gb():
    """An object stream that unpacks to megabytes, and they to gigabytes."""
    packer = zlib.compressobj(9)
    head = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    more = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    inner = head + more * 4095
    return packed_catalog(zlib.compress(inner, 9), b"/Filter[/FlateDecode/FlateDecode]")


def unpack_one_after_another():
    """A hundred object streams that each unpack to nearly the limit."""
    data = zlib.compress(bytes(63 << 20), 9)
    pdf = Pdf()
    pdf.put(1, CATALOG)
    pdf.put(2, EMPTY_TREE)
    for i in range(100):
        pdf.stream(10 + i, data, b"/Type/ObjStm/N 1/First 5/Filter/FlateDecode")
    return xref_stream(pdf, {1000 + i: (10 + i, 0) for i in range(100)})


def xref_stream(pdf, packed, widths=(1, 4, 4), index=None):
    """Ends the file with a cross-reference stream; packed: number -> (stream, index)."""
    own = 9_000
    rows = {number: (1, at, generation) for number, (at, generation) in pdf.at.items()}
    rows.update({number: (2, *place) for number, place in packed.items()})
    rows[own] = (1, len(pdf.out), 0)
    data = b"".join(b"".join(field.to_bytes(width, "big") for field, width in zip(row, widths))
                    for _, row in sorted(rows.items()))
    if index is None:
        index = b" ".join(b"%d 1" % number for number in sorted(rows))
    at = len(pdf.out)
    pdf.stream(own, data, b"/Type/XRef/Root 1 0 R/Size 9001/W[%s]/Index[%s]"
               % (b" ".join(b"%d" % width for width in widths), index))
    pdf.out += b"startxref\n%d\n%%%%EOF\n" % at
    return bytes(pdf.out)


def packed_catalog(data, entries):
    pdf = Pdf()
    pdf.stream(2, data, b"/Type/ObjStm/N 1/First 4" + entries)
    return xref_stream(pdf, {1: (2, 0)})


def object_stream_in_itself():
    """Its filter is an object that it holds itself."""
    return packed_catalog(b"1 0 <</Type/Catalog>> 3 20 /FlateDecode", b"/Filter 1 0 R")


def object_streams_in_one_another(count=2000):
    """Each one's filter is in the next."""
    pdf = Pdf()
    places = {1: (10, 0)}
    for i in range(count):
        places[5000 + i] = (11 + i, 0)
        held = b"0001 0 <</Type/Catalog>>" if i == 0 else b"%d 0 null" % (4999 + i)
        pdf.stream(10 + i, held,
                   b"/Type/ObjStm/N 1/First 7/Filter %d 0 R" % (5000 + i))
    return xref_stream(pdf, places)


def xref_stream_wide():
    return xref_stream(small(), {}, index=b"0 4").replace(b"/W[1 4 4]", b"/W[9999999 4 4]")


def xref_stream_long():
    return xref_stream(small(), {}, index=b"0 2147483647")


def xref_stream_far():
    return xref_stream(small(), {}, index=b"9223372036854775800 4")


def table_of_a_billion():
    return small().end().replace(b"xref\n1 1\n", b"xref\n1 999999999\n")


def signature_fields(count=100_000):
    pdf = Pdf()
    pdf.put(1, b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[%s]>>>>"
            % b"".join(b"%d 0 R " % (10 + i) for i in range(count)))
    pdf.put(2, EMPTY_TREE)
    pdf.put(3, b"<</Type/Sig/SubFilter/ETSI.CAdES.detached/ByteRange[0 9 9 9]/Contents<00>>>")
    for i in range(count):
        pdf.put(10 + i, b"<</FT/Sig/T(S%d)/V 3 0 R>>" % i)
    return pdf.end()


def fields_sharing_kids(count=20_000):
    """Each of many fields has the same many children."""
    pdf = Pdf()
    many = b"[%s]" % b"".join(b"%d 0 R " % (10 + i) for i in range(count))
    pdf.put(1, b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields 3 0 R>>>>")
    pdf.put(2, EMPTY_TREE)
    pdf.put(3, many)
    for i in range(count):
        pdf.put(10 + i, b"<</T(%s)/Kids 3 0 R>>" % (b"n" * 900))
    return pdf.end()


def name_tree_in_a_circle():
    pdf = small(catalog=b"<</Type/Catalog/Pages 2 0 R/Names<</Dests 3 0 R>>>>",
                value=b"<</Kids[%s]>>" % (b"3 0 R " * 100_000))
    return pdf.end()


def byte_range_overflow():
    pdf = Pdf()
    pdf.put(1, b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[3 0 R]>>>>")
    pdf.put(2, EMPTY_TREE)
    pdf.put(3, b"<</FT/Sig/T(S)/V 4 0 R>>")
    pdf.put(4, b"<</Type/Sig/SubFilter/ETSI.CAdES.detached/ByteRange[0 899999999999999999 "
            b"899999999999999999 2]/Contents<3000>>>")
    return pdf.end()


def generation_huge():
    pdf = small()
    pdf.put(1, CATALOG, 4294967296)
    return pdf.end()


def objects_in_one_another(count=60_000):
    """Strings within strings: every object holds all that follow."""
    pdf = Pdf()
    pdf.put(1, CATALOG)
    pdf.put(2, EMPTY_TREE)
    for i in range(count):
        pdf.at[3 + i] = (len(pdf.out), 0)
        pdf.out += b"%d 0 obj (" % (3 + i)
    pdf.out += b") endobj " * count
    return pdf.end()


def one_object_behind_many_blanks(count=60_000):
    """Many places that all lead over the same megabytes of nothing."""
    pdf = small()
    start = len(pdf.out)
    pdf.out += b" " * 4_000_000
    for i in range(count):
        pdf.at[4 + i] = (start + i, 0)
    pdf.out += b"4 0 obj null endobj\n"
    return pdf.end()


def damaged_and_never_closed(count=60_000):
    """No table, and strings that run to the end, each looked into again."""
    return b"%PDF-1.7\n" + b"".join(b"%d 0 obj ( endobj\n" % (i + 1) for i in range(count)) * 4


def damaged_with_a_filter_elsewhere():
    return (b"%PDF-1.7\n1 0 obj<</Type/ObjStm/N 1/First 4/Length 3/Filter 7 0 R>>\nstream\nabc\n"
            b"endstream endobj\ntrailer<</Root 1 0 R>>\n")
