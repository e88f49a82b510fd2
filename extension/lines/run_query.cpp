// SPDX-License-Identifier: PostgreSQL
#include "lines/run_query.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "optimizer/planner.h"
#include "parser/analyze.h"
#include "rewrite/rewriteHandler.h"
#include "storage/lmgr.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
}

using namespace bedrock_cost;
using namespace bedrock_cost::pg;

namespace {

// Whose rights a query over a relation has: the caller's, but a superuser reads what belongs to a role that is none
// with that role's rights, as REFRESH MATERIALIZED VIEW does. A view and the columns of a table can run what their
// owner wrote.
Oid reader_of(Oid relation)
{
    if (!OidIsValid(relation) || !superuser()) return GetUserId();
    const HeapTuple found = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(found))
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE), errmsg("the relation that is read is gone")));
    const Oid owner = reinterpret_cast<Form_pg_class>(GETSTRUCT(found))->relowner;
    ReleaseSysCache(found);
    return superuser_arg(owner) ? GetUserId() : owner;
}

// Whether the FROM of a query is one relation.
bool reads_only(const Query *query, Oid relation)
{
    const ListCell *cell = nullptr;
    foreach (cell, query->rtable) {
        const auto *entry = lfirst_node(RangeTblEntry, cell);
        if (entry->rtekind == RTE_RELATION && entry->relid != relation) return false;
        if (entry->rtekind == RTE_SUBQUERY && !reads_only(entry->subquery, relation)) return false;
    }
    return query->cteList == NIL && list_length(query->rtable) > 0;
}

}  // namespace

// Names are looked up with the rights of the caller, for the reader need not have any on the schema of this extension;
// all that can run a function comes after that. An error on the way ends the (sub)transaction, which gives caller and
// settings back by itself.
void bedrock_cost::pg::run_query(const char *query_text, Oid relation, DestReceiver *receiver)
{
    // Held until the transaction ends: the relation keeps its owner, and its name.
    if (OidIsValid(relation)) LockRelationOid(relation, AccessShareLock);
    const Oid reader = reader_of(relation);
    const List *parsed = pg_parse_query(query_text);
    const RawStmt *statement = list_length(parsed) == 1 ? linitial_node(RawStmt, parsed) : nullptr;
    Query *query = statement != nullptr && IsA(statement->stmt, SelectStmt)
                       ? parse_analyze_fixedparams(const_cast<RawStmt *>(statement), query_text, nullptr, 0, nullptr)
                       : nullptr;
    if (query == nullptr || query->commandType != CMD_SELECT || query->hasModifyingCTE)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("what is to be read is not one query"),
                        errdetail("It must be one SELECT that changes nothing.")));
    // By its name it may be another one by now, whose owner the reader is not.
    if (OidIsValid(relation) && !reads_only(query, relation))
        ereport(ERROR,
                (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                 errmsg("the relation to be read was exchanged for another one meanwhile"),
                 errdetail("Under its name is not the relation with OID %u any more. Nothing was read.", relation),
                 errhint("Look at what it is, then repeat the command.")));

    Oid caller = InvalidOid;
    int security = 0;
    GetUserIdAndSecContext(&caller, &security);
    const int settings = NewGUCNestLevel();
    if (reader != caller) SetUserIdAndSecContext(reader, security | SECURITY_RESTRICTED_OPERATION);

    const List *rewritten = QueryRewrite(query);
    PlannedStmt *plan = pg_plan_query(linitial_node(Query, rewritten), query_text, CURSOR_OPT_PARALLEL_OK, nullptr);
    QueryDesc *running =
        CreateQueryDesc(plan, query_text, GetActiveSnapshot(), InvalidSnapshot, receiver, nullptr, nullptr, 0);
    ExecutorStart(running, 0);
#if PG_VERSION_NUM >= 180000
    ExecutorRun(running, ForwardScanDirection, 0);
#else
    ExecutorRun(running, ForwardScanDirection, 0, true);
#endif
    ExecutorFinish(running);
    ExecutorEnd(running);
    FreeQueryDesc(running);

    AtEOXact_GUC(false, settings);
    SetUserIdAndSecContext(caller, security);
}
