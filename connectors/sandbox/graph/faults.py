"""Which call is struck by the present misbehaviour, and what it is answered then."""

import json

from starlette.responses import HTMLResponse, JSONResponse, Response

from connectors.sandbox.graph.errors import Refused
from connectors.sandbox.graph.misbehaviour import Misbehaviour
from connectors.sandbox.graph.network import Network

_BROKEN = (
    "<!DOCTYPE html><html><head><title>Facebook | Error</title></head>"
    "<body><h1>Sorry, something went wrong.</h1></body></html>"
)


class Faults:
    """The misbehaviour of one network, counted on disk, so that "the first call" stays so after a restart."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def strike(self, method: str, path: str) -> Misbehaviour:
        """What goes wrong in this call: the switched misbehaviour, or none."""
        wanted = self._network.misbehaviour.get()
        if wanted.method not in ("", method) or not path.startswith(wanted.path):
            return Misbehaviour()
        if wanted.calls and self._network.store.next(f"struck {wanted.mark}") > wanted.calls:
            return Misbehaviour()
        return wanted

    def answer(self, fault: Misbehaviour) -> Response | None:
        """What is answered instead of doing anything, if anything is."""
        if refused := self.refusal(fault):
            return JSONResponse(refused.body(), refused.status)
        if fault.html:
            return HTMLResponse(_BROKEN, 500)
        if fault.garbage:
            return Response("for (;;);{", media_type="text/javascript; charset=UTF-8")
        return None

    def refusal(self, fault: Misbehaviour) -> Refused | None:
        """What is refused, if anything is."""
        if not fault.code:
            return None
        return Refused(fault.code, fault.subcode, fault.message, transient=True if fault.transient else None)

    def usage(self) -> dict[str, str]:
        """The headers that say how much of the limits is used."""
        wanted = self._network.misbehaviour.get()
        percent = {"call_count": wanted.used_percent, "total_cputime": 1, "total_time": 1}
        more = {"estimated_time_to_regain_access": wanted.regain_minutes}
        uses = [{"type": kind, **percent, **more} for kind in ("pages", "messenger")]
        business = {page.id: uses for page in self._network.pages.all()}
        return {"X-App-Usage": json.dumps(percent), "X-Business-Use-Case-Usage": json.dumps(business)}
