/*
 * One fault for each analyser.  `make analyse` fails where one of them does
 * not find its own; this file is part of nothing.
 */
#include <stdint.h>
#include <stdlib.h>

int64_t for_clang_tidy(int days);
int for_gcc(void);
int for_cppcheck(void);

/* Overflows before it is widened. */
int64_t for_clang_tidy(int days)
{
	return days * 86400;
}

/* Read after it was freed. */
int for_gcc(void)
{
	int *number = calloc(1, sizeof(*number));

	free(number);
	return number ? *number : 0;
}

/* Read beyond its end. */
int for_cppcheck(void)
{
	int numbers[2] = { 1, 2 };

	return numbers[2];
}
