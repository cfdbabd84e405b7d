"""The words of the fuzz: numbers, days, texts, names of fields and parts of addresses that may make trouble."""

# fmt: off
NUMBERS = (
    *("0", "1", "-1", "00", "1e5", "1.5", "-0", "+3", " 7 ", "1,000", "１２３", "٣", "²", "Ⅳ", "NaN"),
    *("Infinity", "0x1f"),
    *(str(2**31), str(2**31 - 1), str(2**63), str(2**64), str(-(2**63) - 1), "9" * 400, "9" * 5000, "1e999", "1_0"),
)
DAYS = (
    *("2020-10-01", "2021-05-21", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2021-02-29", "1.1.1"),
    *("2021-05-21T10:00", "2021-05-21 25:61", "0001-01-01T00:00", "9999-12-31T23:59", "令和2年4月1日"),
    *("２０２１-０５-２１",),
)
TEXTS = (
    *("", " ", "\t", "\n", "試し", "a" * 200, "あ" * 2001, "長" * 70_000, "ｶﾞｷﾞｸﾞ ﾀﾛｳ", "か\u3099", "\u3099"),
    *("①㈱㌔", "〜～"),
    *("a\0b", "\0", "\x1b[31m", "\x7f", "\x85", "a\u2028b\u2029c", "\u202eabc\u202c", "\u2066x\u2069"),
    *("a\u200bb\u200d",),
    *("\ufeffx", "\ufffe", "\uffff", "\ud800", "x\udfff", "葛\U000e0100城", "神\ufe00", "\ufa19"),
    *("👨\u200d👩\u200d👧", "🇯🇵", "\ue000"),
    *("𠮷", "\U0010ffff", "e\u0301" * 50, "Z" + "\u0335" * 300, "İ", "ß", "ﬁ", "ａ＠ｂ.jp", "A@B.JP"),
    *("a@b.jp\nBcc: c@d.jp",),
    *("=1+1", "+A1", "-2", "@x", "'", "''", '"', "';--", "' OR 1=1 --", "%", "%s%n", "{x}", "{{ 7*7 }}"),
    *("{% load x %}", "${7*7}"),
    *("<script>alert(1)</script>", "]]>", "&lt;", "<!ENTITY x>", "../../etc/passwd", "C:\\x", "//example.jp/"),
    *("javascript:x",),
    *("null", "true", "on", "None", "[]", "{}", '{"a":1}', "[[[[1]]]]", '"\\ud800"', "unknown", "mine"),
    *("theirs", "1-", "1-x", "-"),
    *("yes", "no", "done", "editor", "approver", "202037", "2020", "cio", "people", "manager", "officer"),
)
EXTRA = (
    *("confirmed", "proposal", "carried", "reason", "seen", "then", "next", "post", "action", "key", "page"),
    *("receipt",),
    *("_popup", "_to_field", "is_superuser", "user", "body", "response", "index", "select_across", "take_back"),
    *("reviewed",),
    *("_selected_action", "q", "o", "p", "e", "all", "limit", "offset", "order", "state", "attention", "lang"),
    *("at__year",),
    *("at__month", "at__day", "kind", "kind__exact", "show", "row", "breakdown", "to", "version"),
    *("memberships-TOTAL_FORMS",),
)
PARTS = (
    *("0", "-1", "1", "999999", str(2**31), str(2**63), str(2**64), "9" * 4301, "9" * 30, "%EF%BC%91"),
    *("%D9%A3", "%00"),
    *("%0A", "%2F", "..", "%2e%2e", "%ff", "%ED%A0%80", "202037%00", "202037%0A", "_3A", "_5F00", "2020"),
    *("2019", "9999"),
    *("0000", "2020-r1", "2019-r9999", "none", "cio", "people", "staff", "csv", "x" * 300, "1%20or%201"),
    *("true", "%F0%9F%98%80"),
)
