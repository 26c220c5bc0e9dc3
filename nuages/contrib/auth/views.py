"""The pages of logging in and out, and of passwords."""

from __future__ import annotations

from typing import Any

from nuages.conf import settings
from nuages.contrib.auth import (
    REDIRECT_FIELD_NAME,
    get_user_model,
    update_session_auth_hash,
)
from nuages.contrib.auth import login as auth_login
from nuages.contrib.auth import logout as auth_logout
from nuages.contrib.auth.decorators import login_not_required, login_required
from nuages.contrib.auth.forms import (
    AuthenticationForm,
    PasswordChangeForm,
    PasswordResetForm,
    SetPasswordForm,
)
from nuages.contrib.auth.redirects import redirect_to_login as redirect_to_login
from nuages.contrib.auth.tokens import default_token_generator
from nuages.contrib.sites.shortcuts import get_current_site
from nuages.core.exceptions import ImproperlyConfigured, ValidationError
from nuages.http import HttpResponseRedirect
from nuages.shortcuts import resolve_url
from nuages.urls import reverse_lazy
from nuages.utils.decorators import method_decorator
from nuages.utils.http import url_has_allowed_host_and_scheme, urlsafe_base64_decode
from nuages.utils.translation import gettext_lazy as _
from nuages.views.decorators.cache import never_cache
from nuages.views.decorators.csrf import csrf_protect
from nuages.views.decorators.debug import sensitive_post_parameters
from nuages.views.generic.base import TemplateView
from nuages.views.generic.edit import FormView

INTERNAL_RESET_SESSION_TOKEN = "_password_reset_token"


class RedirectURLMixin:
    """Leads on to where the `next` parameter says, if that is a place of this site."""

    request: Any
    next_page: Any = None
    redirect_field_name = REDIRECT_FIELD_NAME
    success_url_allowed_hosts: set[str] = set()

    def get_success_url(self) -> str:
        """Return where to go."""
        return self.get_redirect_url() or self.get_default_redirect_url()

    def get_redirect_url(self, request: Any = None) -> str:
        """Return the `next` parameter, or nothing where it leads elsewhere."""
        asked = request or self.request
        target = asked.POST.get(self.redirect_field_name, asked.GET.get(self.redirect_field_name))
        safe = url_has_allowed_host_and_scheme(
            url=target, allowed_hosts=self.get_success_url_allowed_hosts(), require_https=asked.is_secure()
        )
        return target if safe else ""

    def get_success_url_allowed_hosts(self) -> set[str]:
        """Return the hosts that may be led to."""
        return {self.request.get_host()} | set(self.success_url_allowed_hosts)

    def get_default_redirect_url(self) -> str:
        """Return where to go without a `next` parameter."""
        if self.next_page:
            return resolve_url(self.next_page)
        raise ImproperlyConfigured("No URL to redirect to. Provide a next_page.")


_login_page = [sensitive_post_parameters(), csrf_protect, never_cache]


@method_decorator(login_not_required, name="dispatch")
class LoginView(RedirectURLMixin, FormView):
    """Shows the log-in form, and logs in."""

    form_class: Any = AuthenticationForm
    authentication_form: Any = None
    template_name = "registration/login.html"
    redirect_authenticated_user = False
    extra_context: Any = None

    @method_decorator(_login_page)
    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if self.redirect_authenticated_user and request.user.is_authenticated:
            target = self.get_success_url()
            if target == request.path:
                raise ValueError(
                    "Redirection loop for authenticated user detected. Check that your LOGIN_REDIRECT_URL doesn't point "
                    "to a login page."
                )
            return HttpResponseRedirect(target)
        return super().dispatch(request, *args, **kwargs)

    def get_default_redirect_url(self) -> str:
        """Return LOGIN_REDIRECT_URL, or the page of this view."""
        return resolve_url(self.next_page or settings.LOGIN_REDIRECT_URL)

    def get_form_class(self) -> Any:
        return self.authentication_form or self.form_class

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: Any) -> Any:
        """Log in and go on."""
        auth_login(self.request, form.get_user())
        return HttpResponseRedirect(self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        site = get_current_site(self.request)
        own = {self.redirect_field_name: self.get_redirect_url(), "site": site, "site_name": site.name}
        return {**super().get_context_data(**kwargs), **own, **(self.extra_context or {})}


class LogoutView(RedirectURLMixin, TemplateView):
    """Logs out, with POST: a link or an image of another site cannot."""

    http_method_names = ["post", "options"]
    template_name = "registration/logged_out.html"
    extra_context: Any = None

    @method_decorator(csrf_protect)
    @method_decorator(never_cache)
    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Log out, then lead on or show that it is done."""
        auth_logout(request)
        target = self.get_success_url()
        if target != request.get_full_path():
            return HttpResponseRedirect(target)
        return super().get(request, *args, **kwargs)

    def get_default_redirect_url(self) -> str:
        """Return LOGOUT_REDIRECT_URL, or this page."""
        if self.next_page:
            return resolve_url(self.next_page)
        if settings.LOGOUT_REDIRECT_URL:
            return resolve_url(settings.LOGOUT_REDIRECT_URL)
        return self.request.path

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        site = get_current_site(self.request)
        own = {"site": site, "site_name": site.name, "title": _("Logged out"), "subtitle": None}
        return {**super().get_context_data(**kwargs), **own, **(self.extra_context or {})}


def logout_then_login(request: Any, login_url: Any = None) -> Any:
    """Log out and show the log-in page."""
    return LogoutView.as_view(next_page=resolve_url(login_url or settings.LOGIN_URL))(request)


class PasswordContextMixin:
    """Gives pages their title."""

    title: Any = ""
    extra_context: Any = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the page's context."""
        own = {"title": self.title, "subtitle": None}
        return {**super().get_context_data(**kwargs), **own, **(self.extra_context or {})}  # type: ignore[misc]


@method_decorator(login_not_required, name="dispatch")
class PasswordResetView(PasswordContextMixin, FormView):
    """Asks for an address, and sends a link to it."""

    form_class = PasswordResetForm
    template_name = "registration/password_reset_form.html"
    email_template_name = "registration/password_reset_email.html"
    html_email_template_name: Any = None
    subject_template_name = "registration/password_reset_subject.txt"
    extra_email_context: Any = None
    from_email: Any = None
    success_url: Any = reverse_lazy("password_reset_done")
    title = _("Password reset")
    token_generator = default_token_generator

    @method_decorator(csrf_protect)
    def dispatch(self, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(*args, **kwargs)

    def form_valid(self, form: Any) -> Any:
        """Send the mail. Whether there is such a user is not said."""
        options = ["token_generator", "from_email", "email_template_name", "subject_template_name"]
        options += ["html_email_template_name", "extra_email_context"]
        given = {name: getattr(self, name) for name in options}
        form.save(use_https=self.request.is_secure(), request=self.request, **given)
        return super().form_valid(form)


@method_decorator(login_not_required, name="dispatch")
class PasswordResetDoneView(PasswordContextMixin, TemplateView):
    """Says that a mail was sent."""

    template_name = "registration/password_reset_done.html"
    title = _("Password reset sent")


@method_decorator(login_not_required, name="dispatch")
class PasswordResetConfirmView(PasswordContextMixin, FormView):
    """Takes a new password from whoever has the link.

    The token moves from the link into the session first, so that it does not leak to other sites as the referrer.
    """

    form_class = SetPasswordForm
    post_reset_login = False
    post_reset_login_backend: Any = None
    reset_url_token = "set-password"
    success_url: Any = reverse_lazy("password_reset_complete")
    template_name = "registration/password_reset_confirm.html"
    title = _("Enter new password")
    token_generator = default_token_generator

    @method_decorator(sensitive_post_parameters())
    @method_decorator(never_cache)
    def dispatch(self, *args: Any, **kwargs: Any) -> Any:
        for needed in ("uidb64", "token"):
            if needed not in kwargs:
                raise ImproperlyConfigured("The URL path must contain 'uidb64' and 'token' parameters.")
        self.validlink = False
        self.user = self.get_user(kwargs["uidb64"])
        if self.user is not None:
            session, token = self.request.session, kwargs["token"]  # type: ignore[attr-defined]
            if token == self.reset_url_token:
                if self.token_generator.check_token(self.user, session.get(INTERNAL_RESET_SESSION_TOKEN)):
                    self.validlink = True
                    return super().dispatch(*args, **kwargs)
            elif self.token_generator.check_token(self.user, token):
                session[INTERNAL_RESET_SESSION_TOKEN] = token
                return HttpResponseRedirect(self.request.path.replace(token, self.reset_url_token))
        return self.render_to_response(self.get_context_data())

    def get_user(self, uidb64: str) -> Any:
        """Return the user of the link, or None."""
        try:
            key = get_user_model()._meta.pk.to_python(urlsafe_base64_decode(uidb64).decode())
            return get_user_model()._default_manager.get(pk=key)
        except (TypeError, ValueError, OverflowError, get_user_model().DoesNotExist, ValidationError):
            return None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.user}

    def form_valid(self, form: Any) -> Any:
        """Set the password, and log in if that is wanted."""
        user = form.save()
        del self.request.session[INTERNAL_RESET_SESSION_TOKEN]  # type: ignore[attr-defined]
        if self.post_reset_login:
            auth_login(self.request, user, self.post_reset_login_backend)
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.validlink:
            return {**context, "validlink": True}
        return {**context, "form": None, "title": _("Password reset unsuccessful"), "validlink": False}


@method_decorator(login_not_required, name="dispatch")
class PasswordResetCompleteView(PasswordContextMixin, TemplateView):
    """Says that the password was set."""

    template_name = "registration/password_reset_complete.html"
    title = _("Password reset complete")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "login_url": resolve_url(settings.LOGIN_URL)}


class PasswordChangeView(PasswordContextMixin, FormView):
    """Takes a new password from a user who is logged in, and keeps him so."""

    form_class = PasswordChangeForm
    success_url: Any = reverse_lazy("password_change_done")
    template_name = "registration/password_change_form.html"
    title = _("Password change")

    @method_decorator([sensitive_post_parameters(), csrf_protect, login_required])
    def dispatch(self, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(*args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}  # type: ignore[attr-defined]

    def form_valid(self, form: Any) -> Any:
        """Set the password; other sessions of the user end with it."""
        form.save()
        update_session_auth_hash(self.request, form.user)
        return super().form_valid(form)


class PasswordChangeDoneView(PasswordContextMixin, TemplateView):
    """Says that the password was changed."""

    title = _("Password change successful")
    template_name = "registration/password_change_done.html"

    @method_decorator(login_required)
    def dispatch(self, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(*args, **kwargs)
