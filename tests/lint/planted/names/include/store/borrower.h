/* What `lint names` must find: that a header speaks of a struct does not make it that header's own. */
struct thing;
int thing_mend(struct thing *thing);
