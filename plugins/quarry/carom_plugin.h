/* What a plugin of Carom is in C: the component model's canonical ABI, as far as the world of carom:plugin@1.0.0 needs
 * it. Include it once, define `carom_describe` and `carom_classify`, and see `build` for how it is compiled. There is
 * no library beneath: a plugin brings along what it needs.
 *
 * What is given back lies in memory as C lays it out on wasm32; the assertions below hold that to the WIT file. */
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

/* What a receiving mail server said. A text that is not known has the length 0, and a number that is not known is 0. */
typedef struct {
    carom_string text;   /* in its original spelling, lines joined by a blank, without codes */
    carom_string folded; /* as rules see it: small letters, blanks folded, addresses one character */
    carom_string host;   /* that said it */
    carom_string domain; /* of the recipient */
    uint32_t code;       /* 550 */
    uint32_t enhanced;   /* 5001010 for 5.1.10 */
    uint32_t status;     /* of a notice, written alike */
    uint32_t phase;      /* one of those below */
    bool has_time;
    int64_t time; /* when it was said, in seconds since 1970 */
} carom_reply;

enum { CAROM_CONNECT = 1, CAROM_EHLO, CAROM_MAIL, CAROM_RCPT, CAROM_DATA, CAROM_END_OF_DATA };

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

_Static_assert(sizeof(carom_field) == 16, "field");
_Static_assert(sizeof(carom_answer) == 20, "answer");
_Static_assert(sizeof(carom_description) == 40, "description");

/* To be defined: what the plugin is; and what it makes of a reply. What they give must outlive the call: let it be
 * static, or memory of `carom_take`, which is all given back when the next call begins. */
const carom_description *carom_describe(void);
const carom_answer *carom_classify(const carom_reply *reply);

/* Memory from the end of the data up. */
extern unsigned char __heap_base;
static uintptr_t carom_top;
static bool carom_is_over;

static void *carom_take(size_t size, size_t align) {
    if (carom_top == 0) carom_top = (uintptr_t)&__heap_base;
    uintptr_t start = (carom_top + align - 1) & ~(uintptr_t)(align - 1);
    uintptr_t end = start + size, has = __builtin_wasm_memory_size(0) << 16;
    if (end < start) __builtin_trap();
    if (end > has && __builtin_wasm_memory_grow(0, (end - has + 0xffff) >> 16) == SIZE_MAX) __builtin_trap();
    carom_top = end;
    return (void *)start;
}

/* A call begins: what the last one left has been read. */
static void carom_begin(void) {
    if (carom_is_over) carom_top = 0;
    carom_is_over = false;
}

/* The host asks for memory to write a reply's texts into. */
__attribute__((export_name("cabi_realloc"))) void *carom_realloc(void *old, size_t old_size, size_t align, size_t size) {
    carom_begin();
    unsigned char *new = carom_take(size, align);
    for (size_t i = 0; i < old_size && i < size; i++) new[i] = ((unsigned char *)old)[i];
    return new;
}

__attribute__((export_name("carom:plugin/provider@1.0.0#describe"))) const carom_description *carom_export_describe(void) {
    carom_begin();
    const carom_description *said = carom_describe();
    carom_is_over = true;
    return said;
}

/* All texts come as one string, of which the parts are told, each by its place and its length. */
__attribute__((export_name("carom:plugin/provider@1.0.0#classify"))) const carom_answer *carom_export_classify(
    const char *said, size_t length, size_t text, size_t text_length, size_t folded, size_t folded_length, size_t host,
    size_t host_length, size_t domain, size_t domain_length, uint32_t code, uint32_t enhanced, uint32_t status,
    uint32_t phase, uint32_t has_time, int64_t time) {
    (void)length;
    carom_begin();
    const carom_reply reply = {
        {said + text, text_length}, {said + folded, folded_length}, {said + host, host_length},
        {said + domain, domain_length}, code, enhanced, status, phase, has_time != 0, time,
    };
    const carom_answer *answer = carom_classify(&reply);
    carom_is_over = true;
    return answer;
}

#endif
