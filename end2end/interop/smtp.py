"""A real mail server (aiosmtpd): STARTTLS before anything else, and nobody here is called refused-….

smtp.py PORT CERTIFICATE KEY writes a JSON object a line: what it got, or whom it refused.
"""

import json
import ssl
import sys
import threading

from aiosmtpd.controller import Controller


def tell(**what):
    print(json.dumps(what), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address.startswith("refused-"):
            tell(refused=address)
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        encrypted = session.ssl is not None
        tell(to=envelope.rcpt_tos, sender=envelope.mail_from, encrypted=encrypted, message=envelope.content.decode())
        return "250 Message accepted for delivery"


port, certificate, key = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
Controller(Handler(), hostname="127.0.0.1", port=int(port), tls_context=context, require_starttls=True).start()
tell(listening=int(port))
threading.Event().wait()
