"""A mail server for tests: aiosmtpd with STARTTLS and a sign-in, which refuses, hangs and drops by recipient.

Usage: server.py FOLDER

Writes authority.pem, the certificate to trust, and every letter as a line of letters.jsonl into the folder, and prints
the port. It ends when its standard input does. What it does depends on the name before the @ of a recipient:
`greylisted`, `hangs` and `drops` are served badly the first time, and `nobody` never.
"""

import asyncio
import json
import logging
import pathlib
import ssl
import subprocess
import sys

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import AuthResult


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def certificates(folder):
    """An authority, and a certificate of it for this computer."""
    ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl(
        folder, "req", "-x509", *ec, "-keyout", "authority.key", "-out", "authority.pem", "-days", "2",
        "-subj", "/CN=Authority of a test",
    )
    openssl(folder, "req", *ec, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (folder / "extensions").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl(
        folder, "x509", "-req", "-in", "server.csr", "-CA", "authority.pem", "-CAkey", "authority.key",
        "-CAcreateserial", "-out", "server.pem", "-days", "2", "-extfile", "extensions",
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return context


class Handler:
    def __init__(self, folder):
        self.letters = folder / "letters.jsonl"
        self.seen = set()

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        name = address.split("@")[0]
        first = address not in self.seen
        self.seen.add(address)
        if name == "nobody":
            return "550 5.1.1 no such user"
        if first and name == "greylisted":
            return "451 4.7.1 come back later"
        if first and name == "hangs":
            await asyncio.sleep(3600)
        if first and name == "drops":
            server.transport.abort()
            return "421 gone"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        letter = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "encrypted": session.ssl is not None,
            "signed_in": session.authenticated,
            "letter": envelope.original_content.decode(),
        }
        with self.letters.open("a") as file:
            file.write(json.dumps(letter) + "\n")
        return "250 taken"


def signs_in(server, session, envelope, mechanism, auth_data):
    good = auth_data.login == b"rooms" and auth_data.password == b"hush-hush"
    return AuthResult(success=good, handled=False)


async def main(folder):
    # Connections that break are what the tests are about.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    context = certificates(folder)
    controller = UnthreadedController(
        Handler(folder), hostname="127.0.0.1", port=0, loop=asyncio.get_running_loop(), tls_context=context,
        require_starttls=True, auth_required=True, authenticator=signs_in,
    )
    server = await controller._create_server()
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main(pathlib.Path(sys.argv[1])))
