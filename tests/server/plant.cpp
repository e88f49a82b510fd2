// SPDX-License-Identifier: PostgreSQL
// bedrock_plant(integer): plants a fault in the core of this module; 0: none. planted.sh makes a function of it.
#include "lines/planted.hpp"
#include "pg/pg.hpp"

SQL_FUNCTION(bedrock_plant)
{
    bedrock_cost::planted_fault.store(static_cast<bedrock_cost::Planted>(PG_GETARG_INT32(0)),
                                      std::memory_order_relaxed);
    PG_RETURN_VOID();
}
