// SPDX-License-Identifier: PostgreSQL
// Errors of reading files: the message says what is wrong, with the value; CONTEXT says where, as with COPY.
#pragma once

#include <bedrock_cost/lines.hpp>

#include "pg/encoding.hpp"

namespace bedrock_cost::pg {

// "file /srv/acme.csv, line 3, column line_item_unblended_cost"; what is 0, empty or absent is left out. Null: nothing
// is.
const char *place_in_file(Text path, int64 line, Text column);
// For ereport: the place, where it is not null.
int error_place(const char *place);
// The system refuses a file or directory; errno says why.
[[noreturn]] void raise_unreadable(const char *doing, Text path);
// path: of the file whose fault it is; column: the name of the fault's column, or absent.
[[noreturn]] void raise_read_fault(const ReadFault &fault, Text path, Text column);

}  // namespace bedrock_cost::pg
