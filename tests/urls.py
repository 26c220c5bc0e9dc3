"""The shared project's URLs: none; tests that need some override ROOT_URLCONF."""

urlpatterns: list[object] = []
