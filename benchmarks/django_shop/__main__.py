"""`python -m django_shop DATABASE`: makes the database if there is none, then serves the shop on a free port of the
loopback interface, which is the first line that it prints; ends with its standard input.
"""

import os
import sys
import threading
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings

USER, PASSWORD = "admin", "secret7"


class Server(ThreadingMixIn, WSGIServer):
    """A thread for every connection, so that an idle one blocks nobody."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Logs nothing."""

    def log_message(self, *arguments):
        pass


def configure(database):
    """Settings of the shop."""
    base = "django.contrib"
    settings.configure(
        SECRET_KEY="of a shop on loopback that holds nothing",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="django_shop.urls",
        INSTALLED_APPS=[
            *(f"{base}.{name}" for name in ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles")),
            "django_shop",
        ],
        MIDDLEWARE=[
            f"{base}.sessions.middleware.SessionMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
            f"{base}.auth.middleware.AuthenticationMiddleware", f"{base}.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
            "OPTIONS": {"context_processors": [
                "django.template.context_processors.request", f"{base}.auth.context_processors.auth",
                f"{base}.messages.context_processors.messages",
            ]},
        }],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STATIC_URL="/static/",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=True,
        DEBUG=True,
    )  # fmt: skip
    django.setup()


def make(database):
    """The tables, somebody to log in, and a session of theirs, whose key is in the file beside the database."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    user = User.objects.create_superuser(USER, "", PASSWORD)
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session.create()
    Path(f"{database}.session").write_text(session.session_key)


def main():
    database = Path(sys.argv[1])
    configure(str(database))
    if not database.exists():
        make(database)
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.wsgi import get_wsgi_application

    with make_server("127.0.0.1", 0, StaticFilesHandler(get_wsgi_application()), Server, Quiet) as server:
        print(server.server_port, flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
