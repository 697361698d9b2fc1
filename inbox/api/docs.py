"""The page that shows this API, from files of our own, under the policy of all other pages."""

from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularSwaggerSplitView


@method_decorator(csp_update({"img-src": ["data:"]}), name="dispatch")  # its icons lie in its style sheet
class Docs(SpectacularSwaggerSplitView):
    """Swagger UI, its program in a file instead of in the page: the policy allows no other."""

    template_name = "api/docs.html"
