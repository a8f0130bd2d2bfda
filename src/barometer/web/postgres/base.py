"""Django's PostgreSQL backend, which looks at a kept connection before each request without asking the server.

Django's own way is a query a request. A server that died or closed the connection shows at the socket.
"""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Whether the connection may serve another request. The server is asked only where an idle connection has
        something to read, which is its end, or a last word before it. After an error there is a new one: prepared
        statements do not outlive a change of the tables."""
        if self.connection is None or self.connection.closed or self.errors_occurred:
            return False
        waiting = select.poll()
        waiting.register(self.connection.fileno(), select.POLLIN)
        return super().is_usable() if waiting.poll(0) else True
