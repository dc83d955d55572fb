/* fuzz_options.c - the option parser of the command with any argv.
 *
 * The input is cut at NUL into arguments, each in a block of its own size, so that a
 * read beyond an end shows. What is said on stderr is formatted, and not written. A
 * parse must give the same options twice, and what it lists as operands and texts must
 * be pieces of the arguments.
 */
#include "cli.h"
#include "fuzz.h"

#include <stdarg.h>

enum { ARGS_MOST = 100 };

typedef struct options {
    cli_common common;
    int flag, choice;
    int64_t number, bytes;
    const char *text, *name;
    cli_list files;
    int last;
} options;

#define AT(member) offsetof(options, member)

static const cli_option rows[] = {CLI_GROUP("All kinds"),
                                  {'a', "flag", CLI_SET, AT(flag), 1, NULL, ""},
                                  {'b', "choice", CLI_CHOICE, AT(choice), 0,
                                   "one|two|three", ""},
                                  {'c', "number", CLI_INT, AT(number), 1, "N", ""},
                                  {0, "bytes", CLI_SIZE, AT(bytes), 0, "SIZE", ""},
                                  {'e', "text", CLI_TEXT, AT(text), 0, "TEXT", ""},
                                  {'g', "name", CLI_FILE, AT(name), 0, "FILE", ""},
                                  {'i', "file", CLI_FILES, AT(files), 7, "FILE", ""},
                                  {0, "files", CLI_FILES, AT(files), 8, "FILE", ""},
                                  CLI_LAST};

static const options defaults = {.number = 5, .last = 99};
static cli_command command = {.name = "fuzz",
                              .options = rows,
                              .common = cli_common_options,
                              .size = sizeof(options),
                              .defaults = &defaults};

const char *cli_name = "fuzz";
static char said[4096];

void cli_color_messages(cli_when when) { FUZZ_CHECK(when <= CLI_NEVER); }

int cli_trouble(const char *what, const char *why, ...)
{
    va_list list;

    va_start(list, why);
    (void)vsnprintf(said, sizeof said, why, list);
    va_end(list);
    (void)what;
    return CLI_TROUBLE;
}

int cli_trouble_status(const char *what, pila_status st)
{
    return cli_trouble(what, "%s", pila_status_text(st));
}

static int argc;
static char *argv[ARGS_MOST + 1];

static bool in_arguments(const char *text)
{
    for (int k = 0; k < argc; k++)
        if (text >= argv[k] && text <= argv[k] + strlen(argv[k])) return true;
    return false;
}

static void check(const options *o, int code)
{
    FUZZ_CHECK(code == CLI_DONE || code == CLI_TROUBLE);
    FUZZ_CHECK(code == CLI_DONE || *said);
    FUZZ_CHECK(o->last == 99 && o->number >= 1 && o->bytes >= 0);
    FUZZ_CHECK(o->flag == 0 || o->flag == 1);
    FUZZ_CHECK(o->choice >= 0 && o->choice < 3 && o->files.n <= CLI_LIST_MOST);
    FUZZ_CHECK(o->common.operands < (size_t)(argc ? argc : 1));
    for (size_t k = 0; o->common.operand && k < o->common.operands; k++)
        FUZZ_CHECK(in_arguments(o->common.operand[k]));
    for (size_t k = 0; k < o->files.n; k++)
        FUZZ_CHECK(in_arguments(o->files.item[k].text));
    FUZZ_CHECK(!o->text || in_arguments(o->text));
    FUZZ_CHECK(!o->common.output || in_arguments(o->common.output));
}

/* Once more with "--" before all: everything is then an operand. */
static void check_operands(void)
{
    char *all[ARGS_MOST + 2] = {argv[0], (char *)(uintptr_t) "--"};
    options o = defaults;

    for (int k = 1; k < argc; k++) all[k + 1] = argv[k];
    FUZZ_CHECK(cli_parse(&command, argc + 1, all, &o) == CLI_DONE);
    FUZZ_CHECK(o.common.operands == (size_t)(argc - 1));
    for (int k = 1; k < argc; k++) FUZZ_CHECK(o.common.operand[k - 1] == argv[k]);
    free(o.common.operand);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = data + size;
    options first = defaults, second = defaults;
    char said_first[sizeof said];

    command.operands = size && *data == 0xff ? CLI_OPERAND_COMMAND : CLI_OPERAND_FILES;
    for (argc = 0; data < end && argc < ARGS_MOST; argc++) {
        const uint8_t *stop = memchr(data, 0, (size_t)(end - data));
        size_t n = (size_t)((stop ? stop : end) - data);
        if (!(argv[argc] = malloc(n + 1))) abort();
        memcpy(argv[argc], data, n);
        argv[argc][n] = '\0';
        data += n + (stop != NULL);
    }
    *said = '\0';
    int code = cli_parse(&command, argc, argv, &first);
    check(&first, code);
    memcpy(said_first, said, sizeof said);
    FUZZ_CHECK(cli_parse(&command, argc, argv, &second) == code);
    FUZZ_CHECK(strcmp(said, said_first) == 0);
    size_t n = command.operands == CLI_OPERAND_FILES ? first.common.operands : 0;
    if (n)
        FUZZ_CHECK(memcmp(first.common.operand, second.common.operand,
                          n * sizeof(char *)) == 0);
    free(first.common.operand);
    free(second.common.operand);
    first.common.operand = second.common.operand = NULL;
    FUZZ_CHECK(memcmp(&first, &second, sizeof first) == 0);
    if (command.operands == CLI_OPERAND_FILES && argc) check_operands();
    while (argc) free(argv[--argc]);
    return 0;
}
