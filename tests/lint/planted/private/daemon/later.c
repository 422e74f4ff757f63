/* Part of nothing: what `lint private` must find, behind a semicolon that ends nothing. */
void later(const struct wire_inbound *inbound)
{
	log_warning("a text is not stored; it comes again (%s)", /* soon; or not */
		    inbound->from);
}
