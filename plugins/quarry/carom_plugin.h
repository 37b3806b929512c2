/* What a plugin of Carom is in C: the component model's canonical ABI, as far as the world of carom:plugin@1.0.0 needs
 * it. Include it once, define `carom_describe` and `carom_classify`, and see `build` for how it is compiled. There is
 * no library beneath: a plugin brings along what it needs.
 *
 * Records lie in memory as C lays them out on wasm32, which the assertions below hold to the numbers of the WIT file. */
#ifndef CAROM_PLUGIN_H
#define CAROM_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes in UTF-8, without a zero at the end. */
typedef struct {
    const char *data;
    size_t length;
} carom_string;

/* A string of the source. */
#define CAROM_TEXT(literal) ((carom_string){(literal), sizeof(literal) - 1})

typedef struct {
    bool is_some;
    carom_string value;
} carom_option_string;

typedef struct {
    bool is_some;
    uint16_t value;
} carom_option_u16;

typedef struct {
    bool is_some;
    int64_t value;
} carom_option_s64;

/* What a receiving mail server said. */
typedef struct {
    carom_string text;            /* in its original spelling, lines joined by a blank, without codes */
    carom_string folded;          /* as rules see it: small letters, blanks folded, addresses one character */
    carom_option_u16 code;        /* 550 */
    carom_option_string enhanced; /* "5.1.1" */
    carom_option_string status;   /* of a notice */
    carom_option_string phase;    /* "connect", "ehlo", "mail", "rcpt", "data" or "end-of-data" */
    carom_option_string host;     /* that said it */
    carom_option_string domain;   /* of the recipient */
    carom_option_s64 time;        /* when it was said, in seconds since 1970 */
} carom_reply;

/* Something found in a reply: {name} in the rule's `say`, `see` and `retry after`. */
typedef struct {
    carom_string name;
    carom_string value;
} carom_field;

typedef struct {
    const carom_string *data;
    size_t length;
} carom_strings;

typedef struct {
    const carom_field *data;
    size_t length;
} carom_fields;

/* A rule that the plugin brought along without a `match` line, and what was found. */
typedef struct {
    carom_string rule;
    carom_fields fields;
} carom_verdict;

/* An answer; what is not `is_some` leaves the reply to the general rules. */
typedef struct {
    bool is_some;
    carom_verdict value;
} carom_answer;

/* What a plugin says of itself. */
typedef struct {
    carom_string name;
    carom_string version;
    carom_strings hosts;
    carom_strings domains;
    carom_string rules;
} carom_description;

_Static_assert(offsetof(carom_reply, text) == 0, "reply.text");
_Static_assert(offsetof(carom_reply, folded) == 8, "reply.folded");
_Static_assert(offsetof(carom_reply, code) == 16, "reply.code");
_Static_assert(offsetof(carom_reply, enhanced) == 20, "reply.enhanced");
_Static_assert(offsetof(carom_reply, status) == 32, "reply.status");
_Static_assert(offsetof(carom_reply, phase) == 44, "reply.phase");
_Static_assert(offsetof(carom_reply, host) == 56, "reply.host");
_Static_assert(offsetof(carom_reply, domain) == 68, "reply.domain");
_Static_assert(offsetof(carom_reply, time) == 80, "reply.time");
_Static_assert(sizeof(carom_reply) == 96, "reply");
_Static_assert(sizeof(carom_field) == 16, "field");
_Static_assert(sizeof(carom_answer) == 20, "answer");
_Static_assert(sizeof(carom_description) == 40, "description");

/* To be defined: what the plugin is; and what it makes of a reply. What they give must outlive the call: let it be
 * static, or memory of `carom_take`, which is all given back when the host has read the result. */
const carom_description *carom_describe(void);
const carom_answer *carom_classify(const carom_reply *reply);

/* Memory from the end of the data up. */
extern unsigned char __heap_base;
static uintptr_t carom_top;

static void *carom_take(size_t size, size_t align) {
    if (carom_top == 0) carom_top = (uintptr_t)&__heap_base;
    uintptr_t start = (carom_top + align - 1) & ~(uintptr_t)(align - 1);
    uintptr_t end = start + size, has = __builtin_wasm_memory_size(0) << 16;
    if (end < start) __builtin_trap();
    if (end > has && __builtin_wasm_memory_grow(0, (end - has + 0xffff) >> 16) == SIZE_MAX) __builtin_trap();
    carom_top = end;
    return (void *)start;
}

/* The host asks for memory to write a reply into. */
__attribute__((export_name("cabi_realloc"))) void *carom_realloc(void *old, size_t old_size, size_t align, size_t size) {
    unsigned char *new = carom_take(size, align);
    for (size_t i = 0; i < old_size && i < size; i++) new[i] = ((unsigned char *)old)[i];
    return new;
}

__attribute__((export_name("carom:plugin/provider@1.0.0#describe"))) const carom_description *carom_export_describe(void) {
    return carom_describe();
}

__attribute__((export_name("cabi_post_carom:plugin/provider@1.0.0#describe"))) void carom_post_describe(const void *said) {
    (void)said;
    carom_top = 0;
}

__attribute__((export_name("carom:plugin/provider@1.0.0#classify"))) const carom_answer *carom_export_classify(const carom_reply *reply) {
    return carom_classify(reply);
}

__attribute__((export_name("cabi_post_carom:plugin/provider@1.0.0#classify"))) void carom_post_classify(const void *said) {
    (void)said;
    carom_top = 0;
}

#endif
