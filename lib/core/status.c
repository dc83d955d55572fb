/* status.c - three columns of one table, see PILA_STATUSES.
 *
 * The rows are numbered as the enum is, since both are made from the same list. A
 * number that no row has is a callback's own.
 */
#include "status.h"

enum { NAME, EXCEPTION, TEXT };

static const char *status_column(pila_status st, int column)
{
    static const char *const rows[][3] = {
#define PILA_STATUS_ROW(name, exception, text) {#name, exception, text},
        PILA_STATUSES(PILA_STATUS_ROW)
#undef PILA_STATUS_ROW
    };
    static const char *const own[3] = {"PILA_EUSER", "Exception", "a callback failed"};

    if ((size_t)st >= sizeof rows / sizeof rows[0]) return own[column];
    return rows[st][column];
}

const char *pila_status_name(pila_status st) { return status_column(st, NAME); }
const char *pila_status_exception(pila_status st)
{
    return status_column(st, EXCEPTION);
}
const char *pila_status_text(pila_status st) { return status_column(st, TEXT); }
