/*
 * Which Holdfast this is.  The Makefile says so; where an editor or an analyser reads a file by itself,
 * nobody does.
 */
#ifndef HF_LIB_VERSION_H
#define HF_LIB_VERSION_H

#ifndef HOLDFAST_VERSION
#define HOLDFAST_VERSION "unknown"
#endif

#endif
