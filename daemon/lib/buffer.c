/*
 * Bytes that grow as they are put together.
 *
 * Growing wipes what is left behind, since requests with secrets in them are
 * put together here.
 */
#include "lib/buffer.h"

#include <stdlib.h>
#include <string.h>

static bool make_room(struct buffer *buffer, size_t size)
{
	size_t most = buffer->most ? buffer->most : BUFFER_MOST;
	size_t room = buffer->room ? buffer->room : 256;
	char *larger;

	if (size > most - buffer->size) {
		return false;
	}
	if (buffer->size + size < buffer->room) {
		return true;
	}

	while (room <= buffer->size + size) {
		room *= 2;
	}
	larger = malloc(room);
	if (!larger) {
		return false;
	}

	if (buffer->bytes) {
		memcpy(larger, buffer->bytes, buffer->size);
		explicit_bzero(buffer->bytes, buffer->room);
		free(buffer->bytes);
	}
	buffer->bytes = larger;
	buffer->room = room;
	return true;
}

char *buffer_extend(struct buffer *buffer, size_t size)
{
	char *added;

	if (buffer->failed || !make_room(buffer, size)) {
		buffer->failed = true;
		return NULL;
	}

	added = buffer->bytes + buffer->size;
	buffer->size += size;
	buffer->bytes[buffer->size] = '\0';
	return added;
}

void buffer_put(struct buffer *buffer, const char *bytes, size_t size)
{
	char *added = buffer_extend(buffer, size);

	if (added && size > 0) {
		memcpy(added, bytes, size);
	}
}

void buffer_put_text(struct buffer *buffer, const char *text)
{
	buffer_put(buffer, text, strlen(text));
}

void buffer_clear(struct buffer *buffer)
{
	if (buffer->bytes) {
		buffer->bytes[0] = '\0';
	}
	buffer->size = 0;
	buffer->failed = false;
}

char *buffer_take(struct buffer *buffer, size_t *ret_size)
{
	char *bytes;

	if (!buffer_extend(buffer, 0)) {
		buffer_done(buffer);
		return NULL;
	}

	bytes = buffer->bytes;
	if (ret_size) {
		*ret_size = buffer->size;
	}
	*buffer = (struct buffer){ .most = buffer->most };
	return bytes;
}

void buffer_done(struct buffer *buffer)
{
	if (buffer->bytes) {
		explicit_bzero(buffer->bytes, buffer->room);
	}
	free(buffer->bytes);
	*buffer = (struct buffer){ .most = buffer->most };
}

void buffer_wipe(char *text)
{
	if (text) {
		explicit_bzero(text, strlen(text));
	}
	free(text);
}
