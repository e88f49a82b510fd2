// SPDX-License-Identifier: PostgreSQL
// What every function needs that reads files of the server.
#pragma once

#include "pg/encoding.hpp"

extern "C" {
#include "catalog/pg_authid_d.h"
#include "miscadmin.h"
#include "utils/acl.h"
}

namespace bedrock_cost::pg {

inline void require_right_to_read()
{
    if (has_privs_of_role(GetUserId(), ROLE_PG_READ_SERVER_FILES)) return;
    ereport(
        ERROR,
        (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied to read files of the database server"),
         errdetail("Only roles with the privileges of pg_read_server_files read them, as with COPY FROM a file."),
         errhint("A superuser grants it: GRANT pg_read_server_files TO %s; or load from the client: ./run load FILE.",
                 quote_identifier(GetUserNameFromId(GetUserId(), false)))));
}

// A path as the system has it: in UTF-8, without doubled and trailing slashes. Dots stay: behind a symbolic link they
// mean what the system says.
inline char *path_argument(FunctionCallInfo fcinfo)
{
    char *path = text_to_cstring(PG_GETARG_TEXT_PP(0));
    if (path[0] != '/')
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("\"%s\" is not an absolute path", path),
                        errhint("Name the file or directory from the root on, as the database server sees it: "
                                "/srv/exports/acme.")));
    char *end = path;
    for (const char *at = path; *at != '\0'; ++at)
        if (*at != '/' || (at[1] != '/' && (at[1] != '\0' || end == path))) *end++ = *at;
    *end = '\0';
    return is_same_encoding() ? path : pg_server_to_any(path, static_cast<int>(end - path), PG_UTF8);
}

}  // namespace bedrock_cost::pg
