/* What `lint names` must find: a function by its typedef. */
frobnicator mend;
