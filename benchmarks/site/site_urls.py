"""Routes."""

from django.urls import path
from library import views

urlpatterns = [
    path("page/", views.page, name="page"),
    path("apage/", views.apage, name="apage"),
    path("data/", views.data, name="data"),
    path("trivial/", views.trivial, name="trivial"),
    path("book/<slug:slug>/", views.book, name="book"),
    path("logout/", views.leave, name="logout"),
]
