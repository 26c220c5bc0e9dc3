"""The forms of logging in, signing up, and of passwords."""

from __future__ import annotations

import logging
import unicodedata
from typing import Any

from nuages import forms
from nuages.contrib.auth import authenticate, get_user_model, password_validation
from nuages.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, is_password_usable
from nuages.contrib.auth.models import User
from nuages.contrib.auth.tokens import default_token_generator
from nuages.contrib.sites.shortcuts import get_current_site
from nuages.core.exceptions import ValidationError
from nuages.utils.encoding import force_bytes
from nuages.utils.generics import Generic, TypeVar
from nuages.utils.http import urlsafe_base64_encode
from nuages.utils.text import capfirst
from nuages.utils.translation import gettext_lazy as _
from nuages.views.decorators.debug import sensitive_variables

logger = logging.getLogger("django.contrib.auth")


def _unicode_ci_compare(one: str, other: str) -> bool:
    """Say whether two texts are the same but for case, as Unicode's technical report 36 advises."""
    return unicodedata.normalize("NFKC", one).casefold() == unicodedata.normalize("NFKC", other).casefold()


Account = TypeVar("Account", default=User)

PASSWORD, PASSWORD_AGAIN = _("Password"), _("Password confirmation")


def _new_password(label: Any, required: bool, help_text: Any) -> Any:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, required=required, strip=False, widget=widget, help_text=help_text)


class ReadOnlyPasswordHashWidget(forms.Widget):
    """Shows what may be shown of a password's hash, and a button that leads to a form for a new one."""

    template_name = "auth/widgets/read_only_password_hash.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return what the template shows."""
        label = (
            _("Reset password")
            if is_password_usable(value or UNUSABLE_PASSWORD_PREFIX)
            else _("Set password")
        )
        return super().get_context(name, value, attrs) | {"button_label": label}

    def id_for_label(self, id_: str) -> None:  # type: ignore[override]
        """None: there is nothing to type into."""


class ReadOnlyPasswordHashField(forms.Field):
    """A hash in a form that does not change it."""

    widget = ReadOnlyPasswordHashWidget

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs = {"required": False, "disabled": True} | kwargs
        super().__init__(*args, **kwargs)


class UsernameField(forms.CharField):
    """A user name, in one of the forms in which it looks the same."""

    def to_python(self, value: Any) -> Any:
        """Return the name, normalized."""
        name = super().to_python(value)
        # Normalizing takes long for some texts: those that are too long anyway are left to be refused.
        if self.max_length is not None and len(name) > self.max_length:
            return name
        return unicodedata.normalize("NFKC", name)

    def widget_attrs(self, widget: Any) -> dict[str, Any]:
        """Say what a browser should know of it."""
        return {**super().widget_attrs(widget), "autocapitalize": "none", "autocomplete": "username"}


class SetPasswordMixin:
    """Two fields for a new password, which have to agree and to follow the rules."""

    error_messages: dict[str, Any] = {"password_mismatch": _("The two password fields didn’t match.")}

    @staticmethod
    def create_password_fields(
        label1: Any = PASSWORD, label2: Any = PASSWORD_AGAIN, required: bool = True
    ) -> tuple[Any, Any]:
        """Return the fields."""
        rules = password_validation.password_validators_help_text_html()
        return (
            _new_password(label1, required, rules),
            _new_password(label2, required, _("Enter the same password as before, for verification.")),
        )

    @sensitive_variables("password1", "password2")
    def validate_passwords(
        self: Any, password1_field_name: str = "password1", password2_field_name: str = "password2"
    ) -> None:
        """Add an error where they differ."""
        password1 = self.cleaned_data.get(password1_field_name)
        password2 = self.cleaned_data.get(password2_field_name)
        if password1 and password2 and password1 != password2:
            error = ValidationError(self.error_messages["password_mismatch"], code="password_mismatch")
            self.add_error(password2_field_name, error)

    @sensitive_variables("password")
    def validate_password_for_user(self: Any, user: Any, password_field_name: str = "password2") -> None:
        """Add errors where the password does not follow the rules."""
        if password := self.cleaned_data.get(password_field_name):
            try:
                password_validation.validate_password(password, user)
            except ValidationError as error:
                self.add_error(password_field_name, error)

    def set_password_and_save(
        self: Any, user: Any, password_field_name: str = "password1", commit: bool = True
    ) -> Any:
        """Set the new password."""
        user.set_password(self.cleaned_data[password_field_name])
        if commit:
            user.save()
        return user


class SetUnusablePasswordMixin:
    """A choice between a new password and none, in forms whose password fields are not required by themselves."""

    usable_password_help_text = _(
        "Whether the user will be able to authenticate using a password or not. If disabled, they may still be able "
        "to authenticate using other backends, such as Single Sign-On or LDAP."
    )

    @staticmethod
    def create_usable_password_field(help_text: Any = usable_password_help_text) -> Any:
        """Return the field."""
        return forms.ChoiceField(
            label=_("Password-based authentication"),
            required=False,
            initial="true",
            choices={"true": _("Enabled"), "false": _("Disabled")},
            widget=forms.RadioSelect(attrs={"class": "radiolist inline"}),
            help_text=help_text,
        )

    @sensitive_variables("password1", "password2")
    def validate_passwords(
        self: Any, password1_field_name: str = "password1", password2_field_name: str = "password2",
        usable_password_field_name: str = "usable_password",
    ) -> None:  # fmt: skip
        """Look at the passwords only where there is to be one."""
        usable = self.cleaned_data.pop(usable_password_field_name, None) != "false"
        self.cleaned_data["set_usable_password"] = usable
        if usable:
            for name in (password1_field_name, password2_field_name):
                if not self.cleaned_data.get(name) and name not in self.errors:
                    missing = self.fields[name].error_messages["required"]
                    self.add_error(name, ValidationError(missing, code="required"))
            super().validate_passwords(password1_field_name, password2_field_name)  # type: ignore[misc]

    def validate_password_for_user(self: Any, user: Any, **kwargs: Any) -> None:
        """The same for the rules."""
        if self.cleaned_data["set_usable_password"]:
            super().validate_password_for_user(user, **kwargs)  # type: ignore[misc]

    def set_password_and_save(self: Any, user: Any, commit: bool = True, **kwargs: Any) -> Any:
        """Set the password, or that there is none."""
        if self.cleaned_data["set_usable_password"]:
            return super().set_password_and_save(user, **kwargs, commit=commit)  # type: ignore[misc]
        user.set_unusable_password()
        if not commit:
            return user
        user.save()
        return user


class BaseUserCreationForm(SetPasswordMixin, forms.ModelForm, Generic[Account]):
    """Creates a user with a password."""

    password1, password2 = SetPasswordMixin.create_password_fields()

    class Meta:
        field_classes = {"username": UsernameField}
        fields = tuple(field_classes)
        model = User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self._meta.model.USERNAME_FIELD
        if name in self.fields:
            self.fields[name].widget.attrs["autofocus"] = True

    def clean(self) -> Any:
        self.validate_passwords()
        return super().clean()

    def _post_clean(self) -> None:
        super()._post_clean()
        # After the instance has what the form says, which a password must not resemble.
        self.validate_password_for_user(self.instance)

    def save(self, commit: bool = True) -> Any:
        user = self.set_password_and_save(super().save(commit=False), commit=commit)
        if commit and hasattr(self, "save_m2m"):
            self.save_m2m()
        return user


class UserCreationForm(BaseUserCreationForm):
    """The same, and refuses names that differ from others' in case only."""

    def clean_username(self) -> Any:
        """Return the name."""
        username = self.cleaned_data.get("username")
        if username and self._meta.model.objects.filter(username__iexact=username).exists():
            messages = self.instance.unique_error_message(self._meta.model, ["username"])
            self._update_errors(ValidationError({"username": messages}))
            return None
        return username


class UserChangeForm(forms.ModelForm):
    """Changes a user, but not his password."""

    password = ReadOnlyPasswordHashField(
        label=_("Password"),
        help_text=_("Raw passwords are not stored, so there is no way to see the user’s password."),
    )

    class Meta:
        model = User
        fields = "__all__"
        field_classes = {"username": UsernameField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        password = self.fields.get("password")
        if password and self.instance and not self.instance.has_usable_password():
            password.help_text = _(
                "Enable password-based authentication for this user by setting a password."
            )
        permissions: Any = self.fields.get("user_permissions")
        if permissions:
            # Each is shown with its content type.
            permissions.queryset = permissions.queryset.select_related("content_type")


class AuthenticationForm(forms.Form):
    """Name and password."""

    username = UsernameField(widget=forms.TextInput(attrs={"autofocus": True}))
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False, label=PASSWORD
    )

    error_messages = {
        "invalid_login": _(
            "Please enter a correct %(username)s and password. Note that both fields may be case-sensitive."
        ),
        "inactive": _("This account is inactive."),
    }

    def __init__(self, request: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user_cache: Any = None
        field: Any
        field, self.username_field = (
            self.fields["username"],
            get_user_model()._meta.get_field(get_user_model().USERNAME_FIELD),
        )
        longest = self.username_field.max_length or 254
        field.max_length = longest
        field.widget.attrs["maxlength"] = longest
        if field.label is None:
            field.label = capfirst(self.username_field.verbose_name)

    @sensitive_variables()
    def clean(self) -> Any:
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if username is not None and password:
            self.user_cache = authenticate(self.request, username=username, password=password)
            if self.user_cache is None:
                raise self.get_invalid_login_error()
            self.confirm_login_allowed(self.user_cache)
        return self.cleaned_data

    def confirm_login_allowed(self, user: Any) -> None:
        """Raise `ValidationError` for users who may not log in; override it for other rules."""
        if not user.is_active:
            raise ValidationError(self.error_messages["inactive"], code="inactive")

    def get_user(self) -> Any:
        """Return the user, once the form is valid."""
        return self.user_cache

    def get_invalid_login_error(self) -> ValidationError:
        """Return the error of a wrong name or password, which does not say which of them it is."""
        params = {"username": self.username_field.verbose_name}
        return ValidationError(self.error_messages["invalid_login"], code="invalid_login", params=params)


class PasswordResetForm(forms.Form):
    """Asks for the address to which a link for a new password is sent."""

    email = forms.EmailField(
        label=_("Email"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def send_mail(
        self,
        subject_template_name: str,
        email_template_name: str,
        context: dict[str, Any],
        from_email: str | None,
        to_email: str,
        html_email_template_name: str | None = None,
    ) -> None:
        """Send one mail; failure is logged, as the visitor must not learn whether there is such a user."""
        # Imported when used: a process that sends no mail need not know how.
        from nuages.core.mail import EmailMultiAlternatives
        from nuages.template import loader

        subject = "".join(loader.render_to_string(subject_template_name, context).splitlines())
        body = loader.render_to_string(email_template_name, context)
        message = EmailMultiAlternatives(subject, body, from_email, [to_email])
        if html_email_template_name is not None:
            message.attach_alternative(
                loader.render_to_string(html_email_template_name, context), "text/html"
            )
        try:
            message.send()
        except Exception:
            logger.exception("Failed to send password reset email to %s", context["user"].pk)

    def get_users(self, email: str) -> Any:
        """Yield the active users with this address and a password."""
        name = get_user_model().get_email_field_name()
        found = get_user_model()._default_manager.filter(**{f"{name}__iexact": email, "is_active": True})
        # Databases may take addresses for the same that are not; the mail goes to the one that is stored.
        return (
            user
            for user in found
            if user.has_usable_password() and _unicode_ci_compare(email, getattr(user, name))
        )

    def save(
        self,
        domain_override: str | None = None,
        subject_template_name: str = "registration/password_reset_subject.txt",
        email_template_name: str = "registration/password_reset_email.html",
        use_https: bool = False,
        token_generator: Any = default_token_generator,
        from_email: str | None = None,
        request: Any = None,
        html_email_template_name: str | None = None,
        extra_email_context: dict[str, Any] | None = None,
    ) -> None:
        """Send the link to the users with the address."""
        if domain_override:
            site_name = domain = domain_override
        else:
            site = get_current_site(request)
            site_name, domain = site.name, site.domain
        name = get_user_model().get_email_field_name()
        for user in self.get_users(self.cleaned_data["email"]):
            address = getattr(user, name)
            context = {
                "user": user,
                "email": address,
                "uid": urlsafe_base64_encode(force_bytes(user._meta.pk.value_to_string(user))),
                "token": token_generator.make_token(user),
                "protocol": "https" if use_https else "http",
                "domain": domain,
                "site_name": site_name,
                **(extra_email_context or {}),
            }
            templates = subject_template_name, email_template_name
            self.send_mail(
                *templates, context, from_email, address, html_email_template_name=html_email_template_name
            )


class SetPasswordForm(SetPasswordMixin, forms.Form):
    """A new password, without the old one."""

    new_password1, new_password2 = SetPasswordMixin.create_password_fields(
        label1=_("New password"), label2=_("New password confirmation")
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean(self) -> Any:
        self.validate_passwords("new_password1", "new_password2")
        self.validate_password_for_user(self.user, "new_password2")
        return super().clean()

    def save(self, commit: bool = True) -> Any:
        """Set the password."""
        return self.set_password_and_save(self.user, "new_password1", commit=commit)


class PasswordChangeForm(SetPasswordForm):
    """A new password, for who knows the old one."""

    error_messages = {
        **SetPasswordForm.error_messages,
        "password_incorrect": _("Your old password was entered incorrectly. Please enter it again."),
    }
    old_password = forms.CharField(
        label=_("Old password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    field_order = ["old_password", "new_password1", "new_password2"]

    @sensitive_variables("old_password")
    def clean_old_password(self) -> str:
        """Check the old password."""
        old_password = self.cleaned_data["old_password"]
        if not self.user.check_password(old_password):
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return old_password


class AdminPasswordChangeForm(SetUnusablePasswordMixin, SetPasswordMixin, forms.Form):
    """A new password for somebody else."""

    required_css_class = "required"
    usable_password_help_text = (
        SetUnusablePasswordMixin.usable_password_help_text
        + '<ul id="id_unusable_warning" class="messagelist"><li class="warning">'
        "If disabled, the current password for this user will be lost.</li></ul>"
    )
    password1, password2 = SetPasswordMixin.create_password_fields(required=False)

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["password1"].widget.attrs["autofocus"] = True
        if user.has_usable_password():
            self.fields["usable_password"] = SetUnusablePasswordMixin.create_usable_password_field(
                self.usable_password_help_text
            )

    def clean(self) -> Any:
        self.validate_passwords()
        self.validate_password_for_user(self.user)
        return super().clean()

    def save(self, commit: bool = True) -> Any:
        """Set the password."""
        return self.set_password_and_save(self.user, commit=commit)

    @property
    def changed_data(self) -> list[str]:
        """The password, if it changes."""
        data = super().changed_data
        touched = "set_usable_password" in data or ("password1" in data and "password2" in data)
        return ["password"] if touched else []


class AdminUserCreationForm(SetUnusablePasswordMixin, UserCreationForm):
    """Creates a user, with a password or without."""

    usable_password = SetUnusablePasswordMixin.create_usable_password_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("password1", "password2"):
            self.fields[name].required = False
