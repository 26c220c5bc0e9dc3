"""The addresses of the atlas."""

from atlas import views
from nuages.urls import path

urlpatterns = [
    path("", views.home, name="home"),
    path("airports/", views.AirportList.as_view(), name="airports"),
    path("airports/<slug:ident>/", views.airport_detail, name="airport"),
    path("countries/", views.countries, name="countries"),
    path("somewhere/", views.Somewhere.as_view(), name="somewhere"),
]
