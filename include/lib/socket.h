/*
 * Sockets that listen, and the one that connects: non-blocking and closed on exec.
 */
#ifndef HF_LIB_SOCKET_H
#define HF_LIB_SOCKET_H

#include <stdbool.h>

/* "127.0.0.1:8025", "[::1]:0": numbers only, -EINVAL otherwise.  ret_port may
 * be NULL. */
int socket_listen_tcp(const char *address, int *ret_fd, int *ret_port);

/* Is it an address as above, and on this machine only? */
bool socket_is_loopback(const char *address);

/* A path and its mode.  A socket there that nobody serves any more is replaced; -EADDRINUSE where
 * somebody does, -EEXIST where something else stands there. */
int socket_listen_unix(const char *path, unsigned mode, int *ret_fd);
/* The same for packets (SOCK_SEQPACKET). */
int socket_listen_packets(const char *path, unsigned mode, int *ret_fd);
int socket_connect_packets(const char *path, int *ret_fd);

#endif
