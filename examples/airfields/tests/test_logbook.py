"""Visits and reviews."""

from __future__ import annotations

from datetime import timedelta

from atlas.models import Airport
from logbook.models import Review, Visit

from nuages.contrib.auth import get_user_model
from nuages.contrib.auth.models import User
from nuages.core.exceptions import ValidationError
from nuages.test import TestCase
from nuages.utils import timezone
from tests import world


class LogbookTests(TestCase):
    heathrow: Airport
    orville: User
    wilbur: User

    @classmethod
    def setUpTestData(cls) -> None:
        world.load()
        cls.heathrow = Airport.objects.get(ident="EGLL")
        cls.orville, cls.wilbur = (
            get_user_model().objects.create_user(name, password="kitty hawk 1903")
            for name in ("orville", "wilbur")
        )

    def review(self, user: object, **values: object) -> Review:
        given = {"rating": 4, "title": "Busy", "text": "So many wheels."} | values
        return Review.objects.create(user=user, airport=self.heathrow, **given)

    def test_a_visitor_who_is_not_logged_in_is_asked_to(self) -> None:
        for address in ("/airports/EGLL/review/", "/profile/"):
            self.assertRedirects(self.client.get(address), f"/log-in/?next={address}")
        self.assertRedirects(self.client.post("/airports/EGLL/visit/"), "/log-in/?next=/airports/EGLL/visit/")
        self.assertFalse(Visit.objects.exists())

    def test_i_was_here_counts_once_a_day(self) -> None:
        self.client.force_login(self.orville)
        for said in ("is in your logbook", "in your logbook already"):
            response = self.client.post("/airports/EGLL/visit/", {"day": "2024-02-29"}, follow=True)
            self.assertContains(response, said)
        self.assertEqual(Visit.objects.get().user, self.orville)

    def test_nobody_was_here_tomorrow(self) -> None:
        self.client.force_login(self.orville)
        tomorrow = timezone.localdate() + timedelta(days=1)
        response = self.client.post("/airports/EGLL/visit/", {"day": f"{tomorrow}"}, follow=True)
        self.assertContains(response, "That day has not come yet.")
        self.assertFalse(Visit.objects.exists())
        # The model says so too, whoever saves.
        with self.assertRaises(ValidationError):
            Visit.objects.create(user=self.orville, airport=self.heathrow, day=tomorrow)

    def test_only_one_s_own_visit_can_be_removed(self) -> None:
        visit = Visit.objects.create(user=self.wilbur, airport=self.heathrow)
        self.client.force_login(self.orville)
        self.assertEqual(self.client.post(f"/visits/{visit.pk}/delete/").status_code, 404)
        self.client.force_login(self.wilbur)
        self.assertRedirects(self.client.post(f"/visits/{visit.pk}/delete/"), "/profile/")
        self.assertFalse(Visit.objects.exists())

    def test_a_review_is_written_changed_and_deleted(self) -> None:
        self.client.force_login(self.orville)
        response = self.client.post(
            "/airports/EGLL/review/", {"rating": 5, "title": "A & <b>", "text": "Fine."}, follow=True
        )
        self.assertContains(response, "Thank you for the review.")
        self.assertContains(response, "A &amp; &lt;b&gt;")
        own = Review.objects.get()
        self.assertRedirects(self.client.get("/airports/EGLL/review/"), f"/reviews/{own.pk}/edit/")
        self.client.post(f"/reviews/{own.pk}/edit/", {"rating": 2, "title": "Changed my mind"})
        own.refresh_from_db()
        self.assertEqual((own.rating, own.title, own.text), (2, "Changed my mind", ""))
        self.assertContains(self.client.get(f"/reviews/{own.pk}/delete/"), "Changed my mind")
        self.assertRedirects(self.client.post(f"/reviews/{own.pk}/delete/"), "/airports/EGLL/")
        self.assertFalse(Review.objects.exists())

    def test_a_bad_review_says_what_is_wrong(self) -> None:
        self.client.force_login(self.orville)
        response = self.client.post("/airports/EGLL/review/", {"rating": 9, "title": ""})
        self.assertEqual(response.status_code, 200)
        self.assertEqual(set(response.context["form"].errors), {"rating", "title"})

    def test_the_review_of_somebody_else_is_not_there(self) -> None:
        other = self.review(self.wilbur)
        self.client.force_login(self.orville)
        for action in ("edit", "delete"):
            address = f"/reviews/{other.pk}/{action}/"
            self.assertEqual(self.client.get(address).status_code, 404)
            self.assertEqual(self.client.post(address, {"rating": 1, "title": "Mine"}).status_code, 404)
        self.assertEqual(Review.objects.get().title, "Busy")

    def test_an_airport_shows_its_average_and_who_may_change_what(self) -> None:
        self.review(self.wilbur, rating=5)
        own = self.review(self.orville, rating=2)
        self.client.force_login(self.orville)
        response = self.client.get("/airports/EGLL/")
        self.assertContains(response, "3.5 from 2 reviews")
        self.assertContains(response, "/edit/", count=1)
        self.assertContains(response, f"/reviews/{own.pk}/edit/")

    def test_reviews_show_their_people_without_a_query_each(self) -> None:
        def queries() -> int:
            from nuages.db import connection
            from nuages.test.utils import CaptureQueriesContext

            with CaptureQueriesContext(connection) as captured:
                self.assertEqual(self.client.get("/airports/EGLL/").status_code, 200)
            return len(captured)

        self.review(self.wilbur)
        self.review(self.orville)
        before = queries()
        for number in range(5):
            self.review(get_user_model().objects.create_user(f"pilot{number}"))
        self.assertEqual(queries(), before)
