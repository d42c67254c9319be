import json
import pytest
from tests.incidents.conftest import Desk, desk
from tests.conftest import *

def show(name, answer):
    flag = "!!!!" if answer.status_code >= 500 else "ok"
    print(f"{flag} {answer.status_code} {name}: {answer.text[:150] if answer.mimetype!='text/html' else 'html'}")

@pytest.fixture
def nothrow(desk):
    desk.app.config["PROPAGATE_EXCEPTIONS"] = False
    return desk

def test_probe(nothrow):
    desk = nothrow
    c = desk.client()
    h = {"Authorization": f"Bearer {desk.token('ada')}", "Accept-Language": "en"}
    nul = b"[" * 700 + b'"\\u0000"' + b"]" * 700
    nulo = b'{"a":' * 700 + b'"\\u0000"' + b"}" * 700
    deep = b'{"name":' * 1000 + b'"x"' + b"}" * 1000
    for body, n in ((nul, "nul deep"), (nulo, "nul deep obj"), (deep, "deep ok")):
        for path in ("/api/v1/tokens", "/api/v1/alarms", "/hooks/alertmanager", "/api/v1/incidents"):
            show(f"{n} {path}", c.post(path, data=body, headers=h, content_type="application/json"))
    for nxt in ("//[", "/x:[", "//[::1", "//ex\u2100mple.com", "/a?b=//[", "/\u2100", "//a@[", "http://[", "/a;//["):
        show(f"next {nxt}", c.get("/sign-in", query_string={"next": nxt}, headers=h))
    for at in ("0001-01-01T00:00+14:00", "0001-01-01T00:00", "9999-12-31T23:59-14:00", "0001-01-01", "9999-12-31", "2026-13-01", "２０２６-01-01", "2026-01-01T00:00+99:00", "1"*5000, "NaN"):
        show(f"board at {at[:30]}", c.get("/board", query_string={"at": at}, headers=h))
        show(f"exercise at {at[:30]}", c.get("/board/exercise", query_string={"at": at}, headers=h))
    number = desk.responding()
    for at in ("0001-01-01T00:00+14:00", "0001-01-01T00:00", "9999-12-31T23:59-14:00", "0001-01-01", "9999-12-31"):
        show(f"inc at {at}", c.get(f"/incidents/{number}", query_string={"at": at}, headers=h))
    times = ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z", "2026-11-22T00:00:00", 0, -62135596800, 1e18, "1e400", 253402300799, "+275760-09-13T00:00:00Z", "2026-11-22T00:00:00+23:59")
    for t in times:
        show(f"eta {t}", desk.post("ada", f"/api/v1/incidents/{number}/actions/eta", eta=t))
        show(f"facts {t}", desk.post("ada", f"/api/v1/incidents/{number}/actions/facts", occurred_at=t))
        show(f"clock {t}", desk.post("ada", f"/api/v1/incidents/{number}/actions/clock", code="regulator", at=t))
        for cl in desk.see(number)["clocks"][:3]:
            show(f"clock {cl['code']} {t}", desk.post("ada", f"/api/v1/incidents/{number}/actions/clock", code=cl['code'], at=t))
        show(f"report {t}", desk.post("dou", "/api/v1/incidents", kind="network_fault", area="800101", occurred_at=t, detected_at=t))
        show(f"alarm {t}", desk.post("ada", "/api/v1/alarms", alarms=[{"source":"x","element":"CELL-1","problem":"p","severity":"critical","raised_at":t,"cleared_at":t}]))
        show(f"am {t}", desk.post("ada", "/hooks/alertmanager", version="4", alarms=[], alerts=[{"status":"resolved","labels":{"alertname":"x","element":"CELL-1"},"startsAt":t,"endsAt":t}]))
        show(f"am firing {t}", desk.post("ada", "/hooks/alertmanager", version="4", alerts=[{"status":"firing","labels":{"alertname":"x","element":"CELL-1"},"startsAt":"2026-11-01T00:00:00Z","endsAt":t}]))
        show(f"on duty {t}", c.get("/api/v1/schedules/technical/on-duty", query_string={"at": str(t)}, headers=h))
    for sig in ("é", "\xff\xfe", "x"*10000, " "):
        for g in ("twilio", "console", "exercise", "../x", "%00"):
            show(f"sig {sig[:3]!r} {g}", c.post(f"/hooks/twilio/{g}/status", data={"MessageSid":"SM1","MessageStatus":"sent"}, headers={"X-Twilio-Signature": sig}))
    for p in ("1.é", "é", "1.", ".", "9"*400, "1"*18+".x", "%00", "..%2f..%2fetc", "1.\ud800".encode("utf-8","surrogatepass").hex(), "%ff%fe", "²."):
        show(f"/p/{p[:20]}", c.get("/p/" + p)); show(f"POST /p/{p[:20]}", c.post("/p/" + p))
    for p in ("/static/../pyproject.toml", "/static/..%2f..%2fetc/passwd", "/static/%2e%2e/config/tocsin.toml", "/static//etc/passwd", "/static/\x00", "/static/%00", "/static/%ff", "/static/"):
        show(p, c.get(p))
    for host in ("evil.com", "a b", "a\tb;script-src *", "[::1", "x"*3000, "é", ""):
        try:
            a = c.get("/sign-in", headers={"Host": host}); show(f"host {host[:20]!r}", a)
            b = c.get("/board", headers={"Host": host}); print("   ", b.status_code, b.headers.get("Location"))
        except Exception as e: print("!!!! exc host", host[:20], repr(e))
    for al in ("zh;q=abc", "*", "é"*50, ","*5000, "en;q=1e400"):
        show(f"AL {al[:10]}", c.get("/sign-in", headers={"Accept-Language": al}))
    for ck in ("tocsin=a.b.c", "tocsin=\xff", "tocsin=" + "x"*9000, "remember_token=1.0.0.a|deadbeef", "remember_token=é|é", "remember_token=|"):
        show(f"cookie {ck[:25]!r}", c.get("/board", headers={"Cookie": ck}))
    for au in ("Bearer", "Bearer ", "Basic abc", "\xff", "Bearer " + "x"*9000, "Bearer \xff\xfe", "bearer tcs_é"):
        show(f"auth {au[:15]!r}", c.get("/api/v1/me", headers={"Authorization": au}))
    for n in ("x"*70000, "%", "'; drop table incident;--", "\u202e", "%ff", "D-1", "\ud83d\ude00"):
        show(f"incident {n[:10]!r}", c.get(f"/api/v1/incidents/{n}", headers=h)); show(f"curve {n[:10]!r}", c.get(f"/incidents/{n}/curve", headers=h)); show(f"state {n[:10]!r}", c.get(f"/board/state/{n}", headers=h)); show(f"state {n[:10]!r}", c.get(f"/board/state/incident:{n}", headers=h))
    for q in ("elements=%00", "elements=" + ",".join(f"e{i}" for i in range(9000)), "elements=,", "elements=%ff"):
        show(f"impact {q[:20]}", c.get("/api/v1/impact?" + q, headers=h))
    for k in ("x"*201, "é", "", "a\tb", "\x7f"):
        show(f"idem {k[:5]!r}", c.post("/api/v1/incidents", json={"kind":"network_fault","area":"800101"}, headers={**h, "Idempotency-Key": k}))
    # forms
    show("form multi", c.post("/incidents/report", data={"kind":"network_fault","area":"800101","occurred_at":"0001-01-01T00:00"}, headers=h))
    show("form multi2", c.post("/incidents/report", data={"kind":"network_fault","area":"800101","occurred_at":"9999-12-31T23:59"}, headers=h))
    show("form users", c.post("/incidents/report", data={"kind":"network_fault","area":"800101","users":"9"*5000}, headers=h))
    show("form users2", c.post("/incidents/report", data={"kind":"network_fault","area":"800101","users":"１２"}, headers=h))
    show("form multipart junk", c.post("/incidents/report", data=b"--x\r\nfoo", content_type="multipart/form-data; boundary=x", headers=h))
    show("form multipart nobound", c.post("/incidents/report", data=b"--x\r\nfoo", content_type="multipart/form-data", headers=h))
    show("form badenc", c.post("/incidents/report", data=b"kind=\xff\xfe&area=%ff%fe", content_type="application/x-www-form-urlencoded", headers=h))
    show("many fields", c.post("/incidents/report", data="&".join(f"a{i}=1" for i in range(5000)), content_type="application/x-www-form-urlencoded", headers=h))
    show("me token", c.post("/me/tokens", data={"name":"x","scopes":["*"],"days":"9"*5000}, headers=h))
    show("me theme", c.post("/me/theme", data={"theme":"dark","back":"//["}, headers=h))
    show("json charset", c.post("/api/v1/tokens", data=b"{}", content_type="application/json; charset=utf-16", headers=h))
    show("utf16", c.post("/api/v1/tokens", data='{"name":"x"}'.encode("utf-16"), content_type="application/json", headers=h))
    show("bom", c.post("/api/v1/tokens", data=b'\xef\xbb\xbf{"name":"x"}', content_type="application/json", headers=h))
    show("gzip", c.post("/api/v1/tokens", data=b'\x1f\x8b', content_type="application/json", headers={**h,"Content-Encoding":"gzip"}))
    show("pages", c.get("/api/v1/pages?incident=%ff%fe", headers=h))
    show("pages", c.get("/api/v1/pages?state=x&state=y", headers=h))
    print(c.post("/api/v1/tokens", json={"name":"x","scopes":["%s %(x)d","*"],"expires_in_days":1}, headers=h).text[:200])
    show("percent", c.post(f"/api/v1/incidents/{number}/actions/transfer", json={"to":"%(x)s %s 100%"}, headers=h))
    show("percent", c.post("/api/v1/incidents", json={"kind":"network_fault","area":"%(q)s%"}, headers=h))
