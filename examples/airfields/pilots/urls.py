"""The addresses of accounts and profiles."""

from nuages.contrib.auth import views as auth
from nuages.urls import path
from pilots import views

urlpatterns = [
    path("sign-up/", views.SignUp.as_view(), name="sign_up"),
    path("log-in/", auth.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("log-out/", auth.LogoutView.as_view(), name="logout"),
    path("password/", auth.PasswordChangeView.as_view(), name="password_change"),
    path("password/changed/", auth.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("profile/", views.profile, name="profile"),
    path("pilots/<str:username>/", views.pilot, name="pilot"),
]
