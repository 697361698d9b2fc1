"""The page that shows this API, from files of our own, under the policy of all other pages."""

from drf_spectacular.views import SpectacularSwaggerSplitView


class Docs(SpectacularSwaggerSplitView):
    """Swagger UI, its program in a file instead of in the page: the policy allows no other."""

    template_name = "api/docs.html"
