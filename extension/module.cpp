// SPDX-License-Identifier: PostgreSQL
// The module's magic block, its version and its settings.
#include "lines/load.hpp"
#include "pg/pg.hpp"

extern "C" {
#include "miscadmin.h"
#include "utils/builtins.h"

PG_MODULE_MAGIC;

void _PG_init(void);
void _PG_init(void)
{
    bedrock_cost::pg::define_load_memory();
}
}

// The version of the package that the module is from.
SQL_FUNCTION(bedrock_module_version)
{
    static_cast<void>(fcinfo);
    return PointerGetDatum(cstring_to_text(BEDROCK_VERSION));
}

// Whether code of the owner of a relation runs in the session of another role.
SQL_FUNCTION(bedrock_in_restricted_operation)
{
    static_cast<void>(fcinfo);
    return BoolGetDatum(InSecurityRestrictedOperation());
}
