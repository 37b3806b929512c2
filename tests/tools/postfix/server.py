#!/usr/bin/env python3
"""A scripted SMTP, LMTP and DNS server on loopback addresses.

It exists to make a mail client log every kind of outcome.  What it does
depends on two things only, so that a run needs no further state:

  * the address a client connects to chooses a ROLE (below): a server that
    behaves, one that refuses everybody, one that never speaks, ...;
  * on a server that behaves, the local part of the recipient, or of the
    sender, chooses a line of SCRIPT.  Any other local part is accepted.

All roles share one TCP port, each on an address of its own: a client that
walks from the first mail exchanger to the second keeps the port and changes
the address, so the fallback can be scripted too.

Usage: server.py --unix PATH --dns ADDRESS

Once everything listens, one line of JSON on standard output says where:
{"port": N, "dns": true|false, "hosts": {"ROLE": "ADDRESS", ...}}.  The server
ends when its standard input is closed, so it cannot outlive its parent.
"""

import argparse
import errno
import itertools
import json
import os
import socket
import struct
import sys
import threading

# An address of its own for each role, in a part of 127.0.0.0/8 that is rarely used.
ROLES = {
    "mx": "127.25.0.10",        # behaves, and follows SCRIPT
    "grey": "127.25.0.11",      # turns every recipient away for now
    "basic": "127.25.0.12",     # knows HELO only: no extension at all
    "small": "127.25.0.13",     # announces a tiny SIZE
    "starttls": "127.25.0.14",  # offers STARTTLS, then cannot do it
    "busy": "127.25.0.15",      # greets with 421
    "deny": "127.25.0.16",      # greets with 554, on several lines
    "nohelo": "127.25.0.17",    # greets, then refuses EHLO and HELO
    "drop": "127.25.0.18",      # hangs up instead of greeting
    "silent": "127.25.0.19",    # accepts the connection and never speaks
    "garbage": "127.25.0.20",   # answers with something that is not SMTP
    "lmtp": "127.25.0.21",      # LMTP: one reply per recipient after the dot
    "refused": "127.25.0.22",   # nothing listens: connection refused
    "full": "127.25.0.23",      # listens, but its queue of connections is full
}

# What the name server knows.  Hosts that are not listed do not exist.
ZONE = {
    ("two.example", "MX"): [(10, "grey.example"), (20, "mx.example")],
    ("nullmx.example", "MX"): [(0, "")],
    ("dangling.example", "MX"): [(10, "gone.invalid")],
    ("servfail.example", "MX"): "SERVFAIL",
}
for _role, _address in ROLES.items():
    ZONE[(_role + ".example", "A")] = [_address]

# Actions other than a reply.
CLOSE = object()  # hang up
HANG = object()   # never answer

# Local part -> (moment, reply).  The moment is the command that the reply
# answers; DOT is the end of the message.  Replies are bytes, because some of
# them are deliberately not UTF-8; lines are joined with CRLF.
SCRIPT = {
    # --- accepted, worded in different ways
    "accept-noenhanced": ("DOT", [b"250 OK id=1sXy2z-0001Ab-CD"]),
    "accept-lines": ("DOT", [b"250-2.6.0 <a1b2@example> queued",
                             b"250 2.6.0 [InternalId=4711] Queued mail for delivery"]),
    "accept-utf8": ("DOT", ["250 2.0.0 Angenommen, Grüße aus Köln – 了解".encode()]),
    "accept-bare": ("DOT", [b"250"]),
    "accept-251": ("RCPT", [b"251 2.1.5 User not local; will forward"]),
    # --- recipient refused for good
    "unknown": ("RCPT", [b"550 5.1.1 <unknown@customer.example>: Recipient address rejected: "
                         b"User unknown in virtual mailbox table"]),
    "unknown-lines": ("RCPT", [b"550-5.1.1 The email account that you tried to reach does not exist.",
                               b"550-5.1.1 Please try double-checking the recipient's email address",
                               b"550-5.1.1 for typos or unnecessary spaces. Learn more at",
                               b"550 5.1.1  https://support.example/?p=NoSuchUser a1-2b3c.45 - smtp"]),
    "unknown-mixed": ("RCPT", [b"550-No enhanced code on the first line",
                               b"550-5.1.1 and one on the second",
                               b"550 the last line again without"]),
    "unknown-plain": ("RCPT", [b"550 No such user here"]),
    "unknown-bare": ("RCPT", [b"550"]),
    "unknown-551": ("RCPT", [b"551 5.1.6 User not local; please try <moved@elsewhere.example>"]),
    "unknown-553": ("RCPT", [b"553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"]),
    "disabled": ("RCPT", [b"550 5.2.1 The email account that you tried to reach is disabled."]),
    "relay": ("RCPT", [b"554 5.7.1 <relay@customer.example>: Relay access denied"]),
    "blocklist": ("RCPT", [b"554 5.7.1 Service unavailable; Client host [127.0.0.1] blocked using "
                           b"bl.example; https://bl.example/query?ip=127.0.0.1"]),
    "full-5xx": ("RCPT", [b"552 5.2.2 The email account that you tried to reach is over quota"]),
    "utf8": ("RCPT", ["550 5.1.1 Empfänger unbekannt – Grüße, 宛先不明".encode()]),
    "latin1": ("RCPT", ["550 5.1.1 Empfänger unbekannt, schöne Grüße".encode("latin-1")]),
    "tabs": ("RCPT", [b"550 5.1.1\tTab\tand\x07bell"]),
    "lying-sent": ("RCPT", [b"550 5.1.1 rejected, not status=sent (250 ok)"]),
    "lying-phase": ("RCPT", [b"550 5.1.1 host a.example said: 250 ok (in reply to end of DATA command)"]),
    "parens": ("RCPT", [b"550 5.1.1 unbalanced :-) (or not ((("]),
    "mismatch-54": ("RCPT", [b"550 4.2.1 basic and enhanced code disagree"]),
    "mismatch-45": ("RCPT", [b"450 5.1.1 basic and enhanced code disagree"]),
    "long": ("RCPT", [b"550-5.7.1 line %02d of a long policy statement that repeats itself a lot" % n
                      for n in range(1, 25)] + [b"550 5.7.1 end of the statement"]),
    # Longer than a record of the log: its end is cut off, with the closing
    # parenthesis, and possibly in the middle of a character.
    "longer": ("RCPT", [b"550-5.7.1 line %02d of a long policy statement that repeats itself a lot" % n
                        for n in range(1, 61)] + [b"550 5.7.1 end of the statement"]),
    "longer-utf8": ("RCPT", [("550-5.7.1 %02d " % n).encode() + ("宛先不明" * 8).encode()
                             for n in range(1, 41)] + [b"550 5.7.1 end of the statement"]),
    # --- recipient refused for now
    "greylist": ("RCPT", [b"450 4.2.0 <greylist@customer.example>: Recipient address rejected: "
                          b"Greylisted, see https://greylist.example/help"]),
    "greylist-451": ("RCPT", [b"451 4.7.1 Greylisting in action, please come back in 00:05:00"]),
    "greylist-plain": ("RCPT", [b"451 Temporarily deferred. Try again in 300 seconds"]),
    "full-4xx": ("RCPT", [b"452 4.2.2 <full-4xx@customer.example> Mailbox full"]),
    "rate": ("RCPT", [b"421 4.7.0 Too many messages from your address, slow down. Closing"]),
    "lying-deferred": ("RCPT", [b"451 4.3.0 earlier try: dsn=2.0.0, status=sent (250 ok)"]),
    # --- refused at DATA, or after the dot
    "data-refused": ("DATA", [b"554 5.5.1 Error: no valid recipients"]),
    "data-defer": ("DATA", [b"451 4.3.2 Please try again later"]),
    "content": ("DOT", [b"554 5.7.1 Message rejected as spam by Content Filtering."]),
    "content-lines": ("DOT", [b"550-5.7.26 This mail is unauthenticated, which poses a security risk to the",
                              b"550-5.7.26 sender. The sender must authenticate with at least one of SPF or",
                              b"550 5.7.26 DKIM. https://support.example/auth a1-2b3c.46 - smtp"]),
    "content-plain": ("DOT", [b"554 Transaction failed"]),
    "content-defer": ("DOT", [b"451 4.7.1 Content scanner is down"]),
    "storage": ("DOT", [b"452 4.3.1 Insufficient system storage"]),
    "too-big": ("DOT", [b"552 5.3.4 Message size exceeds fixed limit"]),
    # --- the connection breaks
    "close-rcpt": ("RCPT", CLOSE),
    "close-data": ("DATA", CLOSE),
    "close-dot": ("DOT", CLOSE),
    "hang-rcpt": ("RCPT", HANG),
    "hang-dot": ("DOT", HANG),
    # --- replies to MAIL FROM, chosen by the sender's local part
    "sender-refused": ("MAIL", [b"550 5.7.1 <sender-refused@sender.example>: Sender address rejected: "
                                b"Access denied"]),
    "sender-nodomain": ("MAIL", [b"553 5.1.8 Domain of sender address does not exist"]),
    "sender-defer": ("MAIL", [b"450 4.1.8 <sender-defer@sender.example>: Sender address rejected: "
                              b"Domain not found"]),
    "sender-size": ("MAIL", [b"552 5.3.4 Message size exceeds fixed limit"]),
}

_serial = itertools.count(1)


def queue_id():
    """A new queue id for the acceptance text."""
    return b"4Xq%04dz1" % next(_serial)


class Hangup(Exception):
    """The script, or the client, ends the connection."""


class Session:
    """One connection."""

    def __init__(self, sock, role):
        self.sock = sock
        self.role = role
        self.lines = sock.makefile("rb")
        self.reset()

    def reset(self):
        self.sender = None
        self.recipients = []

    def say(self, *lines):
        self.sock.sendall(b"".join(line + b"\r\n" for line in lines))

    def read(self):
        line = self.lines.readline()
        if not line:
            raise Hangup
        return line.rstrip(b"\r\n")

    def hang(self):
        """Say nothing more until the client gives up."""
        while self.sock.recv(4096):
            pass
        raise Hangup

    def act(self, moment, local):
        """Do what the script has for this local part at this moment; tell whether it had anything."""
        when, action = SCRIPT.get(local, (None, None))
        if when != moment:
            return False
        if action is CLOSE:
            raise Hangup
        if action is HANG:
            self.hang()
        self.say(*action)
        if action[0].startswith(b"421"):
            raise Hangup
        return True

    def run(self):
        if self.role == "drop":
            raise Hangup
        if self.role == "silent":
            self.hang()
        if self.role == "busy":
            self.say(b"421 4.3.2 busy.example Service not available, too many connections")
            raise Hangup
        if self.role == "deny":
            self.say(b"554-deny.example",
                     b"554 Your access to this mail system has been rejected due to poor reputation")
            # The client says QUIT after it; a server that closes first could
            # reset the connection before its greeting has been read.
            self.hang()
        self.say(b"220 %s.example %s scripted" % (self.role.encode(),
                                                  b"LMTP" if self.role == "lmtp" else b"ESMTP"))
        while True:
            line = self.read()
            verb = line.split(b" ", 1)[0].upper().decode("ascii", "replace")
            handler = getattr(self, "do_" + verb, None)
            if handler is None:
                self.say(b"502 5.5.2 Error: command not recognized")
            else:
                handler(line)

    def do_EHLO(self, line):
        name = self.role.encode() + b".example"
        if self.role == "nohelo":
            self.say(b"550 5.7.1 Helo command rejected: Host not found")
        elif self.role == "basic":
            self.say(b"502 Command not implemented")
        elif self.role == "small":
            self.say(b"250-" + name, b"250-SIZE 2000", b"250 8BITMIME")
        elif self.role == "starttls":
            self.say(b"250-" + name, b"250-STARTTLS", b"250 8BITMIME")
        else:
            self.say(b"250-" + name, b"250-PIPELINING", b"250-SIZE 10240000", b"250-8BITMIME",
                     b"250-ENHANCEDSTATUSCODES", b"250 SMTPUTF8")

    do_LHLO = do_EHLO

    def do_HELO(self, line):
        if self.role == "nohelo":
            self.say(b"550 5.7.1 Helo command rejected: Host not found")
        else:
            self.say(b"250 " + self.role.encode() + b".example")

    def do_STARTTLS(self, line):
        self.say(b"454 4.7.0 TLS not available due to local problem")

    def do_MAIL(self, line):
        self.reset()
        sender = local_part(line)
        if self.role == "garbage":
            self.say(b"This is not the protocol you are looking for")
        elif not self.act("MAIL", sender):
            self.sender = sender
            self.say(b"250 2.1.0 Ok")

    def do_RCPT(self, line):
        local = local_part(line)
        if self.sender is None:
            self.say(b"503 5.5.1 Error: need MAIL command")
        elif self.role == "grey":
            self.say(b"451 4.7.1 Greylisted by the first exchanger, try again later")
        elif self.act("RCPT", local):
            if SCRIPT[local][1][0].startswith(b"2"):
                self.recipients.append(local)
        else:
            self.recipients.append(local)
            self.say(b"250 2.1.5 Ok")

    def do_DATA(self, line):
        if not self.recipients:
            self.say(b"554 5.5.1 Error: no valid recipients")
            return
        # One transaction has one reply to DATA, and in SMTP one to the dot:
        # the first recipient with something scripted decides.
        for local in self.recipients:
            if self.act("DATA", local):
                self.reset()
                return
        self.say(b"354 End data with <CR><LF>.<CR><LF>")
        while self.read() != b".":
            pass
        if self.role == "lmtp":
            for local in self.recipients:
                if not self.act("DOT", local):
                    self.say(b"250 2.0.0 <%s> %s Saved" % (local.encode(), queue_id()))
        elif not any(self.act("DOT", local) for local in self.recipients):
            self.say(b"250 2.0.0 Ok: queued as " + queue_id())
        self.reset()

    def do_RSET(self, line):
        self.reset()
        self.say(b"250 2.0.0 Ok")

    def do_NOOP(self, line):
        self.say(b"250 2.0.0 Ok")

    def do_QUIT(self, line):
        self.say(b"221 2.0.0 Bye")
        raise Hangup


def local_part(line):
    """The local part of the address in MAIL FROM:<...> or RCPT TO:<...>."""
    text = line.decode("utf-8", "replace")
    address = text[text.find("<") + 1:text.rfind(">")]
    return address.rpartition("@")[0]


def converse(sock, role):
    with sock:
        try:
            Session(sock, role).run()
        except (Hangup, OSError):
            pass


def accept(listener, role):
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=converse, args=(sock, role), daemon=True).start()


def bind_roles():
    """Bind every role on one port that is free on all addresses."""
    for _ in range(50):
        bound, port = {}, 0
        try:
            for role, address in ROLES.items():
                bound[role] = sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
                sock.bind((address, port))
                port = sock.getsockname()[1]
            return port, bound
        except OSError as error:
            for sock in bound.values():
                sock.close()
            if error.errno != errno.EADDRINUSE:
                raise
    sys.exit("server.py: no port is free on all addresses")


def fill_backlog(listener, address):
    """Fill the queue of a listener that accepts nothing, so that the next client waits in vain."""
    listener.listen(0)
    waiting = []
    for _ in range(4):
        sock = socket.socket()
        sock.setblocking(False)
        sock.connect_ex(address)
        waiting.append(sock)
    return waiting


# --- DNS

TYPES = {1: "A", 15: "MX"}


def encode_name(name):
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".") if part) + b"\0"


def answer_dns(query):
    """The answer to one query that has one question."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("ascii", "replace").lower())
        at += 1 + query[at]
    at += 1
    name = ".".join(labels)
    qtype = struct.unpack("!H", query[at:at + 2])[0]
    question = query[12:at + 4]
    found = ZONE.get((name, TYPES.get(qtype)), [])
    if found == "SERVFAIL":
        rcode, found = 2, []
    elif any(known == name for known, _ in ZONE):
        rcode = 0
    else:
        rcode = 3  # NXDOMAIN
    records = b""
    for item in found:
        if qtype == 1:
            data = socket.inet_aton(item)
        else:
            data = struct.pack("!H", item[0]) + encode_name(item[1])
        records += b"\xc0\x0c" + struct.pack("!HHIH", qtype, 1, 60, len(data)) + data
    # Response, authoritative, recursion available; the "recursion desired"
    # bit is copied from the query.
    flags = 0x8480 | (query[2] & 1) << 8 | rcode
    return query[:2] + struct.pack("!HHHHH", flags, 1, len(found), 0, 0) + question + records


def serve_dns(sock):
    while True:
        query, client = sock.recvfrom(4096)
        try:
            sock.sendto(answer_dns(query), client)
        except (IndexError, struct.error, OSError):
            pass  # a malformed query gets no answer


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--unix", required=True, help="socket for LMTP")
    parser.add_argument("--dns", required=True, help="loopback address for the name server")
    args = parser.parse_args()

    port, bound = bind_roles()
    # "refused" stays bound but does not listen: nobody else can take the
    # port, and the kernel refuses every connection.
    kept = [fill_backlog(bound["full"], (ROLES["full"], port))]
    for role, listener in bound.items():
        if role not in ("refused", "full"):
            listener.listen(64)
            threading.Thread(target=accept, args=(listener, role), daemon=True).start()

    local = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    local.bind(args.unix)
    os.chmod(args.unix, 0o666)
    local.listen(64)
    threading.Thread(target=accept, args=(local, "lmtp"), daemon=True).start()

    # The resolver knows no port but 53.  Where that cannot be bound, lookups
    # fail for now instead of for good; the rest works as before.
    resolver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        resolver.bind((args.dns, 53))
        threading.Thread(target=serve_dns, args=(resolver,), daemon=True).start()
        dns = True
    except OSError:
        dns = False

    print(json.dumps({"port": port, "dns": dns, "hosts": ROLES}), flush=True)
    sys.stdin.read()
    del kept


if __name__ == "__main__":
    main()
