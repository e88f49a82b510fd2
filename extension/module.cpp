// SPDX-License-Identifier: PostgreSQL
// The module's magic block, and its settings.
#include "lines/load.hpp"

extern "C" {
PG_MODULE_MAGIC;

void _PG_init(void);
void _PG_init(void)
{
    bedrock_cost::pg::define_load_memory();
}
}
