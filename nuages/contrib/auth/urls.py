"""The URLs of logging in, out, and of passwords: `path("accounts/", include("nuages.contrib.auth.urls"))`."""

from nuages.contrib.auth import views
from nuages.urls import path

_RESET = "reset/<uidb64>/<token>/"

urlpatterns = [
    path("login/", views.LoginView.as_view(), name="login"),
    path("logout/", views.LogoutView.as_view(), name="logout"),
    *(
        path(route, view.as_view(), name=name)
        for route, view, name in (
            ("password_change/", views.PasswordChangeView, "password_change"),
            ("password_change/done/", views.PasswordChangeDoneView, "password_change_done"),
            ("password_reset/", views.PasswordResetView, "password_reset"),
            ("password_reset/done/", views.PasswordResetDoneView, "password_reset_done"),
            (_RESET, views.PasswordResetConfirmView, "password_reset_confirm"),
            ("reset/done/", views.PasswordResetCompleteView, "password_reset_complete"),
        )
    ),
]
