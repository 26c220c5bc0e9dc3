"""The pages of the atlas."""

from __future__ import annotations

from atlas.models import Airport

from nuages.test import TestCase
from tests import world


class AtlasTests(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        world.load()

    def idents(self, query: str) -> list[str]:
        response = self.client.get(f"/airports/?{query}")
        self.assertEqual(response.status_code, 200)
        return [airport.ident for airport in response.context["airports"]]

    def test_start_page_counts_and_draws_the_world(self) -> None:
        response = self.client.get("/")
        self.assertContains(response, "<dd>6</dd>", html=True)
        self.assertContains(response, '<svg class="dot-map"')
        self.assertContains(response, "Laguna Choclococha")
        self.assertContains(response, "82.52° N")

    def test_start_page_of_an_empty_atlas_says_what_to_do(self) -> None:
        Airport.objects.all().delete()
        self.assertContains(self.client.get("/"), "load_airfields")

    def test_search_looks_at_names_cities_and_codes(self) -> None:
        self.assertEqual(self.idents("q=heathrow"), ["EGLL"])
        self.assertEqual(self.idents("q=london"), ["EGLL", "EGWU"])
        self.assertEqual(self.idents("q=london+raf"), ["EGWU"])
        self.assertEqual(self.idents("q=ylt"), ["CYLT"])
        self.assertEqual(self.idents("q=nowhere"), [])

    def test_filters_and_order(self) -> None:
        self.assertEqual(self.idents("country=GB"), ["EGLL", "EGWU"])
        self.assertEqual(self.idents("facility=high"), ["SPNH"])
        self.assertEqual(self.idents("order=-elevation")[:2], ["SPNH", "00AA"])
        self.assertEqual(self.idents("country=GB&facility=military"), ["EGWU"])

    def test_a_wrong_filter_is_an_error_beside_its_field(self) -> None:
        response = self.client.get("/airports/?country=XX&order=sideways&page=1")
        self.assertContains(response, "Select a valid choice", count=2)
        self.assertEqual(len(response.context["airports"]), 6)

    def test_pages_keep_the_search(self) -> None:
        world.load([world.record(f"T{n:03}", f"Test {n:03}", "US", 10, n / 10) for n in range(70)])
        response = self.client.get("/airports/?q=test&page=2")
        self.assertEqual(next(a.ident for a in response.context["airports"]), "T030")
        self.assertContains(response, "?q=test&amp;page=3")
        self.assertEqual(self.client.get("/airports/?q=test&page=4").status_code, 404)

    def test_a_list_costs_the_same_few_queries_however_long(self) -> None:
        with self.assertNumQueries(4):
            self.client.get("/airports/")
        world.load([world.record(f"T{n:03}", f"Test {n:03}", "US", 10, n / 10) for n in range(20)])
        with self.assertNumQueries(4):
            self.client.get("/airports/")

    def test_an_airport_shows_where_it_lies(self) -> None:
        response = self.client.get("/airports/egll/")
        self.assertContains(response, "London Heathrow Airport")
        self.assertContains(response, "51.47° N, 0.46° W")
        self.assertContains(response, "RAF Northolt")
        self.assertEqual(self.client.get("/airports/ZZZZ/").status_code, 404)

    def test_countries_by_name_and_by_number(self) -> None:
        by_name = self.client.get("/countries/").context["countries"]
        self.assertEqual([country.code for country in by_name], ["CA", "IL", "PE", "GB", "US"])
        by_number = self.client.get("/countries/?by=number").context["countries"]
        self.assertEqual((by_number[0].code, by_number[0].total), ("GB", 2))

    def test_somewhere_is_an_airport(self) -> None:
        self.assertRegex(self.client.get("/somewhere/").url, r"^/airports/[A-Z0-9]{4}/$")
        Airport.objects.all().delete()
        self.assertRedirects(self.client.get("/somewhere/"), "/airports/")

    def test_pages_allow_no_script_and_hold_no_inline_style(self) -> None:
        for address in ("/", "/airports/", "/airports/EGLL/", "/countries/", "/sign-up/", "/log-in/"):
            response = self.client.get(address)
            self.assertIn("script-src 'none'", response["Content-Security-Policy"], address)
            self.assertNotContains(response, "style=")
            self.assertNotContains(response, "<script")

    async def test_the_asynchronous_client_sees_the_same_page(self) -> None:
        plain, awaited = self.client.get("/airports/EGWU/"), await self.async_client.get("/airports/EGWU/")
        self.assertContains(awaited, "RAF Northolt")
        self.assertEqual(len(plain.content), len(awaited.content))
