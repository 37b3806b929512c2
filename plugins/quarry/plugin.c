/* Quarry: a reply ends in a tag as QX-03C01-V: five hexadecimal digits and a check letter. The last two digits are bits
 * that say what was wrong, the first three the minutes to wait. */
#include "carom_plugin.h"

static const char RULES[] =
#include "rules.h"
    ;

static const carom_string HOSTS[] = {{"*.quarry.example", 16}};
static const carom_string DOMAINS[] = {{"quarry.example", 14}};

const carom_description *carom_describe(void) {
    static const carom_description said = {
        .name = {"quarry", 6},
        .version = {"1.0.0", 5},
        .hosts = {HOSTS, 1},
        .domains = {DOMAINS, 1},
        .rules = {RULES, sizeof RULES - 1},
    };
    return &said;
}

/* The value of a digit, or -1. */
static int hexadecimal(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

#define TAG_LENGTH 10

/* The number of a tag whose check letter is right, or -1. */
static int32_t tag_number(const char *tag) {
    /* The letter of the remainder by 23, as identity cards have it. */
    static const char LETTERS[] = "TRWAGMYFPDXBNJZSQVHLCKE";
    if (tag[0] != 'Q' || tag[1] != 'X' || tag[2] != '-' || tag[8] != '-') return -1;
    int32_t number = 0;
    for (int i = 3; i < 8; i++) {
        int digit = hexadecimal(tag[i]);
        if (digit < 0) return -1;
        number = number << 4 | digit;
    }
    return tag[9] == LETTERS[number % 23] ? number : -1;
}

/* Writes minutes as a duration of the language. */
static carom_string minutes(uint32_t number) {
    char *end = (char *)carom_take(8, 1) + 8, *at = end;
    *--at = 'm';
    do *--at = '0' + number % 10;
    while (number /= 10);
    return (carom_string){at, (size_t)(end - at)};
}

enum { TOO_FAST = 1 << 0, DISTRUSTED = 1 << 1, CONTENT = 1 << 2 };

static const carom_answer *answer(carom_string rule, const char *tag, uint32_t wait) {
    carom_field *fields = carom_take(2 * sizeof(carom_field), 4);
    fields[0] = (carom_field){CAROM_TEXT("tag"), {tag, TAG_LENGTH}};
    /* Nothing to wait for is no wait: the rule has another. */
    if (wait > 0) fields[1] = (carom_field){CAROM_TEXT("wait"), minutes(wait)};
    carom_answer *answer = carom_take(sizeof(carom_answer), 4);
    *answer = (carom_answer){true, {rule, {fields, wait > 0 ? 2 : 1}}};
    return answer;
}

const carom_answer *carom_classify(const carom_reply *reply) {
    static const carom_answer NONE = {0};
    const carom_string text = reply->text;
    for (size_t at = 0; at + TAG_LENGTH <= text.length; at++) {
        int32_t number = tag_number(text.data + at);
        if (number < 0) continue;
        const char *tag = text.data + at;
        uint32_t wait = (uint32_t)number >> 8;
        /* What the sender must change comes before what waiting mends. */
        if (number & CONTENT) return answer(CAROM_TEXT("content"), tag, 0);
        if (number & DISTRUSTED) return answer(CAROM_TEXT("distrusted"), tag, wait);
        if (number & TOO_FAST) return answer(CAROM_TEXT("too-fast"), tag, wait);
        return &NONE;
    }
    return &NONE;
}
