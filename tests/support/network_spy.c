/* Preloaded into a process and its children: each name that is looked up and each address that is called, one a line,
 * into the file that NETWORK_SPY names. Native code is seen too, which no hook in Python sees. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void note(const char *what, const char *value) {
    char line[512];
    const char *path = getenv("NETWORK_SPY");
    int file = path == NULL ? -1 : open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) abort(); /* a spy that cannot write must not pass for silence */
    int length = snprintf(line, sizeof line, "%s %s\n", what, value == NULL ? "" : value);
    if (write(file, line, length) != length) abort();
    close(file);
}

static void note_address(const struct sockaddr *address) {
    char text[INET6_ADDRSTRLEN];
    if (address == NULL) return;
    if (address->sa_family == AF_INET)
        note("address", inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, text, sizeof text));
    if (address->sa_family == AF_INET6)
        note("address", inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)address)->sin6_addr, text, sizeof text));
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) = dlsym(RTLD_NEXT, __func__);
    note("name", node);
    return real(node, service, hints, found);
}

struct hostent *gethostbyname(const char *name) {
    struct hostent *(*real)(const char *) = dlsym(RTLD_NEXT, __func__);
    note("name", name);
    return real(name);
}

int connect(int socket, const struct sockaddr *address, socklen_t length) {
    int (*real)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, __func__);
    note_address(address);
    return real(socket, address, length);
}

ssize_t sendto(int socket, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t length) {
    ssize_t (*real)(int, const void *, size_t, int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, __func__);
    note_address(to);
    return real(socket, data, size, flags, to, length);
}

ssize_t sendmsg(int socket, const struct msghdr *message, int flags) {
    ssize_t (*real)(int, const struct msghdr *, int) = dlsym(RTLD_NEXT, __func__);
    note_address(message->msg_name);
    return real(socket, message, flags);
}
