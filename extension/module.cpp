// SPDX-License-Identifier: PostgreSQL
// The module's magic block.
#include "pg.hpp"

extern "C" {
PG_MODULE_MAGIC;
}
