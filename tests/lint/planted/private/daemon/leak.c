/* Part of nothing: what `lint private` must find, though the call speaks of a gateway. */
void leak(const struct client *client, const char *gateway)
{
	log_notice("gateway=%s sends to %s", gateway, client->phone);
}
