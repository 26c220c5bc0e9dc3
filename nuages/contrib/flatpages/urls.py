"""URL patterns that show a flat page at every address below where they are included."""

from nuages.contrib.flatpages import views
from nuages.urls import path

urlpatterns = [path("<path:url>", views.flatpage, name="nuages.contrib.flatpages.views.flatpage")]
