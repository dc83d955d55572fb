"""What stands in for gzip: CPython's GzipFile, whose bytes come from pila and go there.

Files, modes and checks of them stay CPython's; header, body and trailer, buffers, places
and lines are pila's (gzip.c).
"""
import errno
import gzip
import zlib

import pila_gzip_core as core

compress, decompress, core_calls = core.compress, core.decompress, core.core_calls


class GzipFile(gzip.GzipFile):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.mode == gzip.READ:  # in the place of an io.BufferedReader
            self._buffer = core.Reader(self._buffer.raw._fp)

    def _write_gzip_header(self, compresslevel):
        name = self.name if isinstance(self.name, str) else self.name.decode("latin-1")
        self._writer = core.Writer(self.fileobj, compresslevel, self._write_mtime, name)

    def write(self, data):
        self._check_not_closed()
        if self.mode != gzip.WRITE:
            raise OSError(errno.EBADF, "write() on read-only GzipFile object")
        return self._writer.write(data)

    def flush(self, zlib_mode=zlib.Z_SYNC_FLUSH):
        self._check_not_closed()
        if self.mode == gzip.WRITE:
            self._writer.flush(zlib_mode == zlib.Z_FULL_FLUSH)
            self.fileobj.flush()

    def seek(self, offset, whence=0):
        if self.mode == gzip.READ:
            return super().seek(offset, whence)
        self._check_not_closed()
        return self._writer.seek(offset, whence)

    def close(self):
        fileobj, self.fileobj = self.fileobj, None
        if fileobj is None:
            return
        try:
            if self.mode == gzip.WRITE:
                self._writer.finish()
        finally:
            if self.myfileobj:
                self.myfileobj.close()
                self.myfileobj = None
