"""Whoever is on duty, told of alerts: signed messages (Standard Webhooks 1.0)."""

from http import HTTPStatus

from bbic_bridge.adapters.channels.http import Http
from bbic_bridge.delivery.errors import Transient
from bbic_bridge.security.signatures import signed_headers

CONTENT_TYPE = "application/json"


class Alarm:
    """Posts to the configured address. A message sent twice has the same ``webhook-id``.

    Args:
        secret: ``whsec_…``, which the receiver knows.
    """

    def __init__(self, http: Http, secret: str) -> None:
        self._http = http
        self._secret = secret

    def ring(self, message_id: str, body: bytes) -> None:
        """Tells. Raises ``DeliveryError`` unless the answer is 2xx."""
        headers = signed_headers(self._secret, message_id, self._http.clock.now(), body)
        answer = self._http.write("", body, {**headers, "Content-Type": CONTENT_TYPE})
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            raise Transient("not_heard")

    def close(self) -> None:
        """Closes the idle connections."""
        self._http.close()
