"""The addresses of the logbook."""

from logbook import views
from nuages.urls import path

urlpatterns = [
    path("airports/<slug:ident>/visit/", views.add_visit, name="add_visit"),
    path("airports/<slug:ident>/review/", views.ReviewCreate.as_view(), name="add_review"),
    path("visits/<int:pk>/delete/", views.delete_visit, name="delete_visit"),
    path("reviews/<int:pk>/edit/", views.ReviewUpdate.as_view(), name="edit_review"),
    path("reviews/<int:pk>/delete/", views.ReviewDelete.as_view(), name="delete_review"),
]
