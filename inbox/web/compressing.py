"""Pages go out compressed; files of the site are so already (WhiteNoise), where production has collected them."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class CompressMiddleware(GZipMiddleware):
    """Django's own, which hides the length of what it compresses (BREACH), but that streams stay as they are.

    A live stream would keep a compressor of some 300 KB for each of a thousand browsers, and a file of a customer's is
    mostly compressed already.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress a whole answer for a browser that takes it so."""
        if response.streaming or not isinstance(response, HttpResponse):
            return response
        return super().process_response(request, response)
