/*
 * The default alphabet of text messages and its extension (3GPP TS 23.038 6.2.1).
 */
#ifndef HF_LIB_GSM7_H
#define HF_LIB_GSM7_H

#include <stdint.h>

/* 1, or 2 for what is written after an escape; 0 where the alphabet lacks it. */
int gsm7_septets(uint32_t character);

#endif
