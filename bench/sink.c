/* The measuring end of the benchmarks: an SMTP server on one epoll thread that writes down every accepted recipient.
 *
 *   sink PORT RECORD [REFUSE DEFER]
 *
 * RECORD gets one line "<recipient> <bytes>" per message, at the moment its final 250 is queued, so that lost and
 * duplicated recipients are counted from what a receiver saw, never from what the sender believes.
 * REFUSE and DEFER are shares per 10,000 recipients (by hash of the address) that get 550 or 450.
 * It stops on SIGTERM. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK (1 << 18)
#define LINE_MAX_BYTES 8192

enum state { COMMANDS, CONTENT, CLOSING };

typedef struct {
    int fd;
    enum state state;
    unsigned long bytes;
    char recipient[512];
    int recipients;
    char tail[4]; /* the last bytes of content seen, to find a final dot that two reads share */
    int tail_length;
    size_t line_length, reply_length;
    char line[LINE_MAX_BYTES], replies[LINE_MAX_BYTES];
} connection;

static char chunk[CHUNK];
static FILE *record;
static volatile sig_atomic_t stopping;
static unsigned long accepted;
static unsigned refuse_share, defer_share;

static void on_signal(int number) {
    (void)number;
    stopping = 1;
}

static unsigned share_of(const char *text) { /* FNV-1a */
    unsigned hash = 2166136261u;
    for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash % 10000;
}

static void flush_replies(connection *c) {
    size_t sent = 0;
    while (sent < c->reply_length) {
        ssize_t n = write(c->fd, c->replies + sent, c->reply_length - sent);
        if (n >= 0) {
            sent += n;
        } else if (errno == EAGAIN) {
            struct pollfd wait = {.fd = c->fd, .events = POLLOUT};
            poll(&wait, 1, 1000);
        } else {
            break;
        }
    }
    c->reply_length = 0;
}

static void reply(connection *c, const char *text) {
    size_t length = strlen(text);
    if (c->reply_length + length > sizeof c->replies) flush_replies(c);
    memcpy(c->replies + c->reply_length, text, length);
    c->reply_length += length;
}

static void on_recipient(connection *c, char *line) {
    char *start = strchr(line, '<'), *end = start ? strchr(start, '>') : NULL;
    if (!end) {
        reply(c, "501 5.5.4 Syntax: RCPT TO:<address>\r\n");
        return;
    }
    *end = 0;
    unsigned share = share_of(start + 1);
    if (share < refuse_share) {
        reply(c, "550 5.1.1 No such user\r\n");
    } else if (share < refuse_share + defer_share) {
        reply(c, "450 4.2.1 Try again later\r\n");
    } else {
        snprintf(c->recipient, sizeof c->recipient, "%s", start + 1);
        c->recipients++;
        reply(c, "250 2.1.5 Ok\r\n");
    }
}

static void on_command(connection *c, char *line) {
    switch (line[0] | 32) {
    case 'e': reply(c, "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE 104857600\r\n250 ENHANCEDSTATUSCODES\r\n"); break;
    case 'h': reply(c, "250 sink\r\n"); break;
    case 'm': c->recipients = 0; reply(c, "250 2.1.0 Ok\r\n"); break;
    case 'r':
        if ((line[1] | 32) == 's') {
            c->recipients = 0;
            reply(c, "250 2.0.0 Ok\r\n");
        } else {
            on_recipient(c, line);
        }
        break;
    case 'd':
        if (!c->recipients) {
            reply(c, "554 5.5.1 No valid recipients\r\n");
        } else {
            reply(c, "354 End with a dot\r\n");
            c->state = CONTENT;
            c->bytes = 0;
            memcpy(c->tail, "\r\n", 2);
            c->tail_length = 2;
        }
        break;
    case 'n': reply(c, "250 2.0.0 Ok\r\n"); break;
    case 'q': reply(c, "221 2.0.0 Bye\r\n"); c->state = CLOSING; break;
    default: reply(c, "500 5.5.2 Unknown command\r\n");
    }
}

static void on_message(connection *c) {
    char text[64];
    fprintf(record, "%s %lu\n", c->recipient, c->bytes);
    snprintf(text, sizeof text, "250 2.0.0 Ok: queued as %lx\r\n", ++accepted);
    reply(c, text);
    c->state = COMMANDS;
    c->recipients = 0;
}

/* Consumes content up to the final dot; returns how many bytes of `data` belonged to it. */
static size_t take_content(connection *c, char *data, size_t length) {
    char seam[8];
    size_t head = length < 4 ? length : 4, seam_length = c->tail_length + head, used = length;
    memcpy(seam, c->tail, c->tail_length);
    memcpy(seam + c->tail_length, data, head);
    char *dot = memmem(seam, seam_length, "\r\n.\r\n", 5);
    if (dot) {
        used = dot - seam + 5 - c->tail_length;
    } else if ((dot = memmem(data, length, "\r\n.\r\n", 5))) {
        used = dot - data + 5;
    }
    c->bytes += used;
    if (dot) {
        on_message(c);
    } else if (length >= 4) {
        memcpy(c->tail, data + length - 4, c->tail_length = 4);
    } else {
        c->tail_length = seam_length < 4 ? seam_length : 4;
        memcpy(c->tail, seam + seam_length - c->tail_length, c->tail_length);
    }
    return used;
}

static size_t take_line(connection *c, char *data, size_t length) {
    char *newline = memchr(data, '\n', length);
    size_t used = newline ? (size_t)(newline - data) + 1 : length;
    size_t room = sizeof c->line - 1 - c->line_length;
    size_t kept = used < room ? used : room;
    memcpy(c->line + c->line_length, data, kept);
    c->line_length += kept;
    if (newline) {
        while (c->line_length && strchr("\r\n", c->line[c->line_length - 1])) c->line_length--;
        c->line[c->line_length] = 0;
        c->line_length = 0;
        on_command(c, c->line);
    }
    return used;
}

static void on_bytes(connection *c, char *data, size_t length) {
    while (length && c->state != CLOSING) {
        size_t used = c->state == CONTENT ? take_content(c, data, length) : take_line(c, data, length);
        data += used;
        length -= used;
    }
    flush_replies(c);
}

static void accept_all(int listener, int poller) {
    int fd, one = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        connection *c = calloc(1, sizeof *c);
        c->fd = fd;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
        reply(c, "220 sink ESMTP\r\n");
        flush_replies(c);
    }
}

static int listen_on(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    if (bind(fd, (void *)&address, sizeof address) || listen(fd, 1024)) {
        perror("sink: cannot listen");
        exit(1);
    }
    return fd;
}

int main(int count, char **arguments) {
    if (count < 3 || !(record = fopen(arguments[2], "a"))) {
        fprintf(stderr, "usage: sink PORT RECORD [REFUSE DEFER]\n");
        return 2;
    }
    if (count > 4) refuse_share = atoi(arguments[3]), defer_share = atoi(arguments[4]);
    setvbuf(record, NULL, _IOFBF, CHUNK);
    signal(SIGPIPE, SIG_IGN);
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);

    int listener = listen_on(atoi(arguments[1])), poller = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, ready[64];
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    while (!stopping) {
        int found = epoll_wait(poller, ready, 64, 200);
        if (found <= 0) fflush(record);
        for (int i = 0; i < found; i++) {
            connection *c = ready[i].data.ptr;
            if (!c) {
                accept_all(listener, poller);
                continue;
            }
            ssize_t length = read(c->fd, chunk, CHUNK);
            if (length < 0 && errno == EAGAIN) continue;
            if (length > 0) on_bytes(c, chunk, length);
            if (length <= 0 || c->state == CLOSING) {
                close(c->fd);
                free(c);
            }
        }
    }
    fclose(record);
    return 0;
}
