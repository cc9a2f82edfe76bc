"""What is on a card for machines: zones of ICAO 9303 and QR codes, agreeing with its print."""
import ctypes
import unicodedata

from people import dmy


def plain(text):
    text = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(c for c in text.upper() if c.isascii() and (c.isalpha() or c == " "))


def yymmdd(date):
    return f"{date[0] % 100:02}{date[1]:02}{date[2]:02}"


def zone(kind, filling, mrz):
    holder = filling.people["holder"]
    family, *given = plain(holder.name).split()
    name = f"{family}<<{'<'.join(given)}"
    dates = mrz.checked(yymmdd(holder.born)) + ("M" if holder.sex == "Nam" else "F") + \
        mrz.checked(yymmdd(filling.day("expiry_date")))
    if kind == "td1":
        one = "IDVNM" + mrz.checked(holder.number[3:]) + mrz.checked(holder.number + "<<")
        two = dates + "VNM" + "<" * 11
        return [one, two + mrz.check(one[5:] + two[:7] + two[8:15] + two[18:]), name.ljust(30, "<")[:30]]
    number = filling.fields.get("number") or f"{'C'}{filling.rng.randint(0, 9999999):07}"
    document, personal = mrz.checked(number.ljust(9, "<")), mrz.checked(holder.number + "<<")
    return [("P<VNM" + name).ljust(44, "<")[:44],
            document + "VNM" + dates + personal + mrz.check(document + dates[:7] + dates[8:] + personal)]


def content(what, filling):
    holder = filling.people["holder"]
    flat = "".join(f"{d:02}" for d in reversed(holder.born))
    if what == "cccd":
        issued = "".join(f"{d:02}" for d in reversed(filling.day("issue_date")))
        return f"{holder.number}|{filling.rng.randint(100000000, 399999999)}|{holder.name}|{flat}|{holder.sex}|{holder.home}|{issued}"
    if what == "bhyt":
        text = [filling.fields.get("number", ""), holder.name.encode().hex(), dmy(holder.born), "1" if holder.sex == "Nam" else "2",
                holder.home.encode().hex(), "01 - 012", dmy(filling.day("issue_date")), "-", dmy(filling.day("issue_date")), "$"]
        return "|".join(text)
    return f"https://example.vn/{what}/{filling.rng.randint(10 ** 9, 10 ** 10)}"


class Code(ctypes.Structure):
    _fields_ = [("version", ctypes.c_int), ("width", ctypes.c_int), ("data", ctypes.POINTER(ctypes.c_ubyte))]


def qr(text):
    """Rows of dark and light; none where libqrencode is not."""
    try:
        library = ctypes.CDLL("libqrencode.so.4")
    except OSError:
        return []
    library.QRcode_encodeString8bit.restype = ctypes.POINTER(Code)
    code = library.QRcode_encodeString8bit(text.encode(), 0, 1)
    width = code.contents.width
    rows = [[code.contents.data[j * width + i] & 1 for i in range(width)] for j in range(width)]
    library.QRcode_free(code)
    return rows
