"""2,000 models: each points at the one before it and at the first of its forty."""

from django.db import models

made: list[type[models.Model]] = []
for number in range(2000):
    namespace: dict[str, object] = {
        "__module__": __name__,
        "name": models.CharField(max_length=50, db_index=True),
        "size": models.IntegerField(null=True),
        "weight": models.FloatField(default=0),
        "active": models.BooleanField(default=True),
        "made": models.DateTimeField(null=True),
    }
    if made:
        namespace["before"] = models.ForeignKey(made[-1], models.CASCADE, related_name="after")
        namespace["top"] = models.ForeignKey(made[number // 40], models.CASCADE, related_name="+")
    made.append(type(f"Model{number}", (models.Model,), namespace))
