/* Part of nothing: what `lint names` must find. */
int frobnicate(int number);
