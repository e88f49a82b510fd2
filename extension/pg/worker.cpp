// SPDX-License-Identifier: PostgreSQL
// on_coordinator: functions that read a table users change refuse to run where the table is another one.
#include "pg/worker.hpp"

#include "pg/pg.hpp"

extern "C" {
#include "access/genam.h"
#include "access/table.h"
#include "catalog/pg_namespace.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
}

using namespace bedrock_cost;
using namespace bedrock_cost::pg;

bool bedrock_cost::pg::on_worker()
{
    // The number of the node's group is there in one row; that of the coordinator is 0.
    const Oid groups = get_relname_relid("pg_dist_local_group", PG_CATALOG_NAMESPACE);
    if (!OidIsValid(groups)) return false;
    const AttrNumber group = get_attnum(groups, "groupid");
    if (group == InvalidAttrNumber) return false;
    const Relation relation = table_open(groups, AccessShareLock);
    const SysScanDesc scan = systable_beginscan(relation, InvalidOid, false, nullptr, 0, nullptr);
    bool found = false;
    for (HeapTuple row = systable_getnext(scan); !found && HeapTupleIsValid(row); row = systable_getnext(scan)) {
        bool null = false;
        const Datum value = heap_getattr(row, group, RelationGetDescr(relation), &null);
        found = !null && DatumGetInt32(value) != 0;
    }
    systable_endscan(scan);
    table_close(relation, AccessShareLock);
    return found;
}

SQL_FUNCTION(bedrock_on_coordinator)
{
    if (on_worker()) {
        const Text function = text_argument(fcinfo, 0);
        const Text instead = text_argument(fcinfo, 1);
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("%.*s cannot run on a worker", static_cast<int>(function.size()), function.data()),
                        errdetail("What you have entered is on the coordinator; the tables here are others."),
                        errhint("%.*s", static_cast<int>(instead.size()), instead.data())));
    }
    PG_RETURN_BOOL(true);
}
