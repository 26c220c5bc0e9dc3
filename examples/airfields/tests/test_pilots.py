"""Accounts, profiles and pictures."""

from __future__ import annotations

import shutil
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from pilots.models import Profile

from nuages.contrib.auth import get_user_model
from nuages.contrib.auth.models import User
from nuages.core.files.uploadedfile import SimpleUploadedFile
from nuages.test import TestCase
from tests import world


def picture(width: int = 900, height: int = 600, kind: str = "PNG") -> SimpleUploadedFile:
    """Return an uploaded picture."""
    out = BytesIO()
    Image.new("RGB", (width, height), (20, 90, 160)).save(out, kind)
    return SimpleUploadedFile(f"me.{kind.lower()}", out.getvalue(), f"image/{kind.lower()}")


class PilotTests(TestCase):
    amelia: User

    @classmethod
    def setUpTestData(cls) -> None:
        world.load()
        cls.amelia = get_user_model().objects.create_user("amelia", password="lockheed electra")

    def setUp(self) -> None:
        media = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, media)
        self.media = Path(media)
        overridden = self.settings(MEDIA_ROOT=media)
        overridden.enable()
        self.addCleanup(overridden.disable)

    def pictures(self) -> list[str]:
        return sorted(path.name for path in self.media.rglob("*.webp"))

    def test_signing_up_logs_in_and_makes_a_profile(self) -> None:
        given = {"username": "bessie", "password1": "curtiss-jn-4", "password2": "curtiss-jn-4"}
        response = self.client.post("/sign-up/", given, follow=True)
        self.assertRedirects(response, "/profile/")
        self.assertContains(response, "Welcome aboard")
        self.assertTrue(Profile.objects.filter(user__username="bessie").exists())

    def test_signing_up_refuses_weak_passwords_and_taken_names(self) -> None:
        given = {"username": "amelia", "password1": "12345678", "password2": "12345678"}
        response = self.client.post("/sign-up/", given)
        self.assertEqual(set(response.context["form"].errors), {"username", "password2"})

    def test_logging_in_and_out(self) -> None:
        wrong = self.client.post("/log-in/", {"username": "amelia", "password": "wrong"})
        self.assertContains(wrong, "Please enter a correct username and password")
        right = {"username": "amelia", "password": "lockheed electra", "next": "/countries/"}
        self.assertRedirects(self.client.post("/log-in/", right), "/countries/")
        self.assertContains(self.client.get("/"), "Log out")
        self.assertEqual(self.client.get("/log-out/").status_code, 405)
        self.assertRedirects(self.client.post("/log-out/"), "/")
        self.assertContains(self.client.get("/"), "Log in")

    def test_logging_in_leads_to_no_other_site(self) -> None:
        given = {"username": "amelia", "password": "lockheed electra", "next": "https://elsewhere.example/"}
        self.assertRedirects(self.client.post("/log-in/", given), "/profile/")

    def test_the_password_can_be_changed(self) -> None:
        self.client.force_login(self.amelia)
        given = {
            "old_password": "lockheed electra",
            "new_password1": "vega-5b-red",
            "new_password2": "vega-5b-red",
        }
        self.assertRedirects(self.client.post("/password/", given), "/password/changed/")
        self.assertEqual(self.client.get("/profile/").status_code, 200)
        self.amelia.refresh_from_db()
        self.assertTrue(self.amelia.check_password("vega-5b-red"))

    def test_a_picture_is_cut_square_and_the_old_one_is_deleted(self) -> None:
        self.client.force_login(self.amelia)
        with self.captureOnCommitCallbacks(execute=True):
            self.client.post("/profile/", {"picture": picture()})
        (first,) = self.pictures()
        with Image.open(self.media / "pictures" / first) as stored:
            self.assertEqual((stored.format, stored.size), ("WEBP", (512, 512)))
        with self.captureOnCommitCallbacks(execute=True):
            self.client.post("/profile/", {"picture": picture(kind="JPEG")})
        (second,) = self.pictures()
        self.assertNotEqual(first, second)
        self.assertContains(self.client.get("/pilots/amelia/"), second)
        with self.captureOnCommitCallbacks(execute=True):
            self.client.post("/profile/", {"remove": "on"})
        self.assertEqual(self.pictures(), [])

    def test_what_is_no_picture_is_refused(self) -> None:
        self.client.force_login(self.amelia)
        bad = {
            "Upload a valid image": SimpleUploadedFile("me.png", b"<script>", "image/png"),
            "must be JPEG, PNG or WebP": picture(kind="GIF"),
            "larger than 2 MB": SimpleUploadedFile(
                "me.png", picture().read() + bytes(2 * 1024 * 1024), "image/png"
            ),
        }
        for message, upload in bad.items():
            response = self.client.post("/profile/", {"picture": upload})
            self.assertContains(response, message)
        self.assertEqual(self.pictures(), [])

    def test_home_is_given_by_either_code(self) -> None:
        self.client.force_login(self.amelia)
        for code in ("EGLL", "lhr"):
            self.assertRedirects(self.client.post("/profile/", {"home": code}), "/profile/")
            home = Profile.objects.get(user=self.amelia).home
            self.assertEqual(home and home.ident, "EGLL")
        self.assertContains(self.client.post("/profile/", {"home": "XXXX"}), "no airport with the code XXXX")

    def test_everybody_sees_the_public_profile(self) -> None:
        Profile.objects.filter(user=self.amelia).update(about="<b>Hello</b>")
        response = self.client.get("/pilots/amelia/")
        self.assertContains(response, "&lt;b&gt;Hello&lt;/b&gt;")
        self.assertNotContains(response, "Remove")
        self.assertEqual(self.client.get("/pilots/nobody/").status_code, 404)
