/*
 * What a stranger wrote, in whatever charset it came, as UTF-8: by iconv of the C library, and with what
 * iconv leaves to its caller, the names that gateways use and the bytes that no charset explains.
 */
#ifndef HF_LIB_CHARSET_H
#define HF_LIB_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

/* Allocated, NUL-terminated UTF-8; 0 or -ENOMEM.  charset NULL or "": none is named, as with UTF-8: what is not
 * UTF-8 is then UTF-16 if most of its units have a byte that is NUL, else Latin-1.  ISO-8859-1 is read as
 * windows-1252, which it is on phones, and 16 bits without an order are in that of text messages, the most
 * significant byte first.  A byte order mark is left out, and a NUL that is left becomes U+FFFD.
 *
 * Where the bytes show that another is meant than is named, they are believed: sixteen bits in the other order, or
 * that were decoded before, UTF-8 that is called ISO-8859-1 or windows-1252, surrogates in UTF-8.  A name that begins
 * with "GSM" is the alphabet of text messages, where control characters show that the text is still in it.
 *
 * What the named charset lacks, or all but ASCII where nobody knows that charset, stands in the text as \xNN,
 * byte for byte, and *ret_whole is false: a human has to look at it.  `escape` is what stands for the
 * backslash: "\\", or in JSON "\\\\". */
int charset_read(const char *charset, const char *bytes, size_t size, const char *escape,
		 char **ret_text, bool *ret_whole);

#endif
