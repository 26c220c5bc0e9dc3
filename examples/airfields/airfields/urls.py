"""The addresses of airfields."""

from nuages.urls import include, path

urlpatterns = [
    path("", include("atlas.urls")),
    path("", include("logbook.urls")),
    path("", include("pilots.urls")),
]
