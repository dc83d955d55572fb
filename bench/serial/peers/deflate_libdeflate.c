/* deflate_libdeflate.c - see deflate.h; without libdeflate it says so. */
#include "deflate.h"

#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>

static size_t compress_all(const void *data, size_t n, int level, void *out,
                           size_t room)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(level);
    size_t made = c ? libdeflate_zlib_compress(c, data, n, out, room) : 0;

    libdeflate_free_compressor(c);
    return made;
}

static size_t decompress_all(const void *data, size_t n, void *out, size_t room)
{
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    size_t made = 0;

    if (d && libdeflate_zlib_decompress(d, data, n, out, room, &made) != 0) made = 0;
    libdeflate_free_decompressor(d);
    return made;
}

const deflate_peer deflate_libdeflate = {"libdeflate",     NULL,
                                         libdeflate_crc32, libdeflate_adler32,
                                         compress_all,     decompress_all};
#else
const deflate_peer deflate_libdeflate = {"libdeflate", "libdeflate not found",
                                         NULL,         NULL,
                                         NULL,         NULL};
#endif
