"""The table of Django's cache in the database, with the columns that its backend reads and writes.

As a model it comes with the migrations, whatever cache the settings name, and with no command of its own.
"""

from django.db import models


class Kept(models.Model):
    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "aggregation_kept"

    def __str__(self) -> str:
        return self.cache_key
