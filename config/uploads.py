"""A request with files is measured before it is read."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class Measured(FileUploadHandler):
    """The first of the upload handlers: it refuses what is larger than any file that a page takes, and leaves the rest
    to the others."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        if content_length > settings.MOST_UPLOADED:
            raise RequestDataTooBig("The request is larger than MOST_UPLOADED.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler has the file."""
