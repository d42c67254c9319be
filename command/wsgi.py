"""The WSGI application of a web process, settings from the environment."""

from command.app import create_app
from command.core import log, schema
from command.core.installation import Installation
from command.core.settings import read

settings = read()
log.configure(settings.log_format)
schema.require_current(settings.url)
application = create_app(Installation.open(settings))
