/* collections.c - the extension module whose types stand in for _collections', and for
 * the Counter of collections. */
#include "binding.h"

int add_deque(PyObject *module);
int add_mapping(PyObject *module);
int add_ordereddict(PyObject *module);
int add_defaultdict(PyObject *module);
int add_counter(PyObject *module);

PyMODINIT_FUNC PyInit_pila_collections(void)
{
    static PyMethodDef methods[2];
    static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT,
                                            "pila_collections",
                                            NULL,
                                            -1,
                                            methods,
                                            NULL,
                                            NULL,
                                            NULL,
                                            NULL};

    methods[0] = core_calls_method;
    PyObject *module = PyModule_Create(&definition);
    if (module &&
        (add_deque(module) || add_mapping(module) || add_ordereddict(module) ||
         add_defaultdict(module) || add_counter(module)))
        Py_CLEAR(module);
    return module;
}
