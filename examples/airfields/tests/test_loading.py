"""Bringing airports into the database."""

from __future__ import annotations

from atlas.loading import batches
from atlas.maps import draw, neighbours
from atlas.models import Airport, Country, Facility
from atlas.projection import HEIGHT, WIDTH, distance_km, project
from logbook.models import Review
from logbook.samples import write_samples

from nuages.test import SimpleTestCase, TestCase
from tests import world


class LoadingTests(TestCase):
    def setUp(self) -> None:
        self.count = world.load()

    def slugs(self, ident: str) -> set[str]:
        return set(Facility.objects.filter(airports__ident=ident).values_list("slug", flat=True))

    def test_every_record_becomes_an_airport(self) -> None:
        self.assertEqual(self.count, len(world.RECORDS))
        self.assertEqual(Country.objects.get(code="GB").name, "United Kingdom")
        self.assertEqual(Airport.objects.get(iata="LHR").country.pk, "GB")

    def test_facilities_are_read_from_name_code_and_elevation(self) -> None:
        self.assertEqual(self.slugs("EGWU"), {"airline-code", "military"})
        self.assertEqual(self.slugs("00AA"), {"farm-strip"})
        self.assertEqual(self.slugs("SPNH"), {"high"})
        self.assertEqual(self.slugs("LLMZ"), {"airline-code", "below-sea"})
        self.assertEqual(self.slugs("CYLT"), {"airline-code", "polar"})

    def test_loading_again_changes_nothing(self) -> None:
        def everything() -> list[list[tuple[object, ...]]]:
            models = (Country, Facility, Airport, Airport.facilities.through)
            return [list(model.objects.order_by("pk").values_list()) for model in models]

        before = everything()
        self.assertEqual(world.load(), self.count)
        self.assertEqual(everything(), before)

    def test_newer_data_updates_what_differs(self) -> None:
        key = Airport.objects.get(ident="EGWU").pk
        world.load([world.record("EGWU", "Northolt Glider Field", "GB", 51.5, -0.4)])
        airport = Airport.objects.get(ident="EGWU")
        self.assertEqual((airport.pk, airport.name), (key, "Northolt Glider Field"))
        self.assertEqual(self.slugs("EGWU"), {"gliding"})
        self.assertEqual(self.slugs("EGLL"), {"airline-code"})

    def test_samples_are_written_once_and_only_where_there_is_an_airport(self) -> None:
        world.load([world.record("VQPR", "Paro Airport", "BT", 27.4, 89.4)])
        self.assertEqual(write_samples(), 1)
        self.assertEqual(write_samples(), 1)
        review = Review.objects.get()
        self.assertEqual(review.airport.ident, "VQPR")
        self.assertFalse(review.user.has_usable_password())

    def test_neighbours_come_nearest_first(self) -> None:
        (near,) = neighbours(Airport.objects.get(ident="EGLL"))
        self.assertEqual(near.airport.ident, "EGWU")
        self.assertAlmostEqual(near.km, 9.6, delta=0.2)


class MapTests(SimpleTestCase):
    def test_the_middle_of_the_map_is_the_equator_at_greenwich(self) -> None:
        x, y = project(0, 0)
        self.assertAlmostEqual(x, WIDTH / 2)
        self.assertAlmostEqual(y, HEIGHT / 2)

    def test_the_corners_of_the_world_are_on_the_map(self) -> None:
        for latitude in (-90, -45, 0, 45, 90):
            for longitude in (-180, -1, 180):
                x, y = project(latitude, longitude)
                self.assertTrue(-0.1 <= x <= WIDTH + 0.1 and -0.1 <= y <= HEIGHT + 0.1, (latitude, longitude))

    def test_busy_cells_shine_brighter(self) -> None:
        layers = {
            dots.kind: dots.path.count("M")
            for dots in draw([(10.1, 10.1)] * 9 + [(50, 50), (51.3, 50)]).layers
        }
        self.assertEqual(layers, {"few": 2, "some": 0, "many": 1})

    def test_london_to_zurich_is_some_eight_hundred_kilometres(self) -> None:
        self.assertAlmostEqual(distance_km((51.47, -0.46), (47.46, 8.55)), 788, delta=5)

    def test_batches_hold_everything_once(self) -> None:
        self.assertEqual(list(batches(range(7), 3)), [[0, 1, 2], [3, 4, 5], [6]])
