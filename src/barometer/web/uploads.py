"""Files that are uploaded: to disk, and only up to a size. Nobody fills it by sending more."""

from typing import Any

from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler

LARGEST = 10_000_000
"""Bytes of one file. A larger one is left out, as if it had not been sent."""


class SmallFiles(TemporaryFileUploadHandler):
    """Django's handler of temporary files, with a limit."""

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > LARGEST:
            self.file.close()  # deletes it
            raise SkipFile
        super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> Any:
        return super().file_complete(file_size) if self.received <= LARGEST else None
